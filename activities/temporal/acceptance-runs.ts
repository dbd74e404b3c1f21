import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { workflowTypes } from '../../workflows/shared/names.ts';
import type { Execution } from '../decisions/permission.ts';
import { unavailable } from './unavailable.ts';

/**
 * Whether the run of an acceptance still goes on. A read, repeated freely.
 * @param deadlineMs of one call
 * @throws Unavailable when Temporal does not answer: nobody knows then
 */
export function createRunLook(client: Client, deadlineMs = 5_000): (run: Execution) => Promise<boolean> {
  return async ({ workflowId, runId }) => {
    try {
      const { status, type } = await client.withDeadline(Date.now() + deadlineMs, () =>
        client.workflow.getHandle(workflowId, runId).describe(),
      );
      return status.name === 'RUNNING' && type === workflowTypes.findingAcceptance;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw unavailable(error, `look for the acceptance ${workflowId}`);
    }
  };
}
