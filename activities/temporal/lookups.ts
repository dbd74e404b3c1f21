import { WorkflowNotFoundError, type Client, type WorkflowExecutionInfo } from '@temporalio/client';
import type { PromotionOutcome } from '../../workflows/agent-promotion/messages.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { isRecord, text } from '../../workflows/shared/guards.ts';
import { parseAgentPromotionId, searchAttributeNames, workflowTypes } from '../../workflows/shared/names.ts';
import type { TemporalPort } from './port.ts';
import { unavailable } from './unavailable.ts';

const mostReviews = 100;

/** Reads of runs that have ended or wait: repeated freely. */
export function createLookups(client: Client): Pick<TemporalPort, 'findOverdueReviews' | 'readLastOutcome'> {
  return {
    async findOverdueReviews({ person }) {
      // a name of the configuration: anything else could be more than a value in the query
      if (!/^[\w.-]+$/.test(person))
        throw createFailure('InvalidInput', 'findOverdueReviews: person is no name');
      const { phase, target } = searchAttributeNames;
      const query =
        `WorkflowType='${workflowTypes.overrideReview}' AND ExecutionStatus='Running' ` +
        `AND ${phase}='overdue' AND ${target}='${person}'`;
      const found: string[] = [];
      try {
        for await (const { workflowId } of client.workflow.list({ query })) {
          found.push(workflowId);
          if (found.length >= mostReviews) break;
        }
        return found;
      } catch (error) {
        throw unavailable(error, 'find overdue reviews');
      }
    },

    async readLastOutcome({ workflowId }) {
      // an id of ours: anything else could be more than a value in the query
      if (!parseAgentPromotionId(workflowId))
        throw createFailure('InvalidInput', 'readLastOutcome: workflowId is no promotion');
      const query = `WorkflowId='${workflowId}' AND WorkflowType='${workflowTypes.agentPromotion}' AND ExecutionStatus='Completed'`;
      try {
        const last = await newestOf(client.workflow.list({ query }));
        if (!last) return null;
        const result: unknown = await client.workflow.getHandle(workflowId, last.runId).result();
        return isRecord(result) && text(result, 'outcome') ? (result as unknown as PromotionOutcome) : null;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return null;
        throw unavailable(error, `read the outcome of ${workflowId}`);
      }
    },
  };
}

/** By start: the asking run itself is not among them, it runs. */
async function newestOf(
  runs: AsyncIterable<WorkflowExecutionInfo>,
): Promise<WorkflowExecutionInfo | undefined> {
  let newest: WorkflowExecutionInfo | undefined;
  for await (const run of runs) if (!newest || run.startTime > newest.startTime) newest = run;
  return newest;
}
