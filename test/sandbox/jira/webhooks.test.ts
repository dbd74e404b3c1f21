import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { signBody, type Delivery } from '../../../sandbox/jira/deliveries.ts';
import { startEndpoint, type Reaction } from './hook-endpoint.ts';
import { deployRequest, moveTo, paragraph, startJira, type RunningJira } from './jira-site.ts';

const secret = 'webhook-secret';

describe('jira sandbox: webhooks', () => {
  let jira: RunningJira;
  let endpoint: Awaited<ReturnType<typeof startEndpoint>>;
  async function start(script: Reaction[] = [], webhookTimeoutMs = 5000) {
    endpoint = await startEndpoint(script);
    jira = await startJira({ webhook: { url: endpoint.url, secret }, webhookTimeoutMs });
  }
  afterEach(async () => {
    await jira.stop();
    await endpoint.stop();
  });
  const create = async (more = {}) =>
    (await jira.as('sam').issues.createIssue({ fields: deployRequest(more) })).key;
  const deliveries = async () => (await jira.control('deliveries')).body as Delivery[];

  it('signs as Atlassian’s published vector does', async () => {
    await start();
    const expected = 'sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9';
    assert.equal(signBody("It's a Secret to Everybody", 'Hello World!'), expected);
  });

  it('tells of a new issue, signed over the raw body, in the v2 shape', async () => {
    await start();
    const key = await create({ description: paragraph('Rotation failed') });
    await jira.settled();
    const [hook] = endpoint.received;
    const [body] = endpoint.bodies();
    const signature = createHmac('sha256', secret)
      .update(hook?.raw ?? '')
      .digest('hex');
    assert.equal(hook?.headers['x-hub-signature'], `sha256=${signature}`);
    assert.equal(hook?.headers['x-atlassian-webhook-flow'], 'Primary');
    assert.equal(hook?.headers['x-atlassian-webhook-retry'], undefined);
    assert.deepEqual(
      [body?.webhookEvent, body?.issue_event_type_name],
      ['jira:issue_created', 'issue_created'],
    );
    assert.equal(body?.issue.key, key);
    assert.equal(body?.issue.fields.description, 'Rotation failed');
    assert.equal(body?.issue.fields.customfield_10050, '1.4.2');
    assert.match(body?.issue.self ?? '', /\/rest\/api\/2\/issue\/\d+$/);
    assert.doesNotMatch(hook?.raw ?? '', /emailAddress|@example\.com/);
  });

  it('tells of every change with its person and changelog', async () => {
    await start();
    const key = await create();
    await moveTo(jira, key, 'In Progress');
    const { accountId } = jira.person('dev').jira;
    await jira.as('jira-bot').issues.assignIssue({ issueIdOrKey: key, accountId });
    await jira.control('move', { as: 'ann', issue: key, project: 'OPS' });
    await jira.as('ann').issues.deleteIssue({ issueIdOrKey: key });
    await jira.settled();
    const told = endpoint
      .bodies()
      .map((body) => [
        body.issue_event_type_name,
        body.user?.displayName,
        body.changelog?.items.map((item) => item.field).join(),
      ]);
    assert.deepEqual(told.toSorted(), [
      ['issue_assigned', 'Jira Bot', 'assignee'],
      ['issue_created', 'Sam Okafor', undefined],
      ['issue_deleted', 'Ann Keller', undefined],
      ['issue_generic', 'Dana Petrov', 'status'],
      ['issue_moved', 'Ann Keller', 'project,Key,issuetype'],
    ]);
  });

  it('tells of comments with a thin issue and a wiki body', async () => {
    await start();
    const issueIdOrKey = await create();
    const comments = jira.as('jira-bot').issueComments;
    const { id = '' } = await comments.addComment({ issueIdOrKey, body: paragraph('one') });
    await comments.updateComment({ issueIdOrKey, id, body: { body: paragraph('two') } });
    await comments.deleteComment({ issueIdOrKey, id });
    await jira.settled();
    const told = endpoint.bodies().filter((body) => body.comment);
    assert.deepEqual(told.map((body) => body.webhookEvent).toSorted(), [
      'comment_created',
      'comment_deleted',
      'comment_updated',
    ]);
    const created = told.find((body) => body.webhookEvent === 'comment_created');
    assert.equal(created?.comment?.body, 'one');
    assert.equal(created?.comment?.author.displayName, 'Jira Bot');
    assert.equal('customfield_10050' in (created?.issue.fields ?? {}), false);
  });

  for (const reaction of [408, 409, 425, 429, 500, 503, 'cut'] as const)
    it(`repeats after ${reaction} with the same identifier and bytes`, async () => {
      await start([reaction, reaction]);
      await create();
      await jira.settled();
      const identifiers = new Set(
        endpoint.received.map((hook) => hook.headers['x-atlassian-webhook-identifier']),
      );
      const retries = endpoint.received.map((hook) => hook.headers['x-atlassian-webhook-retry']);
      assert.deepEqual(retries, [undefined, '1', '2']);
      assert.equal(identifiers.size, 1);
      assert.equal(new Set(endpoint.received.map((hook) => hook.raw)).size, 1);
    });

  it('repeats after a timeout', async () => {
    await start(['hang'], 50);
    await create();
    await jira.settled();
    assert.deepEqual(
      (await deliveries()).map((one) => [one.attempts, one.status]),
      [[2, 200]],
    );
  });

  it('gives up after five repetitions, and at once on a refusal that will not change', async () => {
    await start([400, ...Array.from({ length: 6 }, () => 503)]);
    await create();
    await jira.settled();
    await create();
    await jira.settled();
    const log = (await deliveries()).map((one) => [one.event, one.attempts, one.status, one.state]);
    assert.deepEqual(log, [
      ['jira:issue_created', 1, 400, 'given up'],
      ['jira:issue_created', 6, 503, 'given up'],
    ]);
  });

  it('delivers once more on demand, under the same identifier', async () => {
    await start();
    await create();
    await jira.settled();
    const [delivery] = await deliveries();
    await jira.control('redeliver', { identifier: delivery?.identifier });
    assert.equal(endpoint.received.length, 2);
    assert.equal(endpoint.received[0]?.raw, endpoint.received[1]?.raw);
    assert.equal(endpoint.received[1]?.headers['x-atlassian-webhook-identifier'], delivery?.identifier);
  });

  it('sends at most twenty at a time', async () => {
    await start();
    await jira.control('seed', { issues: Array.from({ length: 60 }, () => ({ fields: deployRequest() })) });
    await jira.settled();
    assert.equal(endpoint.received.length, 60);
    assert.ok(endpoint.busiest() <= 20, `${endpoint.busiest()} at a time`);
  });

  it('seeds quietly when asked', async () => {
    await start();
    await jira.control('seed', { quiet: true, issues: [{ as: 'sofia', fields: deployRequest() }] });
    assert.deepEqual(await deliveries(), []);
  });
});

