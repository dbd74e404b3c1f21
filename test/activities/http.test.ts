import assert from 'node:assert/strict';
import { CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { installHttp, runHttpCall, type HttpCall } from '../../activities/http.ts';
import { createCaller } from '../../activities/outside-call.ts';
import { createRateLimit } from '../../activities/rate-limit.ts';
import { assertFails } from '../support/failing-vendor.ts';
import { withLoopback } from '../support/loopback.ts';

const limit = () => createRateLimit({ callsPerSecond: 100, burst: 100 });
const get = (path: string) => ({ method: 'GET', path });

describe('http', () => {
  let http: ReturnType<typeof installHttp>;
  before(() => (http = installHttp({ timeoutMs: 150, connectTimeoutMs: 100 })));
  after(() => http.close());

  it('ends a call that has no answer in time', async () => {
    await withLoopback([{ ...get('/slow'), respond: 'hang' }], async (url) => {
      const call = createCaller('test', limit());
      const failure = await assertFails(() => call('wait', () => fetch(`${url}/slow`)), 'Unavailable');
      assert.match(failure.message, /^test: wait: /);
    });
  });

  it('calls a refused connection Unavailable', async () => {
    let closed = '';
    await withLoopback([], async (url) => void (closed = url));
    const call = createCaller('test', limit());
    await assertFails(() => call('connect', () => fetch(closed)), 'Unavailable');
  });

  it('keeps the rate-limit headers of its own call', async () => {
    const headers = {
      'X-RateLimit-Remaining': '3',
      'RateLimit-Reason': 'jira-burst-based',
      'Set-Cookie': 'a=b',
    };
    await withLoopback([{ ...get('/'), respond: { headers } }], async (url) => {
      const call: HttpCall = {};
      await runHttpCall(call, async () => (await fetch(url)).text());
      const kept = { 'x-ratelimit-remaining': '3', 'ratelimit-reason': 'jira-burst-based' };
      assert.deepEqual(call.answer, { status: 200, headers: kept });
    });
  });

  it('ends the request when the activity is cancelled', async () => {
    await withLoopback([{ ...get('/slow'), respond: 'hang' }], async (url, seen) => {
      const environment = new MockActivityEnvironment();
      const call = createCaller('test', limit());
      const running = environment.run(() => call('wait', () => fetch(`${url}/slow`)));
      while (seen.length === 0) await new Promise(setImmediate);
      environment.cancel();
      await assert.rejects(running, CancelledFailure);
    });
  });

  it('sends no request for an activity that is cancelled already', () =>
    withLoopback([], async (url) => {
      const environment = new MockActivityEnvironment();
      environment.cancel();
      const call = createCaller('test', limit());
      await assert.rejects(
        environment.run(() => call('wait', () => fetch(url))),
        CancelledFailure,
      );
    }));

  it('keeps all calls back after a 429, but not after the limit of one issue', async () => {
    const refuse = (reason: string) => ({
      status: 429,
      headers: { 'retry-after': '7', 'ratelimit-reason': reason },
    });
    for (const [reason, held] of [
      ['jira-burst-based', true],
      ['jira-per-issue-on-write', false],
    ] as const) {
      const expected = [{ ...get('/'), respond: refuse(reason) }];
      const next = held ? [] : [{ ...get('/next'), respond: {} }];
      await withLoopback([...expected, ...next], async (url) => {
        const call = createCaller('test', limit());
        const refused = async () => {
          const { status } = await fetch(url);
          throw Object.assign(new Error('refused'), { status });
        };
        await assertFails(() => call('try', refused), 'RateLimited', expected[0]?.respond);
        const second = call('try', () => fetch(`${url}/next`));
        await (held ? assert.rejects(second, /no call for another 7 s/) : second);
      });
    }
  });
});
