import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { installHttp } from '../../../activities/http.ts';
import { createJiraClient } from '../../../activities/jira/client.ts';
import { assertFails, vendorFailures } from '../../support/failing-vendor.ts';
import { asActivityOf, issuePath, siteAt, ticket } from '../../support/jira-site.ts';
import { withLoopback, type Expected, type Respond } from '../../support/loopback.ts';
import { workflowId } from './change-site.ts';
import { claimsOf, createAttestation, viewOf, workflowId as promotionId } from './decision-site.ts';

const at = (minute: number) => `2026-11-22T10:${String(minute).padStart(2, '0')}:00.500+0000`;
const { key, requestId, evidenceDigest } = viewOf();
const text = (said: string) => ({
  ...{ type: 'doc', version: 1 },
  content: [{ type: 'paragraph', content: [{ type: 'text', text: said }] }],
});

interface Event {
  readonly minute: number;
  readonly by?: string;
  readonly asks?: string;
  readonly says?: string;
  readonly to?: string;
  readonly id?: string;
  readonly field?: string;
  readonly more?: object;
}

const authorOf = ({ by = 'sue-1', more = {} }: Event) => ({
  ...{ accountId: by, accountType: 'atlassian', active: true, ...more },
});

function comments(events: readonly Event[], of = workflowId): Expected {
  const found = events
    .filter(({ to }) => to === undefined)
    .map((event) => {
      const author = authorOf(event);
      const value = { key, requestId: event.asks, evidenceDigest, policy: 'change@2', workflowId: of };
      return {
        ...{ id: String(event.minute), author, updateAuthor: author, created: at(event.minute) },
        ...{ updated: at(event.minute), body: text(event.says ?? 'x') },
        properties: event.asks === undefined ? [] : [{ key: 'lockkeeper', value }],
      };
    });
  const body = { startAt: 0, maxResults: 100, total: found.length, comments: found };
  return { method: 'GET', path: `${issuePath}/comment`, respond: { body } };
}

function changelog(respond: Respond | readonly Event[]): Expected {
  const toValue = (event: Event) => ({
    ...{ id: event.id ?? String(900 + event.minute), author: authorOf(event), created: at(event.minute) },
    items: [
      { field: event.field ?? 'status', fieldId: event.field ?? 'status', to: '7', toString: event.to },
    ],
  });
  const isEvents = (value: Respond | readonly Event[]): value is readonly Event[] => Array.isArray(value);
  const path = `${issuePath}/changelog`;
  if (!isEvents(respond)) return { method: 'GET', path, respond };
  const values = respond.filter(({ to }) => to !== undefined).map(toValue);
  return {
    method: 'GET',
    path,
    respond: { body: { values, startAt: 0, maxResults: 100, total: values.length, isLast: true } },
  };
}

const question = (minute: number, asks = requestId): Event => ({ minute, by: 'bot-1', asks });
const moved = (minute: number, to = 'Approved', more: Partial<Event> = {}): Event => ({
  minute,
  to,
  ...more,
});

