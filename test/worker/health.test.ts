import assert from 'node:assert/strict';
import type { Worker } from '@temporalio/worker';
import { serveHealth } from '../../worker/health.ts';

describe('serveHealth', () => {
  const states = ['RUNNING', 'RUNNING'];
  const workers = states.map((_, index) => ({
    options: { taskQueue: `lockkeeper-${index}` },
    getState: () => states[index],
  }));
  let url: string;
  before(async () => {
    url = await serveHealth(workers as unknown as readonly Worker[], { host: '127.0.0.1', port: 0 });
  });

  for (const [state, live, ready] of [
    ['RUNNING', 200, 200],
    ['INITIALIZED', 200, 503],
    ['DRAINING', 200, 503],
    ['FAILED', 200, 503],
  ] as const)
    it(`answers /livez ${live} and /readyz ${ready} when one worker is ${state}`, async () => {
      states[1] = state;
      assert.equal((await fetch(`${url}/livez`)).status, live);
      const answer = await fetch(`${url}/readyz`);
      assert.equal(answer.status, ready);
      assert.deepEqual(await answer.json(), {
        ready: ready === 200,
        workers: [
          { taskQueue: 'lockkeeper-0', state: 'RUNNING' },
          { taskQueue: 'lockkeeper-1', state },
        ],
      });
    });

  it('knows no other path', async () => assert.equal((await fetch(`${url}/metrics`)).status, 404));
});
