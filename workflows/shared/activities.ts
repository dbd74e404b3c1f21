import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { ActivityInterfaceFor, ActivityOptions } from '@temporalio/workflow';
import { nonRetryableErrorTypes } from './failures.ts';
import { systemQueue, type System } from './names.ts';

/**
 * Reads are repeated fast; writes that carry a key are repeated without limit while a vendor is down (design §11). An
 * `Unknown` failure is made final by the worker after ten tries.
 */
const patience: Record<'read' | 'write', ActivityOptions> = {
  read: {
    startToCloseTimeout: '2 minutes',
    retry: { initialInterval: '500ms', maximumInterval: '1 minute' },
  },
  write: {
    startToCloseTimeout: '5 minutes',
    retry: { initialInterval: '500ms', maximumInterval: '5 minutes' },
  },
};

/** How fast a dead worker is noticed: every activity of ours heartbeats by itself (worker/heartbeats.ts). */
export const defaultHeartbeatSeconds = 10;

/** Activities of one system, on that system's task queue; of Temporal itself, on the workflows' own. */
export function activitiesOf<A>(
  system: System | 'temporal',
  kind: 'read' | 'write',
  options: { heartbeatSeconds?: number; startToCloseTimeout?: ActivityOptions['startToCloseTimeout'] } = {},
): ActivityInterfaceFor<A> {
  const { taskQueue } = workflowInfo();
  const base = patience[kind];
  return proxyActivities<A>({
    ...base,
    ...(options.startToCloseTimeout ? { startToCloseTimeout: options.startToCloseTimeout } : {}),
    taskQueue: system === 'temporal' ? taskQueue : systemQueue(taskQueue, system),
    heartbeatTimeout: (options.heartbeatSeconds ?? defaultHeartbeatSeconds) * 1000,
    retry: { ...base.retry, nonRetryableErrorTypes },
  });
}