describe('jira sandbox: admin webhooks', () => {
  const path = '/rest/webhooks/1.0/webhook';
  let jira: RunningJira;
  let endpoint: Awaited<ReturnType<typeof startEndpoint>>;
  beforeEach(async () => {
    endpoint = await startEndpoint();
    jira = await startJira();
  });
  afterEach(async () => {
    await jira.stop();
    await endpoint.stop();
  });
  const register = (more = {}, name = 'ann') => {
    const body = { name: 'lockkeeper', url: endpoint.url, events: ['jira:issue_created'], secret, ...more };
    return jira.call('POST', path, body, name);
  };

  it('registers, shows, changes and removes one, never showing the secret', async () => {
    const made = await register();
    const self = new URL((made.body as { self: string }).self).pathname;
    const changed = await jira.call('PUT', self, { enabled: false }, 'ann');
    const list = await jira.call('GET', path, undefined, 'ann');
    const gone = await jira.call('DELETE', self, undefined, 'ann');
    assert.deepEqual([made.status, changed.status, list.status, gone.status], [201, 200, 200, 204]);
    assert.match(JSON.stringify(changed.body), /"name":"lockkeeper".*"enabled":false.*"isSigned":true/);
    assert.doesNotMatch(JSON.stringify([made.body, list.body]), new RegExp(secret));
    assert.equal((await jira.call('GET', self, undefined, 'ann')).status, 404);
  });

  it('is the administrator’s business, and wants a name, a URL and known events', async () => {
    const bad = [
      { name: '' },
      { url: 'here' },
      { events: ['issue_created'] },
      { filters: { 'issue-related-events-section': 'x' } },
    ];
    assert.equal((await register({}, 'dana')).status, 403);
    for (const more of bad) assert.equal((await register(more)).status, 400, JSON.stringify(more));
  });

  it('delivers only the events and issues that a webhook asks for, and keeps it over a reset', async () => {
    await register({ filters: { 'issue-related-events-section': 'project = DEVOPS' }, secret: undefined });
    await jira.control('reset');
    await jira.control('seed', { issues: [{ fields: { project: { key: 'OPS' }, summary: 'Sweep' } }] });
    const { key } = await jira.as('sam').issues.createIssue({ fields: deployRequest() });
    await jira.as('sam').issues.editIssue({ issueIdOrKey: key, fields: { summary: 'Other' } });
    await jira.settled();
    assert.deepEqual(
      endpoint.bodies().map((body) => body.issue.key),
      [key],
    );
    assert.equal(endpoint.received[0]?.headers['x-hub-signature'], undefined);
  });

  it('leaves the body out when told so', async () => {
    await register({ excludeBody: true });
    await jira.as('sam').issues.createIssue({ fields: deployRequest() });
    await jira.settled();
    assert.deepEqual(
      endpoint.received.map((hook) => hook.raw),
      [''],
    );
  });
});
