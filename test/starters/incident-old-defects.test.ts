import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { findPerson } from '../../config/people.ts';
import { createJsonLog } from '../../starters/log.ts';
import { createMetrics } from '../../starters/metrics.ts';
import { consumeQueue } from '../../starters/queues/consume-queue.ts';
import { handleIncidentEvents } from '../../starters/queues/incident-events.ts';
import { createServer } from '../../starters/server.ts';
import type { IncidentEvent } from '../../workflows/incident-sync/messages.ts';
import { incidentConfig } from './incident-world.ts';
import { createTemporalDouble } from './temporal-double.ts';

const now = Date.UTC(2026, 10, 23, 10);
const config = incidentConfig([{}], { LOCKKEEPER_JIRA_WEBHOOK_SECRET: 'jira-secret' });
const connections = config.processes.incidents?.connections ?? [];
const [site] = config.jira.sites;
const bot = findPerson(config, { name: site?.bot ?? '' })?.jira ?? assert.fail();
const log = createJsonLog(() => undefined);

const eventOf = (caseId: string, id = `event-${caseId}`) => ({
  ...{ version: '0', id, 'detail-type': 'Case Created', source: 'aws.security-ir' },
  ...{ account: '111111111111', time: '2026-11-23T10:00:00Z', region: 'us-east-1' },
  resources: [`arn:aws:security-ir:us-east-1:111111111111:case/${caseId}`],
  detail: { caseId, createdBy: 'AWS Responder' },
});

/** The queue of case events, its real consumer and its real handler; Temporal is down for so many tries. */
async function consume(bodies: readonly unknown[], { outages = 0 } = {}) {
  const temporal = createTemporalDouble();
  const ending = new AbortController();
  const done: string[] = [];
  let left: readonly unknown[] = bodies;
  let tries = 0;
  async function send(command: unknown) {
    if (command instanceof DeleteMessageCommand) done.push(`deleted ${command.input.ReceiptHandle}`);
    if (!(command instanceof ReceiveMessageCommand)) return {};
    const batch = left;
    left = [];
    if (batch.length === 0) ending.abort();
    return {
      Messages: batch.map((one, at) => ({
        MessageId: `m${at}`,
        ReceiptHandle: `m${at}`,
        Body: JSON.stringify(one),
      })),
    };
  }
  const handle = handleIncidentEvents({ config, temporal, connections });
  await consumeQueue({
    ...{ sqs: { send }, queueUrl: 'https://sqs/q', name: 'q', log },
    counter: createMetrics().counter('lockkeeper_webhooks_total', 'Messages.'),
    ...{ signal: ending.signal, isOutage: () => true, timing: { backOff: [1, 1] } },
    handle: async (message) => {
      temporal.outage = (tries += 1) <= outages ? new Error('14 UNAVAILABLE') : undefined;
      const outcome = await handle(message);
      done.push(`told ${message.id}`);
      return outcome;
    },
  });
  return { temporal, done, tries };
}

describe('the old sample’s defects do not come back: doors', () => {
  it('B14, B16: an event is taken off the queue when Temporal has it, and no sooner', async () => {
    const { done, tries, temporal } = await consume([eventOf('1000000001')], { outages: 3 });
    assert.deepEqual([done, tries], [['told m0', 'deleted m0'], 4]);
    assert.equal(temporal.started.length, 1);
  });

  it('B15: an event that comes twice is one delivery of one run', async () => {
    const { temporal } = await consume([eventOf('1000000001'), eventOf('1000000001')]);
    const said = temporal.started.map(({ start, signal }) => [
      start.workflowId,
      (signal?.payload as IncidentEvent).deliveryId,
    ]);
    assert.deepEqual(said[0], ['incident:aws-main:1000000001', 'event-1000000001']);
    assert.deepEqual(said[1], said[0]);
  });

  it('B17: an event that nobody can read stops none of the others', async () => {
    const bad = { ...eventOf('1000000001'), source: 'nobody' };
    const { temporal, done } = await consume([bad, eventOf('1000000002'), [7, eventOf('1000000003')]]);
    const told = temporal.started.map(({ start }) => start.workflowId).sort();
    assert.deepEqual(told, ['incident:aws-main:1000000002', 'incident:aws-main:1000000003']);
    // what was told in part stays for the dead letters, too
    assert.deepEqual(
      done.filter((one) => one.startsWith('deleted')),
      ['deleted m1'],
    );
  });
});

describe('the old sample’s defects do not come back: webhooks', () => {
  const temporal = createTemporalDouble();
  const { app } = createServer({
    ...{ config, secrets: config.secrets, client: temporal, now: () => now, log },
    isReady: async () => true,
  });
  const { fetch } = globalThis;
  let fetched = 0;
  before(() => {
    globalThis.fetch = () => {
      fetched += 1;
      return Promise.reject(new Error('a door calls no vendor'));
    };
  });
  beforeEach(() => {
    fetched = 0;
    temporal.started.length = 0;
    temporal.outage = undefined;
  });
  after(async () => {
    globalThis.fetch = fetch;
    await app.close();
  });

  async function post(accountId: string, own: object = {}) {
    const fields = { project: { key: 'INC' }, issuetype: { name: 'Incident' }, status: { name: 'To Do' } };
    const issue = { id: '10600', key: 'INC-7', self: `${site?.baseUrl}/rest/api/2/issue/10600`, fields };
    const payload = JSON.stringify({
      timestamp: now,
      webhookEvent: 'jira:issue_updated',
      user: { accountId },
      issue,
      ...own,
    });
    const hub = `sha256=${createHmac('sha256', 'jira-secret').update(payload).digest('hex')}`;
    const headers = { 'content-type': 'application/json', 'x-hub-signature': hub };
    const { statusCode } = await app.inject({ method: 'POST', url: '/webhooks/jira', payload, headers });
    return { statusCode, told: temporal.started.map(({ start }) => start.workflowId) };
  }

  it('B3: what we write ourselves begins nothing', async () => {
    assert.deepEqual(await post(bot), { statusCode: 200, told: [] });
  });

  it('B19, B22: a door makes one call to Temporal and none to a vendor; while Temporal is down Jira repeats', async () => {
    assert.deepEqual(await post('sofia'), { statusCode: 202, told: ['incident-intake:aws-main:10600'] });
    temporal.outage = Object.assign(new Error('14 UNAVAILABLE'), { code: 14 });
    assert.equal((await post('sofia')).statusCode, 503);
    assert.equal(fetched, 0);
  });

  it('B21: what is not signed begins nothing', async () => {
    const headers = { 'content-type': 'application/json' };
    const { statusCode } = await app.inject({
      method: 'POST',
      url: '/webhooks/jira',
      payload: '{}',
      headers,
    });
    assert.deepEqual([statusCode, temporal.started], [401, []]);
  });
});
