import { Worker, type NativeConnection } from '@temporalio/worker';
import { systemQueue, systems } from '../../workflows/shared/names.ts';
import { stubbedActivities } from './stub-activities.ts';
import { payloadConverterPath, sharedBundle } from './workflow-bundle.ts';

export const testQueue = 'workflow-tests';

/**
 * One worker per task queue, as in production, whose activities are stubs.
 * @param identity goes into histories; Temporal's default names this machine
 * @returns drains and ends them
 */
export async function startStubWorkers(
  connection: NativeConnection,
  identity?: string,
): Promise<() => Promise<void>> {
  const shared = {
    connection,
    dataConverter: { payloadConverterPath },
    ...(identity === undefined ? {} : { identity }),
  };
  const workers = await Promise.all([
    Worker.create({
      ...shared,
      taskQueue: testQueue,
      workflowBundle: await sharedBundle(),
      activities: { ...stubbedActivities('temporal'), ...stubbedActivities('decisions') },
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
  return async () => {
    for (const worker of workers) worker.shutdown();
    await Promise.all(running);
  };
}
