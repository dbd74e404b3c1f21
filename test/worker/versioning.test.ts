import assert from 'node:assert/strict';
import type { WorkflowHandle } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { createWorkers } from '../../worker/create-workers.ts';
import { workflowTypes } from '../../workflows/shared/names.ts';
import { configOf } from '../config/example-config.ts';
import { startRealServer, type RealServerWorld } from '../support/real-server.ts';

const pinned = 1;
const autoUpgrade = 2;

describe('workers of a deployment', function () {
  this.timeout(60_000);
  const config = configOf();
  const version = { deploymentName: `lockkeeper-${config.deployment}`, buildId: 'b1' };
  let temporal: RealServerWorld;
  let native: NativeConnection;
  let stop: () => Promise<void>;

  before(async () => {
    temporal = await startRealServer();
    const { client } = temporal;
    native = await NativeConnection.connect({ address: temporal.address });
    const workers = await createWorkers({
      config,
      queues: ['workflows'],
      connection: native,
      client,
      deployment: version,
    });
    const running = workers.map((worker) => worker.run());
    stop = async () => {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
      await native.close();
    };
    await makeCurrent();
  });
  after(async () => {
    await stop();
    await temporal.stop();
  });

  /** The server learns of a version from its first poll. */
  async function makeCurrent(): Promise<void> {
    const { workflowService } = temporal.client.connection;
    for (;;)
      try {
        await workflowService.setWorkerDeploymentCurrentVersion({
          namespace: 'default',
          deploymentName: version.deploymentName,
          buildId: version.buildId,
        });
        return;
      } catch (error) {
        if (!/no Worker Deployment|not found|pollers/i.test(String(error))) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
  }

  const start = (type: string, args: readonly unknown[]) =>
    temporal.client.workflow.start(type, {
      workflowId: `versioned-${type}`,
      taskQueue: config.temporal.taskQueue,
      args: [...args],
    });

  async function behaviorOf(handle: WorkflowHandle): Promise<number | null | undefined> {
    for (;;) {
      const { raw } = await handle.describe();
      const { versioningInfo } = raw.workflowExecutionInfo ?? {};
      if (versioningInfo?.behavior) return versioningInfo.behavior;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  it('pin a short pass', async () => {
    const handle = await start(workflowTypes.promotionSweep, [{ sites: [] }]);
    assert.deepEqual(await handle.result(), { waiting: 0, started: 0, orphans: [], unresolved: [] });
    assert.equal(await behaviorOf(handle), pinned);
  });

  it('move a workflow that lives for ever along', async () => {
    const handle = await start(workflowTypes.promotionQueue, [{}]);
    assert.equal(await behaviorOf(handle), autoUpgrade);
    await handle.terminate();
  });
});