describe('jira client: attesting moves of a change ticket', () => {
  let http: ReturnType<typeof installHttp>;
  before(() => (http = installHttp({ timeoutMs: 150 })));
  after(() => http.close());

  function read(
    url: string,
    of = workflowId,
    statuses: object | null = { approved: 'Approved', declined: 'Declined' },
  ) {
    const { attest } = createAttestation();
    const site = { ...siteAt(url), ...(statuses ? { changeStatuses: statuses } : {}) } as ReturnType<
      typeof siteAt
    >;
    const jira = createJiraClient({ sites: [site], onCall: () => 'x', attest });
    const input = { ...ticket, requestId, groups: ['security'] };
    return asActivityOf(of, () => jira.attestDecisions(input));
  }
  async function attested(...events: Event[]) {
    let result: Awaited<ReturnType<typeof read>> | undefined;
    await withLoopback([comments(events), changelog(events)], async (url) => void (result = await read(url)));
    assert.ok(result);
    return { claims: claimsOf(result.envelopes), ignored: result.ignored };
  }
  const verbs = async (...events: Event[]) =>
    (await attested(...events)).claims.map(({ verb, sourceEventId }) => `${verb} ${sourceEventId}`);

  it('makes a decision of a move, with the change log’s own id and time', async () => {
    const { claims, ignored } = await attested(question(1), moved(2, 'Declined'));
    const jti = createHash('sha256').update(`acme/changelog-902/${requestId}`).digest('hex');
    const iat = Date.parse('2026-11-22T10:02:00Z') / 1000;
    assert.deepEqual(claims, [
      {
        ...{ jti, iat, exp: iat + 90 * 86_400, aud: `default/${workflowId}` },
        ...{ requestId, evidenceDigest, policy: 'change@2', verb: 'reject', principal: 'sue' },
        ...{ actingFor: null, groups: ['security'], via: 'jira', sourceEventId: '902' },
        reason: 'declined in Jira',
      },
    ]);
    assert.deepEqual(ignored, []);
  });

  it('keeps comments and moves in their order', async () => {
    const events = [question(1), moved(3), { minute: 2, says: '/approve' }, { minute: 4, says: '/revoke' }];
    assert.deepEqual(await verbs(...events), ['approve 2', 'approve 903', 'revoke 4']);
  });

  it('tells a move from a comment of the same id', async () => {
    const { claims } = await attested(
      question(1),
      { minute: 5, says: '/approve' },
      moved(6, 'Approved', { id: '5' }),
    );
    assert.equal(new Set(claims.map(({ jti }) => jti)).size, 2);
  });

  const without: [string, Event[]][] = [
    ['a move before the question', [moved(1), question(2)]],
    ['a move in the moment of the question', [question(2), moved(2)]],
    ['a move after a newer question', [question(1), question(2, 'request-2'), moved(3)]],
    ['the bot’s own move', [question(1), moved(2, 'Approved', { by: 'bot-1' })]],
    ['a move into another status', [question(1), moved(2, 'Deploying')]],
    ['a status of another spelling', [question(1), moved(2, 'approved')]],
    ['another field’s value', [question(1), moved(2, 'Approved', { field: 'customfield_1' })]],
  ];
  for (const [what, events] of without)
    it(`hears nothing in ${what}`, async () => {
      assert.deepEqual(await attested(...events), { claims: [], ignored: [] });
    });

  const ignored: [string, Partial<Event>, RegExp][] = [
    ['somebody unmapped', { by: 'eve-1' }, /nobody of the configuration/],
    ['an inactive account', { more: { active: false } }, /not active/],
    ['an app', { by: 'app-1', more: { accountType: 'app' } }, /no person but an account of type app/],
  ];
  for (const [what, more, why] of ignored)
    it(`ignores the move of ${what}, and says why`, async () => {
      const result = await attested(question(1), moved(2, 'Approved', more));
      assert.deepEqual(
        [result.claims, result.ignored.map(({ commentId }) => commentId)],
        [[], ['changelog-902']],
      );
      assert.match(String(result.ignored[0]?.reason), why);
    });

  it('asks for no change log of a promotion', () =>
    withLoopback([comments([question(1), { minute: 2, says: '/approve' }], promotionId)], async (url) => {
      assert.equal((await read(url, promotionId)).envelopes.length, 1);
    }));

  it('asks for none where the site has no change tickets, or nothing was asked', async () => {
    await withLoopback([comments([question(1)])], async (url) => void (await read(url, workflowId, null)));
    await withLoopback([comments([])], async (url) => void (await read(url)));
  });

  for (const [name, respond, type] of vendorFailures)
    it(`reading the change log meets ${name}: ${type}`, () =>
      withLoopback([comments([question(1)]), changelog(respond)], async (url) => {
        await assertFails(() => read(url), type, respond);
      }));
});
