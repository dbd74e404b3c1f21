import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createJsonLog } from '../../starters/log.ts';
import { createServer } from '../../starters/server.ts';
import { createCertificates } from '../../starters/webhooks/sns/certificates.ts';
import { findPerson } from '../../config/people.ts';
import { fullAudit } from '../config/secret-config.ts';
import { makeCertificate } from './certificate.ts';
import { secretConfig } from './secret-world.ts';
import { createTemporalDouble } from './temporal-double.ts';

const now = Date.UTC(2026, 10, 23, 10);
const config = secretConfig({}, { LOCKKEEPER_JIRA_WEBHOOK_SECRET: 'jira-secret' });
const [site] = config.jira.sites;
const bot = findPerson(config, { name: site?.bot ?? '' })?.jira ?? assert.fail();
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const days = (count: number) => new Date(now + count * 86_400_000);
const pem = makeCertificate(keys, { from: days(-1), to: days(30) });
const sample = readFileSync(
  new URL('../../samples/secrets/test-event-jira-to-sns.json', import.meta.url),
  'utf8',
);

const fields = { project: { key: 'SECCHG' }, issuetype: { name: 'Secret change' } };
const issue = { id: '10700', key: 'SECCHG-7', self: `${site?.baseUrl}/rest/api/2/issue/10700`, fields };
const finding = { ...issue, fields: { ...fields, issuetype: { name: 'Finding' } } };
const event = (webhookEvent: string, more: object = {}) => ({
  ...{ timestamp: now, webhookEvent, user: { accountId: 'sue' }, issue, changelog: { id: '1', items: [] } },
  ...more,
});
const was = (field: string, fromString: string) => ({ changelog: { items: [{ field, fromString }] } });

describe('hints of tickets that approve changes of secrets', () => {
  const temporal = createTemporalDouble();
  const confirmed: object[] = [];
  const { app } = createServer({
    ...{ config, secrets: config.secrets, client: temporal, now: () => now, isReady: async () => true },
    log: createJsonLog(() => undefined),
    sns: {
      certificates: createCertificates({ now: () => now, fetch: async () => new Response(pem) }),
      confirm: async ({ name }, subscription) => void confirmed.push({ name, ...subscription }),
    },
  });
  beforeEach(() => (temporal.started.length = 0));
  after(() => app.close());
  const started = () =>
    temporal.started.map(({ start, signal }) => [start.workflowType, start.workflowId, signal?.name]);
  const told = (issueId: string) => ['secretTicket', `secret-ticket:main:${issueId}`, 'ticketHint'];

  async function post(body: object) {
    const payload = JSON.stringify(body);
    const hub = `sha256=${createHmac('sha256', 'jira-secret').update(payload).digest('hex')}`;
    const headers = { 'content-type': 'application/json', 'x-hub-signature': hub };
    return app.inject({ method: 'POST', url: '/webhooks/jira', payload, headers });
  }
  async function publish(Message: string, more: Readonly<Record<string, string>> = {}) {
    const body: Record<string, string> = {
      ...{ Message, MessageId: 'message-1', Timestamp: new Date(now).toISOString() },
      ...{ TopicArn: fullAudit.topics[0] ?? '', Type: 'Notification', ...more },
    };
    const names = Object.keys(body).sort();
    const text = names.map((key) => `${key}\n${body[key]}\n`).join('');
    const payload = JSON.stringify({
      ...body,
      SignatureVersion: '2',
      SigningCertURL: 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123.pem',
      Signature: sign('RSA-SHA256', Buffer.from(text), keys.privateKey).toString('base64'),
    });
    return app.inject({ method: 'POST', url: '/webhooks/sns', payload });
  }

  for (const [what, body, isTold] of [
    ['created', event('jira:issue_created'), true],
    ['updated', event('jira:issue_updated'), true],
    ['deleted', event('jira:issue_deleted'), true],
    [
      'moved to another project',
      event('jira:issue_updated', { issue: { ...issue, key: 'OPS-1' }, ...was('Key', 'SECCHG-7') }),
      true,
    ],
    [
      'made into another type',
      event('jira:issue_updated', { issue: finding, ...was('issuetype', 'Secret change') }),
      true,
    ],
    ['a comment', event('comment_created', { comment: { author: { accountId: 'sue' } } }), false],
    ['our own words', event('jira:issue_updated', { user: { accountId: bot } }), false],
    ['a finding', event('jira:issue_updated', { issue: finding }), false],
    ['another project', event('jira:issue_updated', { issue: { ...issue, key: 'OPS-1' } }), false],
  ] as const)
    it(`webhook, ${what}: ${isTold ? 'told' : 'not told'}`, async () => {
      const { statusCode } = await post(body);
      assert.equal(statusCode, isTold ? 202 : 200);
      assert.deepEqual(started(), isTold ? [told('10700')] : []);
    });

  it('carries the policy, the delivery and the event; nothing of what the ticket says', async () => {
    await post(event('jira:issue_updated', { secret: 'hunter2' }));
    const [{ start, signal } = assert.fail()] = temporal.started;
    const {
      site: name,
      issueId,
      policy,
    } = start.input as { site: string; issueId: string; policy: { name: string } };
    assert.deepEqual([name, issueId, policy.name], ['main', '10700', 'secrets']);
    assert.equal((signal?.payload as { event: string }).event, 'jira:issue_updated');
    assert.ok(!JSON.stringify(temporal.started).includes('hunter2'));
  });

  for (const [what, message, ids] of [
    ['A-44: the source document’s own message', sample, ['SECCHG-12']],
    ['a numeric id', '{"IssueId":"10700"}', ['10700']],
    ['a key by its other name', '{"automationData":{"IssueId":"SECCHG-3"}}', ['SECCHG-3']],
    ['two, one of another project', '[{"jira-key":"SECCHG-1"},{"jira-key":"OPS-1"}]', ['SECCHG-1']],
  ] as const)
    it(`topic, ${what}`, async () => {
      assert.equal((await publish(message)).statusCode, 202);
      assert.deepEqual(started(), ids.map(told));
      assert.ok(!JSON.stringify(temporal.started).includes('arn:aws:secretsmanager'));
    });

  for (const [what, message, more] of [
    ['of another project', '{"automationData":{"jira-key":"OPS-1"}}', {}],
    ['that names none', '{"automationData":{"jira-summary":"x"}}', {}],
    ['of a topic of nobody', sample, { TopicArn: 'arn:aws:sns:us-east-1:999999999999:mine' }],
  ] as const)
    it(`topic, a message ${what} starts nothing`, async () => {
      const { statusCode } = await publish(message, more);
      assert.ok(statusCode >= 400 && statusCode < 500, String(statusCode));
      assert.deepEqual(started(), []);
    });

  it('a topic’s subscription is confirmed with the starters’ role', async () => {
    const more = { Type: 'SubscriptionConfirmation', Token: 'token-1', SubscribeURL: 'https://x.example' };
    assert.equal((await publish('You have chosen', more)).statusCode, 200);
    assert.deepEqual(confirmed, [{ name: 'secrets', topicArn: fullAudit.topics[0], token: 'token-1' }]);
  });
});
