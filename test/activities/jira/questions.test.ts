import assert from 'node:assert/strict';
import { installHttp } from '../../../activities/http.ts';
import { createAdfJudge } from '../../support/adf-judge.ts';
import { specsDirOrSkip } from '../../support/contract-judge.ts';
import { assertFails, vendorFailures } from '../../support/failing-vendor.ts';
import { asActivityOf, issuePath, jiraAt, ticket } from '../../support/jira-site.ts';
import { withLoopback, type Expected, type Respond } from '../../support/loopback.ts';
import { createAttestation, evidence, viewOf, workflowId } from './decision-site.ts';

const commentPath = `${issuePath}/comment`;
const post = (respond: Respond): Expected => ({ method: 'POST', path: commentPath, respond });
const created = post({ status: 201, body: { id: '9' } });
const { key, requestId, evidenceDigest } = viewOf();
const property = { key, requestId, evidenceDigest, policy: 'production@3', workflowId };

function comments(...own: { id: string; author?: string; value: object }[]): Expected {
  const found = own.map(({ id, author = 'bot-1', value }) => ({
    id,
    author: { accountId: author },
    properties: [{ key: 'lockkeeper', value }],
  }));
  const respond = { body: { startAt: 0, maxResults: 100, total: found.length, comments: found } };
  return { method: 'GET', path: commentPath, respond };
}

function ask(url: string, view = viewOf(), caller = workflowId) {
  const jira = jiraAt(url, createAttestation());
  return asActivityOf(caller, () => jira.askOnTicket({ ...ticket, view }));
}

describe('jira client: asking on the ticket', () => {
  let http: ReturnType<typeof installHttp>;
  before(() => (http = installHttp({ timeoutMs: 150 })));
  after(() => http.close());

  it('shows the evidence, says how to answer, and binds the answer to both', () => {
    return withLoopback([comments(), created], async (url, seen) => {
      assert.deepEqual(await ask(url), { commentId: '9', created: true });
      const { body, properties } = seen[1]?.body as Record<string, unknown>;
      assert.deepEqual(properties, [{ key: 'lockkeeper', value: property }]);
      const words = JSON.stringify(body);
      for (const word of [
        '/approve',
        '/reject <reason>',
        '/revoke',
        '/info <question>',
        '1 of security, 2 of devops-leads',
      ])
        assert.ok(words.includes(word), word);
      for (const { label, value } of evidence.facts)
        assert.ok(words.includes(label) && words.includes(value), label);
      assert.ok(words.includes('jira:eve-1') && words.includes('2026-11-22T11:00:00.000Z'));
      assert.doesNotMatch(words, /override|request-1|"type":"mention"/);
    });
  });

  it('names what its policy allows', () => {
    const override = { group: 'leads', reviewers: 'security', reviewWithinMinutes: 60 };
    const policy = { ...viewOf().policy, risk: 'high' as const, override };
    return withLoopback([comments(), created], async (url, seen) => {
      await ask(url, viewOf({ policy, deadline: null }));
      assert.match(JSON.stringify(seen[1]?.body), /\/approve <reason>.*\/override <reason>/);
      assert.doesNotMatch(JSON.stringify(seen[1]?.body), /Until/);
    });
  });

  it('writes nothing that Atlassian’s schema refuses', function () {
    this.timeout(20_000);
    const judge = createAdfJudge(specsDirOrSkip(this));
    return withLoopback([comments(), created], async (url, seen) => {
      await ask(url);
      assert.deepEqual(judge((seen[1]?.body as { body: unknown }).body), []);
    });
  });

  it('asks once per request, also when the answer is lost', () => {
    const there = comments({ id: '9', value: property });
    return withLoopback([comments(), post('lost'), there], async (url) => {
      await assertFails(() => ask(url), 'Unavailable');
      assert.deepEqual(await ask(url), { commentId: '9', created: false });
    });
  });

  it('asks again under a new request id, and whatever others have planted', () => {
    const before = comments(
      { id: '7', value: property },
      { id: '8', author: 'eve-1', value: { ...property, requestId: 'r2' } },
    );
    return withLoopback([before, created], async (url) =>
      assert.equal((await ask(url, viewOf({ requestId: 'r2' }))).created, true),
    );
  });

  it('asks nothing in the name of another workflow', () =>
    withLoopback(
      [],
      async (url) => void (await assertFails(() => ask(url, viewOf(), 'foreign'), 'PolicyViolation')),
    ));

  it('shows nothing but what the digest is over', () => {
    const lie = { ...evidence, title: 'Order lunch' };
    return withLoopback(
      [],
      async (url) => void (await assertFails(() => ask(url, viewOf({ evidence: lie })), 'PolicyViolation')),
    );
  });

  it('asks nothing without a key to attest the answers with', () =>
    assertFails(
      () =>
        asActivityOf(workflowId, () =>
          jiraAt('http://127.0.0.1:9').askOnTicket({ ...ticket, view: viewOf() }),
        ),
      'InvalidInput',
    ));

  for (const [name, respond, type] of vendorFailures)
    it(`asking meets ${name}: ${type}`, () =>
      withLoopback([comments(), post(respond)], async (url) => {
        await assertFails(() => ask(url), type, respond);
      }));
});
