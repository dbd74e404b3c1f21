import type { Client } from '@temporalio/client';
import {
  requestPass,
  type FindingPolicy,
  type HaloSyncInput,
  type PassRequest,
} from '../../workflows/halo-sync/messages.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { haloScheduleId, haloSyncId, workflowTypes } from '../../workflows/shared/names.ts';
import { attributes } from '../../workflows/shared/search-attributes.ts';
import type { HaloPassInput } from '../../workflows/sweeps/halo-pass.ts';
import type { TemporalPort } from './port.ts';
import { createTemporalStarter, type TemporalStarter, type WorkflowStart } from './temporal-starter.ts';
import { unavailable } from './unavailable.ts';

export interface HaloCallOptions {
  readonly client: Client;
  readonly taskQueue: string;
  /** @returns undefined: no such source is configured. Left out: none is */
  readonly toFindingPolicy?: (source: string) => FindingPolicy | undefined;
}

/**
 * Asks the one writer of a source for a pass, and starts it when it does not run. Safe to repeat: it knows the requests that it
 * has by their ids.
 * @returns the workflow's id
 */
export async function askForPass(
  temporal: Pick<TemporalStarter, 'signalWithStart'>,
  taskQueue: string,
  request: PassRequest,
): Promise<string> {
  const { policy } = request;
  const workflowId = haloSyncId(policy.source);
  const input: HaloSyncInput = { policy };
  await temporal.signalWithStart(
    {
      workflowType: workflowTypes.haloSync,
      workflowId,
      taskQueue,
      input,
      staticSummary: `Findings of ${policy.source}: the one writer of their tickets`.slice(0, 200),
      searchAttributes: [
        { key: attributes.process, value: 'halo-sync' },
        { key: attributes.target, value: policy.source },
      ],
    },
    { name: requestPass.name, payload: request },
  );
  return workflowId;
}

/** A dry run beside the one writer, which it leaves alone; one at a time for each source. */
export function toDryRunStart(
  taskQueue: string,
  { policy, ...asked }: PassRequest,
  watermark: string | null,
): WorkflowStart {
  const { source } = policy;
  const { kind, since, requestId } = asked;
  const input: HaloPassInput = { source, kind, dryRun: { requestId, policy, since, watermark } };
  return {
    workflowType: workflowTypes.haloPass,
    workflowId: haloScheduleId(source, 'dry-run'),
    taskQueue,
    input,
    staticSummary: `Dry run of a ${kind} of ${source}`.slice(0, 200),
    searchAttributes: [
      { key: attributes.process, value: 'halo-dry-run' },
      { key: attributes.target, value: source },
    ],
  };
}

export function createHaloCalls({
  client,
  taskQueue,
  toFindingPolicy = () => undefined,
}: HaloCallOptions): Pick<TemporalPort, 'requestHaloPass'> {
  const starter = createTemporalStarter(client);
  return {
    async requestHaloPass({ source, kind, requestId }) {
      const policy = toFindingPolicy(source);
      if (!policy)
        throw createFailure('NotFound', `source: ${source} is not in the configuration of this worker`, {
          details: { system: 'temporal', action: `ask for a ${kind} of ${source}` },
        });
      try {
        await askForPass(starter, taskQueue, { kind, since: null, requestId, policy });
      } catch (error) {
        throw unavailable(error, `ask for a ${kind} of ${source}`);
      }
    },
  };
}
