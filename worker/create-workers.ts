import type { Client } from '@temporalio/client';
import { Worker, type NativeConnection } from '@temporalio/worker';
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
}

/** One Worker per queue; only those queues' clients are built. */
export async function createWorkers(options: WorkerOptions): Promise<Worker[]> {
  return Promise.all(options.queues.map((queue) => createWorker(queue, options)));
}

async function createWorker(queue: QueueName, { config, connection, client }: WorkerOptions): Promise<Worker> {
  const runsWorkflows = queue === 'workflows';
  return Worker.create({
    connection,
    namespace: config.temporal.namespace,
    taskQueue: taskQueueOf(queue, config.temporal.taskQueue),
    activities: createActivities(queue, config, client),
    dataConverter: { payloadConverterPath },
    ...(runsWorkflows ? { workflowBundle: await workflowBundle(), maxCachedWorkflows: 500 } : {}),
    // a SIGKILL otherwise delays the next workflow task by ten seconds (temporal.md B9)
    stickyQueueScheduleToStartTimeout: config.endpoints.sandbox ? '1s' : '3s',
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
}
