import assert from 'node:assert/strict';
import type { RunState } from '../../activities/temporal/port.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import type { instanceSweep } from '../../workflows/sweeps/instance-sweep.ts';
import { createPromotionWorld, type PromotionWorld } from '../support/promotion-world.ts';
import { registerStubs, type Stubs } from '../support/stub-activities.ts';
import { startTimeSkipping, testQueue, type TimeSkippingWorld } from '../support/time-skipping.ts';

describe('instanceSweep', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  let count = 0;

  before(async () => void (temporal = await startTimeSkipping()));
  after(() => temporal.stop());

  /** @param runs the run of each live instance, and what Temporal says of it */
  async function sweep(
    runs: Readonly<Record<string, RunState>>,
    prepare: (stubs: Stubs, world: PromotionWorld) => void = () => {},
  ) {
    const workflowId = `instance-sweep-${(count += 1)}`;
    const { world, stubs } = createPromotionWorld();
    stubs['aws-promotion'].listOwnInstances = async () =>
      Object.keys(runs).map((runId) => ({
        instanceId: `i-${runId}`,
        workflowId: 'agent-promotion:main:1',
        runId,
        launchedAt: '2026-11-22T10:00:00.000Z',
        state: 'running',
      }));
    stubs.temporal.describeRun = async ({ runId }) => runs[runId] ?? 'not-found';
    prepare(stubs, world);
    registerStubs(workflowId, stubs);
    const handle = await temporal.client.workflow.start<typeof instanceSweep>('instanceSweep', {
      workflowId,
      taskQueue: testQueue,
    });
    return { result: await temporal.track(handle).result(), world };
  }

  it('terminates the instances of runs that are closed or unknown, and no other', async () => {
    const { result, world } = await sweep({ a: 'running', b: 'closed', c: 'not-found' });
    assert.deepEqual(result, { seen: 3, terminated: ['i-b', 'i-c'], unresolved: [] });
    assert.deepEqual(world.terminated, ['i-b', 'i-c']);
  });

  it('touches nothing where there is nothing', async () => {
    const { result, world } = await sweep({});
    assert.deepEqual(result, { seen: 0, terminated: [], unresolved: [] });
    assert.deepEqual(world.calls, []);
  });

  it('touches nothing for as long as Temporal does not answer', async () => {
    let tries = 0;
    const { world } = await sweep({ a: 'running' }, (stubs) => {
      stubs.temporal.describeRun = async () => {
        if ((tries += 1) < 6) throw createFailure('Unavailable', 'no answer');
        return 'running';
      };
    });
    assert.deepEqual([tries, world.terminated], [6, []]);
  });

  it('goes on with the others when EC2 refuses one, and says which', async () => {
    const { result } = await sweep({ a: 'closed', b: 'closed' }, (_, world) => {
      world.on['terminateInstance'] = (instanceId: string) => {
        if (instanceId === 'i-a') throw createFailure('PermissionDenied', 'UnauthorizedOperation');
      };
    });
    assert.deepEqual(result, { seen: 2, terminated: ['i-b'], unresolved: ['i-a'] });
  });
});
