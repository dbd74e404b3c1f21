import type { Client, WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { searchAttributeNames } from '../../workflows/shared/names.ts';
import { quietRuntime } from './quiet-runtime.ts';
import { startStubWorkers } from './stub-workers.ts';
import { startTimeSkippingServer } from './time-skipping-server.ts';
import { TrackedRuns } from './tracked-runs.ts';

export { testQueue } from './stub-workers.ts';

export interface TimeSkippingWorld {
  readonly client: Client;
  readonly env: TestWorkflowEnvironment;
  /** Its history is replayed when the tests of the file have ended. */
  track<H extends WorkflowHandle>(handle: H): H;
  stop(): Promise<void>;
}

/** Temporal's time-skipping server and a worker per task queue whose activities are stubs, for one test file. */
export async function startTimeSkipping(): Promise<TimeSkippingWorld> {
  quietRuntime();
  const env = await startTimeSkippingServer();
  await addSearchAttributes(env);
  const stopWorkers = await startStubWorkers(env.nativeConnection);
  const runs = new TrackedRuns();
  return {
    env,
    client: env.client,
    track: runs.track,
    async stop() {
      const replay = await runs.fetchHistories().finally(async () => {
        await stopWorkers();
        await env.teardown();
      });
      await replay();
    },
  };
}

export async function addSearchAttributes({ connection }: TestWorkflowEnvironment): Promise<void> {
  const types = { keyword: 2, datetime: 6 };
  await connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(
      Object.values(searchAttributeNames).map((name) => [
        name,
        name === searchAttributeNames.dueBy ? types.datetime : types.keyword,
      ]),
    ),
  });
}
