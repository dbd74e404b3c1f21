import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { SearchAttributePair } from '@temporalio/common';
import { searchAttributeNames } from '../../workflows/shared/names.ts';

/** All that is said about a workflow that may begin. */
export interface WorkflowStart {
  readonly workflowType: string;
  readonly workflowId: string;
  readonly taskQueue: string;
  readonly input: unknown;
  readonly staticSummary: string;
  readonly searchAttributes: readonly SearchAttributePair[];
  /** What whoever finds it running compares with: kept through continue-as-new, encoded as payloads are. */
  readonly memo?: Readonly<Record<string, unknown>>;
  /** A run of this id that has closed stands in the way, too. */
  readonly once?: boolean;
}

export interface WorkflowSignal {
  readonly name: string;
  readonly payload: unknown;
}

/** What starters ask of Temporal; each verb is done when Temporal has accepted it, and throws when it is not there. */
export interface TemporalStarter {
  signalWithStart(start: WorkflowStart, signal: WorkflowSignal): Promise<void>;
  /** @returns false when it runs already; with `once`, also when it has run */
  start(start: WorkflowStart): Promise<boolean>;
  /** @returns false when no such workflow runs */
  signal(workflowId: string, signal: WorkflowSignal): Promise<boolean>;
  /** By Temporal's visibility, which is a little behind. @param ticket a Jira key · @returns workflow ids, at most ten */
  findRunning(workflowType: string, ticket: string): Promise<readonly string[]>;
}

/** GitLab gives a delivery up after ten seconds: answer 503 before that, and it is repeated. */
const deadlineMs = 8_000;
const mostFound = 10;

export function createTemporalStarter(client: Client): TemporalStarter {
  const soon = <T>(call: () => Promise<T>) => client.withDeadline(Date.now() + deadlineMs, call);
  return {
    async signalWithStart(start, signal) {
      const { name, payload } = signal;
      await soon(() =>
        client.workflow.signalWithStart(start.workflowType, {
          ...toOptions(start),
          workflowIdConflictPolicy: 'USE_EXISTING',
          signal: name,
          signalArgs: [payload],
        }),
      );
    },
    async start(start) {
      try {
        await soon(() =>
          client.workflow.start(start.workflowType, {
            ...toOptions(start),
            workflowIdConflictPolicy: 'FAIL',
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
        throw error;
      }
    },
    async findRunning(workflowType, ticket) {
      // a key: anything else could be more than a value in the query
      if (!/^[A-Z][A-Z0-9_]*-[0-9]+$/.test(ticket)) return [];
      const query =
        `WorkflowType = '${workflowType}' AND ExecutionStatus = 'Running' ` +
        `AND ${searchAttributeNames.ticket} = '${ticket}'`;
      return soon(async () => {
        const found: string[] = [];
        for await (const { workflowId } of client.workflow.list({ query, pageSize: mostFound })) {
          found.push(workflowId);
          if (found.length === mostFound) break;
        }
        return found;
      });
    },
    async signal(workflowId, { name, payload }) {
      try {
        await soon(() => client.workflow.getHandle(workflowId).signal(name, payload));
        return true;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },
  };
}

/** As a rule a closed run never stands in the way of the next one: the ticket decides, and the workflow reads it. */
function toOptions(start: WorkflowStart) {
  return {
    workflowId: start.workflowId,
    taskQueue: start.taskQueue,
    args: [start.input],
    workflowIdReusePolicy: start.once ? ('REJECT_DUPLICATE' as const) : ('ALLOW_DUPLICATE' as const),
    staticSummary: start.staticSummary,
    typedSearchAttributes: [...start.searchAttributes],
    ...(start.memo === undefined ? {} : { memo: { ...start.memo } }),
  };
}
