import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { autoApproval, switchOff, type AutoApprovalInput } from '../../workflows/auto-approval/messages.ts';
import { isRecord } from '../../workflows/shared/guards.ts';
import { autoApprovalId, workflowTypes } from '../../workflows/shared/names.ts';
import { attributes } from '../../workflows/shared/search-attributes.ts';
import type { TemporalPort } from './port.ts';
import { unavailable } from './unavailable.ts';

export interface AutoApprovalCallOptions {
  readonly client: Client;
  readonly taskQueue: string;
  /** `<Web UI>/namespaces/<namespace>/workflows/` */
  readonly runLinkBase?: string;
  /** Of one call, ms. Default 5,000. */
  readonly deadlineMs?: number;
}

/**
 * Reads may be repeated, and so may switching off: the workflow knows the reasons that it has. Only a workflow that nobody ever
 * started means on. One that was ended, or is somebody else's, means that nobody knows: it may have been off.
 */
export function createAutoApprovalCalls(
  options: AutoApprovalCallOptions,
): Pick<TemporalPort, 'readAutoApproval' | 'switchAutoApprovalOff'> {
  const { client, taskQueue, runLinkBase = '', deadlineMs = 5_000 } = options;
  const handle = () => client.workflow.getHandle(autoApprovalId);
  const soon = <T>(call: () => Promise<T>) => client.withDeadline(Date.now() + deadlineMs, call);

  return {
    async readAutoApproval() {
      try {
        const { status, type } = await soon(() => handle().describe());
        // a closed workflow still answers queries, by what it once knew; a foreign one answers whatever it likes
        if (status.name !== 'RUNNING' || type !== workflowTypes.autoApproval)
          throw new Error(
            `the workflow ${autoApprovalId} was ended: switch auto-approval off, then on again`,
          );
        const view: unknown = await soon(() => handle().query(autoApproval.name));
        if (!isRecord(view) || typeof view['on'] !== 'boolean') throw new Error('it answers in another form');
        const [since, reason] = [textOrNull(view['since']), textOrNull(view['reason'])];
        return { on: view['on'], since, reason };
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return { on: true, since: null, reason: null };
        throw unavailable(error, 'read whether auto-approval is on');
      }
    },

    async switchAutoApprovalOff({ by, reason, approval }) {
      const input: AutoApprovalInput = { runLinkBase };
      try {
        await soon(() =>
          client.workflow.signalWithStart(workflowTypes.autoApproval, {
            workflowId: autoApprovalId,
            taskQueue,
            args: [input],
            // one that somebody ended does not stand in the way: off is the safe side
            workflowIdReusePolicy: 'ALLOW_DUPLICATE',
            workflowIdConflictPolicy: 'USE_EXISTING',
            signal: switchOff.name,
            signalArgs: [{ by, reason: reason.slice(0, 500), approval }],
            staticSummary: 'Whether policies may approve changes by themselves',
            typedSearchAttributes: [{ key: attributes.process, value: 'auto-approval' }],
          }),
        );
      } catch (error) {
        throw unavailable(error, 'switch auto-approval off');
      }
    },
  };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
