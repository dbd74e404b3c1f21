import assert from 'node:assert/strict';
import { HeartbeatInterceptor } from '../../worker/activity/heartbeats.ts';
import { callThrough } from '../support/call-through.ts';

describe('HeartbeatInterceptor', () => {
  const create = (heartbeatTimeoutMs?: number) =>
    callThrough(
      (context) => new HeartbeatInterceptor(context),
      heartbeatTimeoutMs ? { heartbeatTimeoutMs } : {},
    );

  it('heartbeats three times in the time-out for as long as the call lasts, and then no more', async () => {
    const { env, call } = create(60);
    let beats = 0;
    const thrice = Promise.withResolvers<string>();
    env.on('heartbeat', () => {
      beats += 1;
      if (beats === 3) thrice.resolve('answer');
    });
    assert.equal(await call(() => thrice.promise), 'answer');
    const before = beats;
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(beats, before);
  });

  it('stops when the call fails, and leaves the failure as it is', async () => {
    const { env, call } = create(30);
    const failure = new TypeError('x is undefined');
    await assert.rejects(
      call(() => Promise.reject(failure)),
      failure,
    );
    env.on('heartbeat', () => assert.fail('a heartbeat after the end'));
    await new Promise((resolve) => setTimeout(resolve, 30));
  });

  it('says the activity’s own progress again, and what an earlier attempt has left', async () => {
    const { env, call } = callThrough((context) => new HeartbeatInterceptor(context), {
      heartbeatTimeoutMs: 30,
      heartbeatDetails: { page: 1 },
    });
    const said: unknown[] = [];
    const done = Promise.withResolvers<void>();
    env.on('heartbeat', (details: unknown) => {
      said.push(details);
      if (said.length === 1) env.context.heartbeat({ page: 2 });
      if (said.length === 3) done.resolve();
    });
    await call(() => done.promise);
    assert.deepEqual(said.slice(0, 3), [{ page: 1 }, { page: 2 }, { page: 2 }]);
  });

  it('is silent where nobody expects a heartbeat', async () => {
    const { env, call } = create();
    env.on('heartbeat', () => assert.fail('nobody expects it'));
    assert.equal(await call(async () => 7), 7);
  });
});
