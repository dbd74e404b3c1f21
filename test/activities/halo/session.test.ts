import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { withGate } from '../../../activities/halo/gate.ts';
import { installHttp } from '../../../activities/http.ts';
import { assertFails, vendorFailures } from '../../support/failing-vendor.ts';
import { withLoopback, type Reply, type SeenRequest } from '../../support/loopback.ts';
import { everything, get, haloAt, issueId, issueOf, key, session } from './halo-calls.ts';

const issue = `/v3/issues/${issueId}`;
const described: Reply = { body: { issue: issueOf() } };
const tokensOf = (seen: readonly SeenRequest[]) =>
  seen.filter(({ method }) => method === 'GET').map(({ headers }) => headers.authorization);

describe('halo: session', () => {
  let http: ReturnType<typeof installHttp>;
  before(() => (http = installHttp({ timeoutMs: 150 })));
  after(() => http.close());

  it('is opened once for all calls of a cold start, with the key', () => {
    const calls = Array.from({ length: 12 }, () => get(issue, described));
    return withLoopback([session(), ...calls], async (url, seen) => {
      const halo = haloAt(url);
      await Promise.all(calls.map(() => halo.describe(issueId)));
      assert.equal(seen[0]?.query.get('grant_type'), 'client_credentials');
      const basic = Buffer.from(`${key.id}:${key.secret}`).toString('base64');
      assert.equal(seen[0]?.headers.authorization, `Basic ${basic}`);
      assert.equal(seen[1]?.headers['user-agent'], 'lockkeeper');
      assert.deepEqual(new Set(tokensOf(seen)), new Set(['Bearer canary-token']));
    });
  });

  for (const [name, seconds, life] of [
    ['what Halo says', 100, 100],
    ['fifteen minutes where Halo says nothing', null, 900],
  ] as const)
    it(`is renewed before it ends: ${name}`, () =>
      withLoopback(
        [session('one', seconds), session('two', seconds), ...[1, 2, 3].map(() => get(issue, described))],
        async (url, seen) => {
          let now = 0;
          const halo = haloAt(url, { now: () => now });
          for (now of [0, life * 800, life * 950]) await halo.describe(issueId);
          assert.deepEqual(tokensOf(seen), ['Bearer one', 'Bearer one', 'Bearer two']);
        },
      ));

  it('is renewed once for all calls that met a 401, and each is made once more', () => {
    const refusing = (request: SeenRequest): Reply =>
      request.headers.authorization === 'Bearer old' ? { status: 401, body: { message: 'no' } } : described;
    const calls = Array.from({ length: 8 }, () => get(issue, refusing));
    return withLoopback([session('old'), session('new'), ...calls], async (url) => {
      const halo = haloAt(url);
      const found = await Promise.all(calls.slice(4).map(() => halo.describe(issueId)));
      assert.ok(found.every((one) => one?.id === issueId));
    });
  });

  it('a second 401 is a rejected credential', () => {
    const no = { status: 401, body: { message: 'no' } };
    return withLoopback([session('a'), session('b'), get(issue, no), get(issue, no)], async (url) => {
      await assertFails(() => haloAt(url).describe(issueId), 'CredentialRejected');
    });
  });

  it('is opened again after it could not be', () => {
    const down = { ...session(), respond: { status: 503, body: '' } };
    return withLoopback([down, session(), get(issue, described)], async (url) => {
      const halo = haloAt(url);
      await assertFails(() => halo.describe(issueId), 'Unavailable');
      assert.equal((await halo.describe(issueId))?.id, issueId);
    });
  });

  it('is not lost to the others when the activity that opened it is cancelled', () => {
    const slow = { ...session(), respond: 'hang' as const };
    return withLoopback([slow, session(), get(issue, described)], async (url, seen) => {
      const halo = haloAt(url);
      const env = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
      const cancelled: Promise<unknown> = env.run(() => halo.describe(issueId));
      while (seen.length === 0) await new Promise((resolve) => setImmediate(resolve));
      const other = halo.describe(issueId);
      env.cancel();
      await assertFails(() => cancelled, 'Unavailable');
      await assertFails(() => other, 'Unavailable');
      assert.equal((await halo.describe(issueId))?.id, issueId);
    });
  });

  for (const [name, respond, type] of vendorFailures) {
    // else every issue would pass for one that is gone
    const opening = type === 'NotFound' ? 'Unavailable' : type;
    it(`opening meets ${name}: ${opening}, in one request, and tells no secret`, () =>
      withLoopback([{ ...session(), respond }], async (url) => {
        const failure = await assertFails(() => haloAt(url).describe(issueId), opening, respond);
        assert.doesNotMatch(`${JSON.stringify(failure)} ${failure.stack}`, /canary|aGFsby1hdWRpdG9y/);
      }));
    if (type === 'CredentialRejected') continue;
    it(`listing meets ${name}: ${type}, in one request`, () =>
      withLoopback([session(), get('/v3/issues', respond)], async (url) => {
        await assertFails(() => haloAt(url).list(everything, null), type, respond);
      }));
    if (type !== 'NotFound')
      it(`describing meets ${name}: ${type}, in one request`, () =>
        withLoopback([session(), get(issue, respond)], async (url) => {
          await assertFails(() => haloAt(url).describe(issueId), type, respond);
        }));
  }

  const strange: readonly (readonly [string, Reply])[] = [
    ['no JSON', { body: 'access_token=canary' }],
    ['no token', { body: { token_type: 'bearer' } }],
    ['a redirect', { status: 307, headers: { location: 'https://evil.test/' } }],
  ];
  for (const [name, respond] of strange)
    it(`is not opened by ${name}`, () =>
      withLoopback([{ ...session(), respond }], async (url) => {
        const failure = await haloAt(url)
          .describe(issueId)
          .catch((error: unknown) => error);
        assert.ok(failure instanceof Error);
        assert.doesNotMatch(`${failure.stack} ${String(failure.cause)}`, /canary/);
      }));

  it('says in Halo’s words why a list was refused', () => {
    const errors = [{ field: 'grup', value: 'x', code: 'invalid', details: 'there is no filter named grup' }];
    const refused = { status: 422, body: { message: 'Validation Failed', errors } };
    return withLoopback([session(), get('/v3/issues', refused)], async (url) => {
      const failure = await assertFails(() => haloAt(url).list(everything, null), 'InvalidInput');
      assert.match(failure.message, /Validation Failed: grup: there is no filter named grup/);
    });
  });

  it('makes only so many calls at once, in order, also after failures', async () => {
    const begun: string[] = [];
    let running = 0;
    let most = 0;
    const gated = withGate(async (action, run) => {
      begun.push(action);
      most = Math.max(most, ++running);
      try {
        return await run();
      } finally {
        running -= 1;
      }
    }, 3);
    const names = Array.from({ length: 12 }, (_, index) => `call ${index}`);
    const ends = await Promise.allSettled(
      names.map((name, index) =>
        gated(name, async () => {
          await Promise.resolve();
          if (index % 4 === 0) throw new Error(name);
        }),
      ),
    );
    assert.deepEqual([most, begun], [3, names]);
    assert.equal(ends.filter(({ status }) => status === 'rejected').length, 3);
  });
});
