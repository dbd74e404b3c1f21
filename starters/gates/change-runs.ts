import { isGrpcDeadlineError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { ChangeMemo } from '../../activities/temporal/start-change.ts';
import { gate, type ChangeOutcome, type GateView } from '../../workflows/change-approval/messages.ts';
import { isRecord } from '../../workflows/shared/guards.ts';
import { workflowTypes } from '../../workflows/shared/names.ts';
import { RequestRefusal } from '../decisions/request-refusal.ts';

export interface ChangeRun {
  readonly runId: string;
  /** Temporal's word, such as RUNNING or COMPLETED. */
  readonly status: string;
  /** Undefined: it was started by something else than the gate. */
  readonly memo: ChangeMemo | undefined;
}

/** Reads of change approvals: repeated freely. Each throws what Temporal's client throws while it is not there. */
export interface ChangeRuns {
  /** The newest run. @returns undefined: there is none, or it is no change approval */
  find(workflowId: string): Promise<ChangeRun | undefined>;
  /** Of a running one. @throws RequestRefusal 503 when no worker answers */
  view(workflowId: string, runId: string): Promise<GateView>;
  /** Of one that has completed. */
  outcome(workflowId: string, runId: string): Promise<ChangeOutcome>;
}

const deadlineMs = 5_000;

export function createChangeRuns(client: Pick<Client, 'workflow' | 'withDeadline'>): ChangeRuns {
  const soon = <T>(call: () => Promise<T>) => client.withDeadline(Date.now() + deadlineMs, call);
  return {
    async find(workflowId) {
      try {
        const found = await soon(() => client.workflow.getHandle(workflowId).describe());
        if (found.type !== workflowTypes.changeApproval) return undefined;
        return { runId: found.runId, status: found.status.name, memo: toMemo(found.memo) };
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return undefined;
        throw error;
      }
    },
    async view(workflowId, runId) {
      try {
        return await soon(() => client.workflow.getHandle(workflowId, runId).query(gate));
      } catch (error) {
        // Temporal itself has just answered: what is missing is a worker
        if (!isGrpcDeadlineError(error)) throw error;
        throw new RequestRefusal(503, 'no-worker', 'no worker answers now: the change waits, ask again', 5);
      }
    },
    async outcome(workflowId, runId) {
      const handle = client.workflow.getHandle(workflowId, runId, { followRuns: false });
      return (await soon(() => handle.result())) as ChangeOutcome;
    },
  };
}

function toMemo(memo: unknown): ChangeMemo | undefined {
  if (!isRecord(memo)) return undefined;
  const { buildJob, branch, sha, action, verified } = memo;
  const texts = [buildJob, branch, sha, action];
  if (!texts.every((one) => typeof one === 'string')) return undefined;
  return { ...(memo as unknown as ChangeMemo), verified: verified === true };
}
