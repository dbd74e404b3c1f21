import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { installHttp } from '../../../activities/http.ts';
import { assertFails, vendorFailures } from '../../support/failing-vendor.ts';
import { asActivityOf, issuePath, jiraAt, ticket } from '../../support/jira-site.ts';
import { withLoopback, type Expected } from '../../support/loopback.ts';
import { claimsOf, createAttestation, viewOf, workflowId } from './decision-site.ts';

const path = `${issuePath}/comment`;
const { key, requestId, evidenceDigest } = viewOf();
const property = { key, requestId, evidenceDigest, policy: 'production@3', workflowId };

interface Said {
  readonly id: string;
  readonly by?: string;
  readonly text?: string;
  readonly minute?: number;
  readonly asks?: object;
  readonly more?: object;
}

const at = (minute: number) => `2026-11-22T10:${String(minute).padStart(2, '0')}:00.500+0000`;

function comment({ id, by = 'sue-1', text = '/approve', minute = Number(id), asks, more = {} }: Said) {
  const author = { accountId: by, accountType: 'atlassian', active: true };
  return {
    id,
    author,
    updateAuthor: author,
    created: at(minute),
    updated: at(minute),
    body: { type: 'doc', version: 1, content: [{ type: 'paragraph', content: [{ type: 'text', text }] }] },
    properties: asks === undefined ? [] : [{ key: 'lockkeeper', value: asks }],
    ...more,
  };
}
const question = (id: string, asks: object = property, more: object = {}): Said => ({
  ...{ id, by: 'bot-1', text: 'Decision wanted' },
  ...{ asks, more },
});

function page(said: readonly Said[], startAt = 0, total = said.length): Expected {
  const body = { startAt, maxResults: 100, total, comments: said.map(comment) };
  return { method: 'GET', path, respond: { body } };
}

