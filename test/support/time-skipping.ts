import type { Client, WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { cacheDir } from '../../sandbox/shared/cache-dir.ts';
import { resolveTestServer } from '../../sandbox/temporal/resolve-test-server.ts';
import { searchAttributeNames, systemQueue, systems } from '../../workflows/shared/names.ts';
import { stubbedActivities } from './stub-activities.ts';
import { payloadConverterPath, sharedBundle } from './workflow-bundle.ts';

export const testQueue = 'workflow-tests';

export interface TimeSkippingWorld {
  readonly client: Client;
  readonly env: TestWorkflowEnvironment;
  /** Its history is replayed when the tests of the file have ended. */
  track<H extends WorkflowHandle>(handle: H): H;
  stop(): Promise<void>;
}

/** Temporal's time-skipping server and a worker per task queue whose activities are stubs, for one test file. */
export async function startTimeSkipping(): Promise<TimeSkippingWorld> {
  const path = await resolveTestServer({ cacheDir: cacheDir(), log: console.warn });
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
  } catch {
    // another file of this process installed it
  }
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
    client: { dataConverter: { payloadConverterPath } },
  });
  const values = Object.values(searchAttributeNames);
  await env.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(
      values.map((name) => [name, name === searchAttributeNames.dueBy ? 6 : 2]),
    ),
  });
  const workflowBundle = await sharedBundle();
  const shared = { connection: env.nativeConnection, dataConverter: { payloadConverterPath } };
  const workers = await Promise.all([
    Worker.create({
      ...shared,
      taskQueue: testQueue,
      workflowBundle,
      activities: stubbedActivities('temporal'),
    }),
    ...systems.map((system) =>
      Worker.create({
        ...shared,
        taskQueue: systemQueue(testQueue, system),
        activities: stubbedActivities(system),
      }),
    ),
  ]);
  const running = workers.map((worker) => worker.run());
  const tracked: WorkflowHandle[] = [];
  return {
    env,
    client: env.client,
    track(handle) {
      tracked.push(handle);
      return handle;
    },
    async stop() {
      const histories = await Promise.all(
        tracked.map(async (handle) => ({
          workflowId: handle.workflowId,
          history: await handle.fetchHistory(),
        })),
      );
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
      await env.teardown();
      const options = { workflowBundle, dataConverter: { payloadConverterPath } };
      for await (const result of Worker.runReplayHistories(options, histories))
        if (result.error) throw new Error(`${result.workflowId} does not replay`, { cause: result.error });
    },
  };
}
