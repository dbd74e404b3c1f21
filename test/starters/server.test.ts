import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { createJsonLog } from '../../starters/log.ts';
import { createServer } from '../../starters/server.ts';
import { configOf } from '../config/example-config.ts';
import { createTemporalDouble, type TemporalDouble } from './temporal-double.ts';

const now = Date.UTC(2026, 10, 4, 9, 30);
const env = {
  LOCKKEEPER_JIRA_WEBHOOK_SECRET: 'jira-secret',
  LOCKKEEPER_JIRA_AUTOMATION_TOKEN: 'automation-token',
  LOCKKEEPER_GITLAB_WEBHOOK_TOKEN: 'gitlab-token',
};
const issue = {
  id: '10077',
  key: 'DEVOPS-77',
  self: 'https://example.atlassian.net/rest/api/2/issue/10077',
  fields: {
    project: { key: 'DEVOPS' },
    issuetype: { name: 'Security Agent Deploy Request' },
    status: { name: 'ToDo' },
  },
};
const created = { timestamp: now, webhookEvent: 'jira:issue_created', user: { accountId: 'sam' }, issue };
const deleted = { ...created, webhookEvent: 'jira:issue_deleted' };
const sign = (body: string | Buffer, secret = 'jira-secret') =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

describe('the starters’ server', () => {
  let temporal: TemporalDouble;
  let app: FastifyInstance;
  let ready: boolean;
  let logged: string[];

  beforeEach(() => {
    temporal = createTemporalDouble();
    ready = true;
    logged = [];
    const config = configOf(undefined, env);
    ({ app } = createServer({
      ...{ config, secrets: config.secrets, client: temporal, now: () => now },
      isReady: async () => ready,
      log: createJsonLog((line) => logged.push(line)),
    }));
  });
  afterEach(() => app.close());

  function post(url: string, body: unknown, headers: Record<string, string> = {}) {
    const payload = typeof body === 'string' ? body : JSON.stringify(body);
    return app.inject({
      method: 'POST',
      url,
      payload,
      headers: { 'content-type': 'application/json', ...headers },
    });
  }
  const postJira = (body: unknown, url = '/webhooks/jira', headers: Record<string, string> = {}) => {
    const payload = typeof body === 'string' ? body : JSON.stringify(body);
    return post(url, payload, { 'x-hub-signature': sign(payload), ...headers });
  };
  const metrics = async () => (await app.inject('/metrics')).body;

  it('starts a promotion with the vendor’s delivery id', async () => {
    const headers = { 'x-atlassian-webhook-identifier': 'delivery-1' };
    const { statusCode } = await postJira(created, undefined, headers);
    assert.equal(statusCode, 202);
    assert.deepEqual(temporal.started[0]?.signal?.payload, { deliveryId: 'delivery-1', event: 'created' });
    assert.match(await metrics(), /lockkeeper_webhooks_total\{source="jira",result="started"\} 1/);
  });

  it('names a delivery by its body when the vendor does not', async () => {
    await postJira(created);
    await postJira(created);
    const ids = temporal.started.map(({ signal }) => (signal?.payload as { deliveryId: string }).deliveryId);
    assert.match(ids[0] ?? '', /^sha256:[0-9a-f]{64}$/);
    assert.equal(ids[0], ids[1]);
  });

  it('answers 2xx when no such workflow runs', async () => {
    const { statusCode, body } = await postJira(deleted);
    assert.deepEqual([statusCode, body], [200, '{"result":"not-running"}']);
  });

  describe('a comment', () => {
    const comment = { body: '/approve', author: { accountId: 'sue' } };
    const commented = { timestamp: now, webhookEvent: 'comment_created', comment, issue };
    const headers = { 'x-atlassian-webhook-identifier': 'delivery-2' };

    for (const running of ['agent-promotion:main:10077', 'promotion-rollback:main:10077'])
      it(`tells ${running}, as a hint and without what it says`, async () => {
        temporal.running.add(running);
        const { statusCode, body } = await postJira(commented, undefined, headers);
        assert.deepEqual([statusCode, body], [200, '{"result":"signalled"}']);
        const signal = { name: 'ticketChanged', payload: { deliveryId: 'delivery-2', event: 'commented' } };
        assert.deepEqual(
          temporal.signalled.find(({ workflowId }) => workflowId === running),
          { workflowId: running, signal },
        );
        assert.deepEqual(temporal.started, []);
      });

    it('on a ticket that nothing runs for is answered 2xx', async () => {
      assert.equal((await postJira(commented)).body, '{"result":"not-running"}');
    });
  });

  it('answers 503 while Temporal is unavailable, and says so to nobody else', async () => {
    temporal.outage = new Error('14 UNAVAILABLE: 10.0.0.7');
    const { statusCode, body, headers } = await postJira(created);
    assert.equal(statusCode, 503);
    assert.equal(headers['retry-after'], '5');
    assert.doesNotMatch(body, /10\.0\.0\.7/);
    assert.match(logged.join(), /10\.0\.0\.7/);
  });

  const signedLate = { ...created, timestamp: now - 25 * 3_600_000 };
  for (const [what, send, status, error] of [
    ['unsigned', () => post('/webhooks/jira', created), 401, 'unsigned'],
    ['forged', () => post('/webhooks/jira', created, { 'x-hub-signature': sign('x') }), 401, 'forged'],
    ['stale', () => postJira(signedLate), 401, 'stale'],
    ['without a timestamp', () => postJira({ ...created, timestamp: undefined }), 400, 'malformed'],
    ['no JSON', () => postJira('{"a":'), 400, 'malformed'],
    ['no object', () => postJira('[1]'), 400, 'malformed'],
    ['an empty body', () => postJira(''), 400, 'malformed'],
    ['no event', () => postJira({ timestamp: now }), 400, 'malformed'],
    ['for an unknown site', () => postJira(created, '/webhooks/jira/other'), 404, 'unknown-site'],
    [
      'of a foreign site',
      () => postJira({ ...created, issue: { ...issue, self: 'https://x.y/1' } }),
      404,
      'unknown-site',
    ],
    ['beyond 5 MiB', () => postJira('x'.repeat(5 * 1024 * 1024 + 1)), 413, 'too-large'],
  ] as const)
    it(`refuses a Jira delivery that is ${what}: ${status}, with the reason, logged and counted`, async () => {
      const response = await send();
      assert.equal(response.statusCode, status);
      assert.equal(response.json<{ error: string }>().error, error);
      assert.ok(response.json<{ reason: string }>().reason.length > 5);
      assert.match(await metrics(), new RegExp(`source="jira",result="${error}"\\} 1`));
      assert.match(logged.join(), new RegExp(error));
      assert.deepEqual(temporal.started, []);
    });

  it('takes a site in the URL, whatever the issue says of itself', async () => {
    const moved = { ...created, issue: { ...issue, self: 'https://old-name.atlassian.net/1' } };
    assert.equal((await postJira(moved, '/webhooks/jira/main')).statusCode, 202);
  });

  it('keeps the bytes: a body of another charset or content type is verified as it came', async () => {
    const payload = JSON.stringify({ ...created, note: 'Zażółć 🛡️' });
    const headers = { 'content-type': 'text/plain; charset=latin1', 'x-hub-signature': sign(payload) };
    assert.equal((await post('/webhooks/jira', payload, headers)).statusCode, 202);
  });

  it('takes 4 MiB from Jira and 1 MiB from GitLab', async () => {
    const large = { ...created, note: 'x'.repeat(4 * 1024 * 1024) };
    assert.equal((await postJira(large)).statusCode, 202);
    const headers = { 'x-gitlab-token': 'gitlab-token' };
    assert.equal((await post('/webhooks/gitlab', 'x'.repeat(1024 * 1024 + 1), headers)).statusCode, 413);
  });

  describe('/webhooks/gitlab', () => {
    const variables = [{ key: 'LOCKKEEPER_RUN', value: 'agent-promotion:main:10077/0/pipeline' }];
    const pipeline = { object_kind: 'pipeline', object_attributes: { id: 31, variables } };

    it('signals the run of the pipeline, and starts nothing', async () => {
      const headers = { 'x-gitlab-token': 'gitlab-token', 'idempotency-key': 'k-1' };
      assert.equal((await post('/webhooks/gitlab', pipeline, headers)).statusCode, 200);
      const signal = { name: 'pipelineChanged', payload: { deliveryId: 'k-1', pipelineId: 31 } };
      assert.deepEqual(temporal.signalled, [{ workflowId: 'agent-promotion:main:10077', signal }]);
      assert.deepEqual(temporal.started, []);
    });

    for (const [what, headers] of [
      ['no token', {}],
      ['a wrong token', { 'x-gitlab-token': 'x' }],
      [
        'a signature that nobody here can check',
        { 'x-gitlab-token': 'gitlab-token', 'webhook-signature': 'v1,x' },
      ],
    ] as const)
      it(`refuses ${what}`, async () => {
        assert.equal((await post('/webhooks/gitlab', pipeline, { ...headers })).statusCode, 401);
        assert.deepEqual(temporal.signalled, []);
      });
  });

  describe('/webhooks/jira-automation', () => {
    const body = {
      event: 'created',
      issueKey: 'DEVOPS-77',
      issueId: '10077',
      status: 'ToDo',
      rule: 'r',
      sentAt: 't',
    };

    it('starts a promotion with the shared header', async () => {
      const headers = { 'x-lockkeeper-token': 'automation-token' };
      assert.equal((await post('/webhooks/jira-automation', body, headers)).statusCode, 202);
      assert.deepEqual(temporal.started[0]?.signal?.payload, { deliveryId: 'r@t', event: 'created' });
    });

    for (const token of ['', 'x'])
      it(`refuses the token ${JSON.stringify(token)}`, async () => {
        const { statusCode } = await post('/webhooks/jira-automation', body, { 'x-lockkeeper-token': token });
        assert.equal(statusCode, 401);
      });
  });

  it('is healthy by itself, and ready with Temporal', async () => {
    ready = false;
    const [health, readiness] = [await app.inject('/healthz'), await app.inject('/readyz')];
    assert.deepEqual([health.statusCode, readiness.statusCode], [200, 503]);
  });

  it('answers 404 to anything else', async () => {
    assert.equal((await app.inject('/webhooks/jira')).statusCode, 404);
  });
});
