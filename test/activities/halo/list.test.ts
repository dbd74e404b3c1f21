import assert from 'node:assert/strict';
import { installHttp } from '../../../activities/http.ts';
import { assertFails } from '../../support/failing-vendor.ts';
import { withLoopback, type Expected, type Reply } from '../../support/loopback.ts';
import { everything, get, haloAt, issueId, issueOf, pageOf, session } from './halo-calls.ts';

const list = (respond: Reply) => get('/v3/issues', respond);

describe('halo: lists', () => {
  let http: ReturnType<typeof installHttp>;
  before(() => (http = installHttp({ timeoutMs: 1_000 })));
  after(() => http.close());

  const since = '2026-10-01T00:00:00.000Z';
  const queries = [
    [{}, { status: 'active', per_page: '100' }],
    [{ since }, { status: 'active', per_page: '100', updated_at_gte: since }],
    [
      { status: 'resolved', since },
      { status: 'resolved', per_page: '100', resolved_at_gte: since },
    ],
    [
      { criticalOnly: true, filters: { group_name: 'Web & more', status: 'resolved' } },
      { status: 'active', per_page: '100', critical: 'true', group_name: 'Web & more' },
    ],
  ] as const;
  for (const [own, expected] of queries)
    it(`asks with ${JSON.stringify(own)}`, () =>
      withLoopback([session(), list(pageOf([]))], async (url, seen) => {
        const page = await haloAt(url).list({ ...everything, ...own }, null);
        assert.deepEqual(page, { findings: [], next: null, faults: [] });
        assert.deepEqual(Object.fromEntries(seen[1]?.query ?? []), expected);
      }));

  it('follows all pages, by path and query of the next one', async () => {
    const ids = Array.from({ length: 25 }, (_, index) => `issue-${index}`);
    const pages = ids.map((id, index): Expected => {
      const more = index < ids.length - 1;
      return get('/v3/issues', (): Reply =>
        pageOf([issueOf({ id })], more ? `/v3/issues?c=${index}` : undefined),
      );
    });
    await withLoopback([session(), ...pages], async (url, seen) => {
      const halo = haloAt(url);
      const found: string[] = [];
      let cursor: string | null = null;
      do {
        const page = await halo.list(everything, cursor);
        found.push(...page.findings.map(({ id }) => id));
        cursor = page.next;
      } while (cursor !== null);
      assert.deepEqual(found, ids);
      assert.deepEqual(
        seen.slice(2).map(({ query }) => query.get('c')),
        ids.slice(0, -1).map((_, index) => String(index)),
      );
    });
  });

  it('takes the whole URL of a next page at its own host', () =>
    withLoopback([session(), list({})], async (url, seen) => {
      const halo = haloAt(url);
      assert.ok(seen.length === 0);
      await assertFails(() => halo.list(everything, `${url}/v3/issues?cursor=a`), 'UnsupportedResponse');
      assert.equal(seen[1]?.query.get('cursor'), 'a');
    }));

  const strangers = [
    'https://evil.test/v3/issues?cursor=a',
    '//evil.test/v3/issues?cursor=a',
    'http://user:pass@127.0.0.1/v3/issues?cursor=a',
    '/v3/issues/../users?cursor=a',
    '/v1/issues?cursor=a',
    'http://',
    'file:///v3/issues?x',
  ];
  for (const next of strangers)
    it(`refuses a next page at ${next}, from Halo and as a cursor`, () =>
      withLoopback([session(), list(pageOf([issueOf()], next))], async (url, seen) => {
        const halo = haloAt(url);
        await assertFails(() => halo.list(everything, null), 'UnsupportedResponse');
        await assertFails(() => halo.list(everything, next), 'UnsupportedResponse');
        assert.equal(seen.length, 2);
      }));

  it('refuses a page that names itself as the next', () =>
    withLoopback([session(), list(pageOf([], '/v3/issues?cursor=a'))], async (url) => {
      await assertFails(() => haloAt(url).list(everything, '/v3/issues?cursor=a'), 'UnsupportedResponse');
    }));

  const noPages: readonly (readonly [string, Reply])[] = [
    ['an empty object', { body: {} }],
    ['issues that are no list', { body: { issues: {} } }],
    ['a list', { body: [issueOf()] }],
    ['a next page that is a number', { body: { issues: [], pagination: { next: 7 } } }],
    ['no JSON', { body: '<html>login</html>' }],
  ];
  for (const [name, respond] of noPages)
    it(`does not take ${name} for a last page`, () =>
      withLoopback([session(), list(respond)], async (url) => {
        await assertFails(() => haloAt(url).list(everything, null), 'UnsupportedResponse');
      }));

  it('tells of each malformed row, and reads the others', () => {
    const rows = [
      ...[issueOf({ id: 'good' }), 7, issueOf({ id: '../users' }), issueOf({ id: 'b', status: 'odd' })],
      ...[
        issueOf({ id: 'c', created_at: 'yesterday' }),
        issueOf({ id: 'd', name: 5 }),
        issueOf({ id: 'last' }),
      ],
    ];
    return withLoopback([session(), list(pageOf(rows))], async (url, seen) => {
      const halo = haloAt(url);
      const { findings, faults } = await halo.list(everything, null);
      assert.deepEqual(
        findings.map(({ id }) => id),
        ['good', 'last'],
      );
      assert.deepEqual(
        faults.slice(2).map(({ findingId }) => findingId),
        ['b', 'c', 'd'],
      );
      assert.match(faults[2]?.reason ?? '', /^status: .*active/);
      assert.match(faults[3]?.reason ?? '', /^created_at: an ISO 8601 time/);
      assert.match(faults[4]?.reason ?? '', /^name: /);
      // a row without an id has a name of its own, under which nothing is asked for
      for (const { findingId } of faults.slice(0, 2)) assert.equal(await halo.describe(findingId), null);
      assert.equal(seen.length, 2);
    });
  });

  it('keeps the later one of two rows of one issue', () => {
    const rows = [issueOf({ name: 'old' }), issueOf({ name: 'new' })];
    return withLoopback([session(), list(pageOf(rows))], async (url) => {
      const { findings } = await haloAt(url).list(everything, null);
      assert.deepEqual(
        findings.map(({ name }) => name),
        ['new'],
      );
    });
  });

  describe('describe', () => {
    const issue = `/v3/issues/${issueId}`;

    it('reads one, and says null of one that is gone', () => {
      const gone = get('/v3/issues/gone', { status: 404, body: { message: 'Not Found' } });
      return withLoopback([session(), get(issue, { body: { issue: issueOf() } }), gone], async (url) => {
        const halo = haloAt(url);
        assert.equal((await halo.describe(issueId))?.name, 'openssl');
        assert.equal(await halo.describe('gone'), null);
      });
    });

    for (const id of ['../users', 'a b', '', 'x'.repeat(65), 'a/b', 'a?b', '%2e%2e'])
      it(`makes no path of ${JSON.stringify(id.slice(0, 20))}, and does not say that it is gone`, () =>
        withLoopback([], async (url) => {
          await assertFails(() => haloAt(url).describe(id), 'InvalidInput');
        }));

    const others: readonly (readonly [string, object])[] = [
      ['another issue', { issue: issueOf({ id: 'another' }) }],
      ['no issue', {}],
      ['a row in v1’s form', issueOf()],
    ];
    for (const [name, body] of others)
      it(`does not take ${name} for it`, () =>
        withLoopback([session(), get(issue, { body })], async (url) => {
          await assertFails(() => haloAt(url).describe(issueId), 'UnsupportedResponse');
        }));
  });
});
