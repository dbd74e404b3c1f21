import assert from 'node:assert/strict';
import type { Client } from '@temporalio/client';
import { waveState } from '../../workflows/freeze/messages.ts';
import { createWaveReader } from '../../worker/queues/wave-reader.ts';

const key = { workflowId: 'agent-promotion:main:1', runId: 'run-1', wave: 'wave-1' };
const answer = { openedAt: '2026-11-20T12:00:00Z', overrideRequestId: null };
const running = { status: { name: 'RUNNING' }, type: 'freeze' };

/** The calls of a client that the reader makes. */
function clientThat(calls: { describe?: () => Promise<unknown>; query?: () => Promise<unknown> }) {
  const asked: unknown[] = [];
  const { describe = async () => running, query = async () => answer } = calls;
  const getHandle = (id: string) => ({
    describe,
    query: (...args: unknown[]) => {
      asked.push(id, ...args);
      return query();
    },
  });
  const withDeadline = (deadline: number, call: () => unknown) => {
    asked.push(deadline - Date.now() <= 10_000);
    return call();
  };
  return { client: { withDeadline, workflow: { getHandle } } as unknown as Client, asked };
}

describe('createWaveReader', () => {
  it('asks freeze itself, under a deadline', async () => {
    const { client, asked } = clientThat({});
    assert.deepEqual(await createWaveReader(client)(key), answer);
    assert.deepEqual(asked, [true, 'freeze', waveState, key]);
  });

  const silent = async () => Promise.reject(new Error('deadline exceeded'));
  for (const [what, calls] of [
    ['no answer', { query: silent }],
    ['no server', { describe: silent }],
    ['a freeze that has ended', { describe: async () => ({ ...running, status: { name: 'TERMINATED' } }) }],
    ['a foreign workflow of that id', { describe: async () => ({ ...running, type: 'stranger' }) }],
  ] as const)
    it(`takes ${what} as held, and asks again later`, async () => {
      const { client } = clientThat(calls);
      await assert.rejects(createWaveReader(client)(key), { type: 'Unavailable', nonRetryable: false });
    });
});
