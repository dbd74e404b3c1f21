import { WithStartWorkflowOperation, WorkflowNotFoundError } from '@temporalio/client';
import type { TicketSummary } from '../jira/port.ts';
import { enqueue, type QueueInput } from '../../workflows/promotion-queue/messages.ts';
import { agentPromotionId, promotionQueueId, workflowTypes } from '../../workflows/shared/names.ts';
import { createAutoApprovalCalls } from './auto-approval-calls.ts';
import { createChangeCalls, type ChangeCallOptions } from './change-calls.ts';
import { createFreezeCalls, type FreezeCallOptions } from './freeze-calls.ts';
import { createHaloCalls, type HaloCallOptions } from './halo-calls.ts';
import type { Judges } from './judges.ts';
import { createLookups } from './lookups.ts';
import type { RunState, TemporalPort } from './port.ts';
import { unavailable } from './unavailable.ts';

type QueueWorkflow = (input: QueueInput) => Promise<void>;

export interface TemporalPortOptions extends FreezeCallOptions, ChangeCallOptions, HaloCallOptions {
  readonly judges: Judges;
  readonly taskQueue: string;
  /** `<Web UI>/namespaces/<namespace>/workflows/` */
  readonly runLinkBase?: string;
  /** Starts the promotion of a ticket unless it runs already. @returns whether it was started now */
  readonly startPromotion: (ticket: TicketSummary, reason: string) => Promise<boolean>;
}

/** Calls of Temporal by activities: repeated freely, because ids and update ids are the idempotency keys. */
export function createTemporalPort(options: TemporalPortOptions): TemporalPort {
  const { client, taskQueue } = options;

  async function describeRun({
    workflowId,
    runId,
  }: {
    workflowId: string;
    runId?: string;
  }): Promise<RunState> {
    try {
      const { status } = await client.workflow.getHandle(workflowId, runId).describe();
      return status.name === 'RUNNING' ? 'running' : 'closed';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'not-found';
      throw unavailable(error, `describe ${workflowId}`);
    }
  }

  return {
    describeRun,
    ...createFreezeCalls(options),
    ...createAutoApprovalCalls(options),
    ...createChangeCalls(options),
    ...createHaloCalls(options),
    ...createLookups(client),
    ...options.judges,

    async joinQueue(request) {
      const startWorkflowOperation = new WithStartWorkflowOperation<QueueWorkflow>(
        workflowTypes.promotionQueue,
        {
          workflowId: promotionQueueId,
          taskQueue,
          args: [{}],
          workflowIdConflictPolicy: 'USE_EXISTING',
          staticSummary: 'The line of agent promotions: one at a time',
        },
      );
      try {
        return await client.workflow.executeUpdateWithStart(enqueue, {
          // no update id of ours: a repeated one would get its first, stale answer; the queue itself finds repeats
          args: [request],
          startWorkflowOperation,
        });
      } catch (error) {
        throw unavailable(error, 'join the promotion queue');
      }
    },
    async startPromotions({ tickets, reason }) {
      let started = 0;
      for (const ticket of tickets) if (await options.startPromotion(ticket, reason)) started += 1;
      return { started };
    },
    async findOrphans({ tickets }) {
      const orphans: TicketSummary[] = [];
      for (const ticket of tickets) {
        const workflowId = agentPromotionId(ticket.site, ticket.issueId);
        if ((await describeRun({ workflowId })) !== 'running') orphans.push(ticket);
      }
      return orphans;
    },
  };
}
