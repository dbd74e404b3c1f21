import type { Client } from '@temporalio/client';
import {
  Worker,
  type NativeConnection,
  type WorkerOptions as TemporalWorkerOptions,
} from '@temporalio/worker';
import type { Config } from '../config/parse-config.ts';
import { HeartbeatInterceptor } from './activity/heartbeats.ts';
import { TurnInterceptor } from './activity/turns.ts';
import { UnknownFailureInterceptor } from './activity/unknown-failures.ts';
import { payloadConverterPath, workflowBundle } from './bundle.ts';
import { createActivities, taskQueueOf, type QueueName } from './queues.ts';

export interface WorkerOptions {
  readonly config: Config;
  readonly queues: readonly QueueName[];
  readonly connection: NativeConnection;
  readonly client: Client;
  /** Takes part in Worker Versioning; left out = unversioned. */
  readonly deployment?: { readonly deploymentName: string; readonly buildId: string };
}

/** One Worker per queue; only those queues' clients are built. */
export async function createWorkers(options: WorkerOptions): Promise<Worker[]> {
  const workers = await Promise.all(options.queues.map((queue) => createWorker(queue, options)));
  return workers.flat();
}

/** @returns none for a queue of a process that is not configured: it has no activities */
async function createWorker(queue: QueueName, options: WorkerOptions): Promise<Worker[]> {
  const { config, connection, client } = options;
  const runsWorkflows = queue === 'workflows';
  const activities = createActivities(queue, config, client);
  if (!runsWorkflows && Object.keys(activities).length === 0) return [];
  const worker = await Worker.create({
    connection,
    namespace: config.temporal.namespace,
    taskQueue: taskQueueOf(queue, config.temporal.taskQueue),
    activities,
    dataConverter: { payloadConverterPath },
    ...(runsWorkflows ? { workflowBundle: await workflowBundle(), maxCachedWorkflows: 64 } : {}),
    // a SIGKILL otherwise delays the next workflow task by ten seconds (temporal.md B9)
    stickyQueueScheduleToStartTimeout: config.endpoints.sandbox ? '300ms' : '3s',
    ...deploymentOptions(options.deployment),
    shutdownGraceTime: '30s',
    maxHeartbeatThrottleInterval: '5s',
    maxConcurrentActivityTaskExecutions: 20,
    interceptors: {
      activity: [
        (context) => ({ inbound: new HeartbeatInterceptor(context) }),
        (context) => ({ inbound: new UnknownFailureInterceptor(context) }),
        (context) => ({ inbound: new TurnInterceptor(context, client) }),
      ],
    },
  });
  return [worker];
}

/** Which behaviour each workflow has is said at its definition (workflows/shared/versioning.ts). */
function deploymentOptions(
  version: WorkerOptions['deployment'],
): Pick<TemporalWorkerOptions, 'workerDeploymentOptions'> {
  if (!version) return {};
  return {
    workerDeploymentOptions: {
      useWorkerVersioning: true,
      version,
      defaultVersioningBehavior: 'PINNED' as const,
    },
  };
}
