import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createJsonLog } from '../../starters/log.ts';
import { createServer } from '../../starters/server.ts';
import { findPerson } from '../../config/people.ts';
import { incidentConfig } from './incident-world.ts';
import { createTemporalDouble } from './temporal-double.ts';

const now = Date.UTC(2026, 10, 23, 10);
const env = { LOCKKEEPER_JIRA_WEBHOOK_SECRET: 'jira-secret', LOCKKEEPER_JIRA_AUTOMATION_TOKEN: 'automation' };
const config = incidentConfig([{}], env);
const [site] = config.jira.sites;
const bot = findPerson(config, { name: site?.bot ?? '' })?.jira ?? assert.fail();

const fields = { project: { key: 'INC' }, issuetype: { name: 'Incident' }, status: { name: 'To Do' } };
const issue = { id: '10600', key: 'INC-7', self: `${site?.baseUrl}/rest/api/2/issue/10600`, fields };
const user = { accountId: 'sofia' };
const event = (webhookEvent: string, more: object = {}) => ({
  timestamp: now,
  webhookEvent,
  user,
  issue,
  ...more,
});
const changed = (...items: object[]) => ({ changelog: { id: '1', items } });
const comment = (accountId: string) => ({ user: undefined, comment: { body: 'x', author: { accountId } } });
const elsewhere = { ...issue, key: 'OPS-1', fields: { ...fields, project: { key: 'OPS' } } };

describe('Jira’s webhooks of incidents', () => {
  const temporal = createTemporalDouble();
  const { app } = createServer({
    ...{ config, secrets: config.secrets, client: temporal, now: () => now },
    isReady: async () => true,
    log: createJsonLog(() => undefined),
  });
  beforeEach(() => {
    temporal.started.length = 0;
    temporal.signalled.length = 0;
    temporal.running.clear();
  });
  after(() => app.close());

  async function post(url: string, body: unknown, headers: Record<string, string> = {}) {
    const payload = JSON.stringify(body);
    const hub = `sha256=${createHmac('sha256', 'jira-secret').update(payload).digest('hex')}`;
    const all = { 'content-type': 'application/json', 'x-hub-signature': hub, ...headers };
    const { statusCode } = await app.inject({ method: 'POST', url, payload, headers: all });
    return { statusCode, started: temporal.started.map(({ start }) => start.workflowId) };
  }

  const cases: readonly (readonly [what: string, body: unknown, status: number, told: boolean])[] = [
    ['created', event('jira:issue_created'), 202, true],
    ['updated', event('jira:issue_updated', changed({ field: 'summary', toString: 'x' })), 202, true],
    ['deleted', event('jira:issue_deleted'), 202, true],
    ['a comment', event('comment_created', comment('sofia')), 202, true],
    ['a comment’s edit', event('comment_updated', comment('sofia')), 202, true],
    ['a comment’s deletion', event('comment_deleted', comment('sofia')), 202, true],
    ['a thin comment event', event('comment_created', { issue: { ...issue, fields: undefined } }), 202, true],
    ['an attachment that names its issue', event('attachment_created'), 202, true],
    ['a link that names its issue', event('issuelink_created'), 202, true],
    ['a route’s project', event('jira:issue_created', { issue: { ...issue, key: 'EUINC-1' } }), 202, true],
    [
      'moved out of the project',
      event('jira:issue_updated', {
        issue: elsewhere,
        ...changed({ field: 'Key', fromString: 'INC-7', toString: 'OPS-1' }),
      }),
      202,
      true,
    ],
    ['our own write', event('jira:issue_updated', { user: { accountId: bot }, ...changed() }), 200, false],
    ['our own comment', event('comment_created', comment(bot)), 200, false],
    ['another project', event('jira:issue_created', { issue: elsewhere }), 200, false],
    ['an attachment without an issue', event('attachment_created', { issue: undefined }), 200, false],
    ['an event of something else', event('sprint_started'), 200, false],
    ['an id of no form', event('jira:issue_created', { issue: { ...issue, id: '../7' } }), 400, false],
  ];
  for (const [what, body, status, told] of cases)
    it(`${what}: ${told ? 'somebody looks at the issue' : 'nothing begins'}`, async () => {
      const { statusCode, started } = await post('/webhooks/jira', body);
      assert.equal(statusCode, status);
      assert.deepEqual(started, told ? ['incident-intake:aws-main:10600'] : []);
    });

  it('hands over the delivery’s id and the event, and the rules of the connection', async () => {
    await post('/webhooks/jira', event('jira:issue_created'), { 'x-atlassian-webhook-identifier': 'd1' });
    const [{ start, signal } = assert.fail()] = temporal.started;
    assert.deepEqual(signal, {
      name: 'issueChanged',
      payload: { deliveryId: 'd1', event: 'jira:issue_created' },
    });
    assert.partialDeepStrictEqual(start.input, { connection: 'aws-main', issueId: '10600' });
  });

  it('leaves promotions as they are', async () => {
    const own = {
      project: { key: site?.project },
      issuetype: { name: site?.issueType },
      status: { name: site?.statuses.toDo },
    };
    const promotion = { ...issue, key: `${site?.project}-77`, fields: own };
    const { statusCode, started } = await post(
      '/webhooks/jira',
      event('jira:issue_created', { issue: promotion }),
    );
    assert.deepEqual([statusCode, started], [202, [`agent-promotion:${site?.name}:10600`]]);
  });

  it('tells both where a promotion’s project has incidents, too', async () => {
    const both = incidentConfig([{ project: site?.project }], env);
    const server = createServer({
      ...{ config: both, secrets: both.secrets, client: temporal, now: () => now },
      isReady: async () => true,
      log: createJsonLog(() => undefined),
    });
    const own = {
      project: { key: site?.project },
      issuetype: { name: site?.issueType },
      status: { name: site?.statuses.toDo },
    };
    const payload = JSON.stringify(
      event('jira:issue_created', { issue: { ...issue, key: `${site?.project}-77`, fields: own } }),
    );
    const hub = `sha256=${createHmac('sha256', 'jira-secret').update(payload).digest('hex')}`;
    await server.app.inject({
      method: 'POST',
      url: '/webhooks/jira',
      payload,
      headers: { 'x-hub-signature': hub },
    });
    const started = temporal.started.map(({ start }) => start.workflowId);
    assert.deepEqual(started, ['incident-intake:aws-main:10600', `agent-promotion:${site?.name}:10600`]);
    await server.app.close();
  });

  for (const [what, change, status, told] of [
    ['a rule of incidents', {}, 202, true],
    ['one without a status', { status: undefined }, 202, true],
    ['our own account’s', { actor: bot }, 200, false],
    ['another project’s', { issueKey: 'OPS-1' }, 200, false],
  ] as const)
    it(`Jira Automation: ${what}`, async () => {
      const rule = {
        event: 'changed',
        issueKey: 'INC-7',
        issueId: '10600',
        status: 'To Do',
        rule: 'r',
        sentAt: 't',
      };
      const headers = { 'x-lockkeeper-token': 'automation' };
      const { statusCode, started } = await post(
        '/webhooks/jira-automation',
        { ...rule, ...change },
        headers,
      );
      assert.equal(statusCode, status);
      assert.deepEqual(started, told ? ['incident-intake:aws-main:10600'] : []);
    });
});