describe('jira client: attesting what was decided', () => {
  let http: ReturnType<typeof installHttp>;
  before(() => (http = installHttp({ timeoutMs: 150 })));
  after(() => http.close());

  function read(url: string, changes: Parameters<typeof createAttestation>[0] = {}, caller = workflowId) {
    const { attest, asked } = createAttestation(changes);
    const jira = jiraAt(url, { attest });
    const input = { ...ticket, requestId, groups: ['security', 'devops-leads'] };
    return { asked, result: asActivityOf(caller, () => jira.attestDecisions(input)) };
  }
  async function attested(...said: Said[]) {
    let result: Awaited<ReturnType<typeof read>['result']> | undefined;
    await withLoopback([page(said)], async (url) => void (result = await read(url).result));
    assert.ok(result);
    return { claims: claimsOf(result.envelopes), ignored: result.ignored };
  }

  it('makes a decision of a comment, bound to what the question showed', async () => {
    const { claims, ignored } = await attested(question('1'), { id: '2', text: '/approve all good' });
    const jti = createHash('sha256').update(`acme/2/${requestId}`).digest('hex');
    const iat = Date.parse('2026-11-22T10:02:00Z') / 1000;
    assert.deepEqual(claims, [
      {
        ...{ jti, iat, exp: iat + 90 * 86_400, aud: `default/${workflowId}` },
        ...{ requestId, evidenceDigest, policy: 'production@3', verb: 'approve', principal: 'sue' },
        ...{ actingFor: null, groups: ['security'], via: 'jira', sourceEventId: '2', reason: 'all good' },
      },
    ]);
    assert.deepEqual(ignored, []);
  });

  it('gives the same claims again', async () => {
    const said = [question('1'), { id: '2' }, { id: '3', text: '/revoke' }];
    assert.deepEqual(await attested(...said), await attested(...said));
  });

  it('reads all pages and asks for each person once', () =>
    withLoopback(
      [page([question('1'), { id: '2' }], 0, 3), page([{ id: '3', text: '/revoke' }], 2, 3)],
      async (url, seen) => {
        const { asked, result } = read(url);
        assert.deepEqual(
          claimsOf((await result).envelopes).map(({ verb }) => verb),
          ['approve', 'revoke'],
        );
        assert.deepEqual(asked, ['sue']);
        assert.deepEqual(
          seen.map(({ query }) => [query.get('startAt'), query.get('expand')]),
          [
            ['0', 'properties'],
            ['2', 'properties'],
          ],
        );
      },
    ));

  const other = { ...property, requestId: 'request-2', evidenceDigest: 'e'.repeat(64) };
  const nothing: [string, Said[]][] = [
    ['before it was asked', [{ id: '1' }, question('2')]],
    ['to a newer question', [question('1'), question('2', other), { id: '3' }]],
    ['to an older question', [question('1', other), { id: '2' }, question('3')]],
    ['while nothing was asked', [{ id: '1' }]],
    ['to a question that somebody else made up', [{ ...question('1'), by: 'eve-1' }, { id: '2' }]],
    ['to a property that is no question', [question('1', { requestId }), { id: '2' }]],
    ['in ordinary words', [question('1'), { id: '2', text: 'approve' }]],
  ];
  for (const [name, said] of nothing)
    it(`takes nothing said ${name}`, async () =>
      assert.deepEqual(await attested(...said), { claims: [], ignored: [] }));

  it('goes by time and id, not by the order of the list', async () => {
    const { claims } = await attested({ id: '10', minute: 5 }, question('9', property), {
      id: '3',
      minute: 1,
    });
    assert.deepEqual(claims, []);
    const same = await attested({ id: '10', minute: 5 }, { ...question('9'), minute: 5 });
    assert.deepEqual(
      same.claims.map(({ sourceEventId }) => sourceEventId),
      ['10'],
    );
  });

  const author = (more: object) => ({ author: { accountId: 'sue-1', ...more } });
  const ignored: [string, Partial<Said>, RegExp][] = [
    ['another word', { text: '/Approve' }, /begins with none of \/approve/],
    ['our own account', { by: 'bot-1' }, /Lockkeeper’s own/],
    ['somebody unmapped', { by: 'eve-1' }, /nobody of the configuration/],
    ['an inactive account', { more: author({ active: false }) }, /not active/],
    ['an app', { more: { author: { accountId: 'app-1', accountType: 'app' } } }, /account of type app/],
    ['a customer', { more: author({ accountType: 'customer' }) }, /account of type customer/],
    ['nobody', { more: { author: undefined } }, /author is unknown/],
    ['an edited comment', { more: { updated: at(9) } }, /edited afterwards/],
  ];
  for (const [name, said, reason] of ignored)
    it(`ignores ${name}, and says why`, async () => {
      const { claims, ignored } = await attested(question('1'), { id: '2', ...said });
      assert.deepEqual([claims, ignored.map(({ commentId }) => commentId)], [[], ['2']]);
      assert.match(ignored[0]?.reason ?? '', reason);
    });

  it('bears the moment between Jira’s two stamps', async () => {
    const more = { updated: '2026-11-22T10:02:01.400+0000' };
    assert.equal((await attested(question('1'), { id: '2', more })).claims.length, 1);
  });

  for (const [name, more] of [
    ['later', { updated: at(9) }],
    ['by another account', { updateAuthor: { accountId: 'ann-1' } }],
  ] as const)
    it(`trusts no question that was edited ${name}`, async () => {
      const { claims, ignored } = await attested(question('1', property, more), { id: '2' });
      assert.deepEqual(claims, []);
      assert.match(ignored[0]?.reason ?? '', /question was edited/);
    });

  it('treats an unmapped account as unmapped, whatever it is called', () =>
    withLoopback([page([question('1'), { id: '2' }])], async (url) => {
      const { result } = read(url, { personOf: (accountId) => `jira:${accountId}` });
      assert.deepEqual((await result).envelopes, []);
    }));

  it('attests nothing for another workflow', () =>
    withLoopback([page([question('1'), { id: '2' }])], async (url) => {
      const failure = await assertFails(() => read(url, {}, 'foreign').result, 'PolicyViolation');
      assert.match(failure.message, /another workflow/);
    }));

  it('keeps what it hands back small: the newest', async () => {
    const many = Array.from({ length: 300 }, (_, n): Said => ({ id: String(n + 2), minute: 2 }));
    const unknown = many.map((said): Said => ({ ...said, id: `1${said.id}`, minute: 3, by: 'eve-1' }));
    const { claims, ignored } = await attested({ ...question('1') }, ...many, ...unknown);
    assert.deepEqual([claims.length, ignored.length, claims.at(-1)?.sourceEventId], [200, 50, '301']);
  });

  it('fails as the question about groups fails', () =>
    withLoopback([page([question('1'), { id: '2' }])], async (url) => {
      const standing = () => Promise.reject(new Error('no answer'));
      await assert.rejects(read(url, { standing }).result, /no answer/);
    }));

  for (const [name, respond, type] of vendorFailures)
    it(`reading comments meets ${name}: ${type}`, () =>
      withLoopback([{ method: 'GET', path, respond }], async (url) => {
        await assertFails(() => read(url).result, type, respond);
      }));
});
