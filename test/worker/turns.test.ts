import assert from 'node:assert/strict';
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { TurnInterceptor } from '../../worker/activity/turns.ts';
import type { Turn } from '../../workflows/shared/turn.ts';
import { callThrough } from '../support/call-through.ts';

describe('TurnInterceptor', () => {
  const turn: Turn = {
    queueId: 'promotion-queue',
    workflowId: 'agent-promotion:main:1',
    runId: 'r',
    token: 42,
  };

  /** @param answer the queue's answer to `confirmTurn` */
  function guarded(answer: () => Promise<boolean>) {
    const asked: unknown[] = [];
    const getHandle = (queueId: string) => ({
      query: (_: unknown, check: unknown) => {
        asked.push({ queueId, check });
        return answer();
      },
    });
    const client = { workflow: { getHandle } } as unknown as Client;
    const workflowExecution = { workflowId: turn.workflowId, runId: turn.runId };
    return {
      asked,
      ...callThrough((context) => new TurnInterceptor(context, client), { workflowExecution }),
    };
  }

  it('asks the queue by run and token, and then writes', async () => {
    const { asked, call } = guarded(async () => true);
    assert.equal(await call(async () => 'written', { turn }), 'written');
    const { queueId, ...check } = turn;
    assert.deepEqual(asked, [{ queueId, check }]);
  });

  const refusals: Readonly<Record<string, [() => Promise<boolean>, string, boolean, RegExp]>> = {
    'the turn has passed on': [async () => false, 'PolicyViolation', true, /turn 42 has passed on/],
    'the queue does not answer': [
      () => Promise.reject(new Error('no poller')),
      'Unavailable',
      false,
      /does not answer/,
    ],
  };
  for (const [when, [answer, type, final, message]] of Object.entries(refusals))
    it(`writes nothing when ${when}: ${type}`, async () => {
      const { call } = guarded(answer);
      const write = call(async () => assert.fail('written all the same'), { turn });
      await assert.rejects(write, (error) => {
        assert.ok(error instanceof ApplicationFailure, String(error));
        assert.deepEqual([error.type, error.nonRetryable], [type, final]);
        assert.match(error.message, message);
        return true;
      });
    });

  for (const other of [{ workflowId: 'agent-promotion:main:2' }, { runId: 's' }])
    it(`takes no turn that belongs to another run, without asking: ${JSON.stringify(other)}`, async () => {
      const { asked, call } = guarded(async () => true);
      const write = call(async () => assert.fail('written all the same'), { turn: { ...turn, ...other } });
      await assert.rejects(write, { type: 'PolicyViolation', nonRetryable: true });
      assert.deepEqual(asked, []);
    });

  for (const input of [undefined, null, 'x', [], {}, { key: 'k' }])
    it(`does not ask for a call that carries no turn: ${JSON.stringify(input)}`, async () => {
      const { asked, call } = guarded(async () => false);
      assert.equal(await call(async () => 'read', input), 'read');
      assert.deepEqual(asked, []);
    });
});
