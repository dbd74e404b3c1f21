import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { ActivityInterfaceFor, ActivityOptions } from '@temporalio/workflow';
import { isRecord, text } from './guards.ts';
import { nonRetryableErrorTypes } from './failures.ts';
import { systemQueue, type System } from './names.ts';

/**
 * Reads are repeated fast; writes that carry a key are repeated without limit while a vendor is down (design §11). An
 * `Unknown` failure is made final by the worker after ten tries.
 */
const patience: Record<'read' | 'write', ActivityOptions> = {
  read: {
    startToCloseTimeout: '2 minutes',
    retry: { initialInterval: '250ms', maximumInterval: '1 minute' },
  },
  write: {
    startToCloseTimeout: '5 minutes',
    retry: { initialInterval: '250ms', maximumInterval: '5 minutes' },
  },
};

/** How fast a dead worker is noticed: every activity of ours heartbeats by itself (worker/heartbeats.ts). */
const defaultHeartbeatSeconds = 10;

/** Activities of one system, on that system's task queue; of Temporal itself, on the workflows' own. */
export function activitiesOf<A>(
  system: System | 'temporal',
  kind: 'read' | 'write',
  options: { heartbeatSeconds?: number; startToCloseMs?: number } = {},
): ActivityInterfaceFor<A> {
  const { taskQueue } = workflowInfo();
  const base = patience[kind];
  const activities = proxyActivities<A>({
    ...base,
    ...(options.startToCloseMs === undefined ? {} : { startToCloseTimeout: options.startToCloseMs }),
    taskQueue: system === 'temporal' ? taskQueue : systemQueue(taskQueue, system),
    heartbeatTimeout: (options.heartbeatSeconds ?? defaultHeartbeatSeconds) * 1000,
    retry: { ...base.retry, nonRetryableErrorTypes },
  });
  return withSummaries(activities);
}

/** Each call shows in the Web UI what it is about: ten equal rows tell an operator nothing. */
function withSummaries<A>(activities: ActivityInterfaceFor<A>): ActivityInterfaceFor<A> {
  const handler: ProxyHandler<object> = {
    get(target, name) {
      const activity = Reflect.get(target, name) as Summarised;
      return (input: unknown) => activity.executeWithOptions(summaryOf(input), [input]);
    },
  };
  return new Proxy(activities, handler) as typeof activities;
}

interface Summarised {
  executeWithOptions(options: { summary?: string }, args: [unknown]): Promise<unknown>;
}

/** The account, the status, the person or the step that the call is for: codes of ours, no external text. */
function summaryOf(input: unknown): { summary?: string } {
  const assignee = isRecord(input) ? input['assignee'] : undefined;
  const step = text(input, 'key')?.split('/').at(-1);
  // of a commit as GitLab shows it
  const to = text(input, 'to')?.replace(/^([0-9a-f]{8})[0-9a-f]{32}$/, '$1');
  const summary = text(input, 'account') ?? to ?? text(assignee, 'kind') ?? step ?? text(input, 'stage');
  return summary === undefined ? {} : { summary: summary.slice(0, 80) };
}
