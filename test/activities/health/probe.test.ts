import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createHealthActivities } from '../../../activities/health/activities.ts';
import { createHealthClient, type HealthOptions } from '../../../activities/health/client.ts';
import { assertFails } from '../../support/failing-vendor.ts';
import { withLoopback, type Respond } from '../../support/loopback.ts';

const quiet = new DefaultLogger('ERROR');

function clientOf(url: string, changes: Partial<HealthOptions> = {}) {
  const probes = { app: { url, expectStatus: 200, attempts: 2 } };
  return createHealthClient({
    probes,
    accounts: ['prod-a', 'prod b/c'],
    loopbackOnly: true,
    pauseMs: 1,
    timeoutMs: 200,
    ...changes,
  });
}

const get = (path: string, respond: Respond) => ({ method: 'GET', path, respond });

describe('probe', () => {
  it('is healthy with the first expected answer, and asks without credentials', () =>
    withLoopback([get('/health/prod-a', {})], async (url, seen) => {
      const found = await clientOf(`${url}/health/{account}`).probe({ probe: 'app', account: 'prod-a' });
      assert.deepEqual(found, { healthy: true, detail: 'answered 200' });
      const { headers } = seen[0] ?? assert.fail();
      assert.deepEqual([headers.authorization, headers.cookie], [undefined, undefined]);
    }));

  it('puts the account’s name into the URL as one part of it', () =>
    withLoopback([get('/health/prod%20b%2Fc/x', {})], async (url) => {
      const client = clientOf(`${url}/health/{account}/x`);
      assert.equal((await client.probe({ probe: 'app', account: 'prod b/c' })).healthy, true);
    }));

  const failures: readonly (readonly [string, Respond, RegExp])[] = [
    ['401', { status: 401 }, /answered 401, expected 200/],
    ['404', { status: 404 }, /answered 404/],
    ['429', { status: 429, headers: { 'retry-after': '60' } }, /answered 429/],
    ['503', { status: 503, body: 'x'.repeat(100_000) }, /answered 503/],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, /answered 302/],
    ['a lost answer', 'lost', /no answer: /],
    ['no answer', 'hang', /no answer within 200 ms/],
  ];
  for (const [what, respond, detail] of failures) {
    it(`asks again after ${what}, and is healthy with the next`, () =>
      withLoopback([get('/', respond), get('/', {})], async (url) => {
        assert.equal((await clientOf(url).probe({ probe: 'app', account: 'prod-a' })).healthy, true);
      }));

    it(`is unhealthy after ${what} each time, and says so`, () =>
      withLoopback([get('/', respond), get('/', respond)], async (url) => {
        const found = await clientOf(url).probe({ probe: 'app', account: 'prod-a' });
        assert.equal(found.healthy, false);
        assert.match(found.detail, detail);
        assert.match(found.detail, /attempt 2 of 2/);
      }));
  }

  it('is unhealthy when nobody listens', async () => {
    let closed = '';
    await withLoopback([], async (url) => void (closed = url));
    const found = await clientOf(closed).probe({ probe: 'app', account: 'prod-a' });
    assert.match(found.detail, /no answer: ECONNREFUSED/);
  });

  it('takes a status that the configuration expects, also a redirect', () =>
    withLoopback([get('/', { status: 301, headers: { location: '/x' } })], async (url) => {
      const probes = { app: { url, expectStatus: 301, attempts: 1 } };
      assert.equal(
        (await clientOf(url, { probes }).probe({ probe: 'app', account: 'prod-a' })).healthy,
        true,
      );
    }));

  it('asks nothing for a probe or an account that is not configured, or beyond this machine in the sandbox', async () => {
    const client = clientOf('http://example.com/{account}');
    const wrong = [
      { probe: 'other', account: 'prod-a' },
      { probe: '__proto__', account: 'prod-a' },
      { probe: 'app', account: 'evil.example/?' },
      { probe: 'app', account: 'prod-a' },
    ];
    for (const input of wrong) await assertFails(() => client.probe(input), 'InvalidInput');
    const withPassword = clientOf('http://user:secret@127.0.0.1/');
    await assertFails(() => withPassword.probe({ probe: 'app', account: 'prod-a' }), 'InvalidInput');
  });

  it('names the wrong field of its input', () =>
    assertFails(
      () => createHealthActivities(clientOf('http://127.0.0.1')).probe({} as never),
      'InvalidInput',
    ));

  it('heartbeats before each attempt, and ends when it is cancelled', () =>
    withLoopback([get('/', { status: 503 })], async (url) => {
      const probes = { app: { url, expectStatus: 200, attempts: 50 } };
      const environment = new MockActivityEnvironment({}, { logger: quiet });
      const beats: unknown[] = [];
      environment.on('heartbeat', (beat) => beats.push(beat));
      const activities = createHealthActivities(clientOf(url, { probes, pauseMs: 60_000 }));
      const found = environment.run(() => activities.probe({ probe: 'app', account: 'prod-a' }));
      setTimeout(() => environment.cancel(), 50);
      await assert.rejects(found, /CANCELLED/);
      assert.deepEqual(beats, [{ attempt: 1 }]);
    }));
});
