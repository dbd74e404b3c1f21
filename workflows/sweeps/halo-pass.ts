import { continueAsNew, setWorkflowOptions, workflowInfo } from '@temporalio/workflow';
import type { TemporalPort } from '../../activities/temporal/port.ts';
import { runDry, type DryRun } from '../halo-sync/dry-run.ts';
import type { PassKind, PassReport } from '../halo-sync/messages.ts';
import { scheduledRequestId } from '../halo-sync/requests.ts';
import { activitiesOf } from '../shared/activities.ts';
import { versioned } from '../shared/versioning.ts';

export interface HaloPassInput {
  /** Name of the source in the configuration. */
  readonly source: string;
  readonly kind: PassKind;
  /** Asked for by the CLI only. Left out: the one writer of the source is asked for a pass. */
  readonly dryRun?: DryRun;
}

/**
 * What a schedule runs: asks the one writer of the source for a pass, and does not wait for it. One short pass. Or, asked by a
 * person, a dry run beside the writer, which it leaves alone.
 */
export async function haloPass(input: HaloPassInput): Promise<{ readonly requestId: string } | PassReport> {
  const { source, kind, dryRun } = input;
  if (dryRun)
    return runDry(kind, dryRun, (carried) =>
      continueAsNew<typeof haloPass>({ ...input, dryRun: { ...dryRun, carried } }),
    );
  // the same for every try of the activity: a request that came twice is one
  const requestId = scheduledRequestId(workflowInfo().runId);
  await activitiesOf<TemporalPort>('temporal', 'write').requestHaloPass({ source, kind, requestId });
  return { requestId };
}

setWorkflowOptions(versioned('PINNED'), haloPass);
