import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { PromotionOutcome } from '../../workflows/agent-promotion/messages.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { isRecord, text } from '../../workflows/shared/guards.ts';
import { searchAttributeNames, workflowTypes } from '../../workflows/shared/names.ts';
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
      try {
        const { runId, status, type } = await client.workflow.getHandle(workflowId).describe();
        if (status.name !== 'COMPLETED' || type !== workflowTypes.agentPromotion) return null;
        const result: unknown = await client.workflow.getHandle(workflowId, runId).result();
        return isRecord(result) && text(result, 'outcome') ? (result as unknown as PromotionOutcome) : null;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return null;
        throw unavailable(error, `read the outcome of ${workflowId}`);
      }
    },
  };
}
