import assert from 'node:assert/strict';
import { createRateLimit } from '../../activities/rate-limit.ts';
import { assertFails } from '../support/failing-vendor.ts';

function createClock() {
  const clock = { at: 1_000_000, slept: [] as number[] };
  const now = () => clock.at;
  const sleep = async (ms: number) => {
    clock.slept.push(ms);
    clock.at += ms;
  };
  return { clock, now, sleep };
}

describe('rate limit', () => {
  it('lets a burst pass, then keeps the rate', async () => {
    const { clock, now, sleep } = createClock();
    const limit = createRateLimit({ callsPerSecond: 10, burst: 3, now, sleep });
    for (let call = 0; call < 6; call += 1) await limit.take('jira');
    assert.deepEqual(clock.slept, [100, 100, 100]);
  });

  it('saves up no more than the burst', async () => {
    const { clock, now, sleep } = createClock();
    const limit = createRateLimit({ callsPerSecond: 10, burst: 2, now, sleep });
    await limit.take('jira');
    clock.at += 60_000;
    for (let call = 0; call < 3; call += 1) await limit.take('jira');
    assert.deepEqual(clock.slept, [100]);
  });

  it('waits out a short pause', async () => {
    const { clock, now, sleep } = createClock();
    const limit = createRateLimit({ callsPerSecond: 10, burst: 5, now, sleep });
    limit.pause(1_500);
    await limit.take('jira');
    assert.deepEqual(clock.slept, [1_500]);
  });

  it('leaves a long one to Temporal and takes no place in line', async () => {
    const { clock, now, sleep } = createClock();
    const limit = createRateLimit({ callsPerSecond: 10, burst: 5, now, sleep });
    limit.pause(7_000);
    limit.pause(1_000);
    const asked = { headers: { 'retry-after': '7' } };
    await assertFails(() => limit.take('jira'), 'RateLimited', asked);
    clock.at += 7_000;
    await limit.take('jira');
    assert.deepEqual(clock.slept, []);
  });

  it('sends nothing that was already waiting when the vendor says wait', async () => {
    const { clock, now } = createClock();
    const wakes: (() => void)[] = [];
    const sleep = (ms: number) =>
      new Promise<void>((resolve) => {
        const until = clock.at + ms;
        wakes.push(() => {
          clock.at = Math.max(clock.at, until);
          resolve();
        });
      });
    const limit = createRateLimit({ callsPerSecond: 10, burst: 1, now, sleep });
    await limit.take('jira');
    const sent: number[] = [];
    const short = limit.take('jira').then(() => sent.push(clock.at));
    limit.pause(1_500);
    wakes[0]?.();
    await new Promise(setImmediate);
    assert.deepEqual(sent, []);
    wakes[1]?.();
    await short;
    assert.deepEqual(sent, [1_001_500]);
    const long = limit.take('jira');
    limit.pause(9_000);
    wakes[2]?.();
    await assertFails(() => long, 'RateLimited', { headers: { 'retry-after': '9' } });
  });
});
