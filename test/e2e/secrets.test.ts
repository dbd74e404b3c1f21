import assert from 'node:assert/strict';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createLedgerTable, type LedgerTable } from '../../activities/ledger/table-calls.ts';
import { readOne, readVersions } from '../../activities/ledger/read-ledger.ts';
import { unattended } from '../../activities/sts/aws-call.ts';
import { loadConfig } from '../../config/load-config.ts';
import { secretPerson, type SecretPerson } from '../../sandbox/drive/secret-person.ts';
import { secretTicketPerson } from '../../sandbox/drive/secret-ticket-person.ts';
import { ticketAutomation } from '../../sandbox/drive/jira-automation.ts';
import { slackPerson } from '../../sandbox/drive/slack-person.ts';
import { waitUntil } from '../../scripts/wait-until.ts';
import { schedulesOf } from '../../starters/schedules.ts';
import type { LedgerVerdict, SecretChangeOutcome } from '../../workflows/secret-audit/messages.ts';
import { secretChangeId, secretSweepId } from '../../workflows/shared/names.ts';
import { runCli } from '../support/command-line.ts';
import { startE2e, type E2e } from '../support/e2e-stack.ts';
import { historyWords } from '../support/history-words.ts';
import { quietRuntime } from '../support/quiet-runtime.ts';
import { TrackedRuns } from '../support/tracked-runs.ts';

const patience = 60_000;
/** A value of a secret: in no history, ledger, log or dead letter. */
const value = 'zq9-the-value-of-a-secret';

/** Changes of secrets, from AWS to a verdict and to people: what only the whole of it shows. */
describe('e2e: the audit of secrets', function () {
  this.timeout(120_000);
  let e2e: E2e;
  let dev: SecretPerson;
  let table: LedgerTable;
  let sqs: SQSClient;
  let number = 0;
  const runs = new TrackedRuns();

  before(async function () {
    this.timeout(300_000);
    quietRuntime();
    e2e = await startE2e({ halo: 'off', secrets: {} });
    const { aws, awsCredentials, secretAudit } = e2e.endpoints;
    dev = secretPerson(e2e.endpoints, { name: 'dev' });
    const settings = { region: 'us-east-1', endpoint: aws, credentials: awsCredentials.admin.soc };
    table = createLedgerTable({ table: secretAudit.table, settings, context: () => unattended });
    sqs = new SQSClient(settings);
  });
  after(async () => {
    const replay = await runs.fetchHistories();
    await e2e?.stop();
    await replay();
  });

  const handleOf = (eventId: string) => runs.track(e2e.temporal.workflow.getHandle(secretChangeId(eventId)));
  const newest = async (eventId: string): Promise<LedgerVerdict | null> =>
    (await readOne(table, eventId))?.verdict ?? null;
  const stands = (eventId: string, is: (verdict: LedgerVerdict) => boolean) =>
    waitUntil(`the verdict on ${eventId}`, patience, async () => {
      const found = await newest(eventId);
      return found && is(found) ? found : undefined;
    });
  const decided = (eventId: string) => stands(eventId, ({ verdict }) => verdict !== 'pending');
  const name = () => `payments/e2e-${(number += 1)}`;
  const person = (who: string) => secretTicketPerson(e2e.endpoints, who);
  /** CloudTrail has whole seconds. */
  const nextSecond = () => new Promise((resolve) => setTimeout(resolve, 1_100));

  async function approved(secrets: readonly string[], actions: readonly string[] = []) {
    const ticket = await person('dev').file({ secrets, actions });
    await person('sue').move(ticket.key, 'Approved');
    await nextSecond();
    return ticket;
  }

  it('finds nothing wrong, by lockkeeper doctor', async () => {
    const { stdout } = await runCli(['doctor', '--json', '--config', e2e.stack.configFile], e2e.stack.env);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<'system' | 'name' | 'state' | 'detail', string>);
    const own = lines.filter(({ system }) => system.startsWith('secrets'));
    assert.deepEqual(
      own.filter(({ state }) => state !== 'ok'),
      [],
    );
    assert.ok(own.length >= 8, stdout);
  });

  it('a change that was approved before it is authorised, however often it is told', async () => {
    const secret = name();
    const { key } = await approved([secret]);
    const { eventId } = await dev.create(secret, value, { times: 3 });
    const verdict = await decided(eventId);
    assert.deepEqual([verdict.verdict, verdict.ticket, verdict.approver], ['authorised', key, 'sue']);
    assert.equal((await readVersions(table, eventId)).length, 1);
    const outcome = (await handleOf(eventId).result()) as SecretChangeOutcome;
    assert.deepEqual([outcome.verdict, outcome.ticket], ['authorised', key]);
  });

  it('a change without approval is asked about in Slack, and “not me” is told', async () => {
    const secret = name();
    const { eventId } = await dev.create(secret, value);
    assert.equal((await decided(eventId)).verdict, 'no-ticket');
    const slack = slackPerson(e2e.endpoints, 'dev');
    const question = await waitUntil('the question', patience, async () =>
      (await slack.messages()).findLast(({ blocks }) => {
        const text = JSON.stringify(blocks);
        return text.includes('Was this you?') && text.includes(secret);
      }),
    );
    assert.match(JSON.stringify(question.blocks), /It was me.*Not me/s);
    await slack.press(question, 'lk_reject');
    await slack.fillModal('I never had that key');
    const said = await stands(eventId, ({ explanation }) => explanation?.kind === 'not-me');
    assert.deepEqual([said.explanation?.by, said.verdict], ['dev', 'no-ticket']);
    const told = await waitUntil('the notice', patience, async () =>
      (await slackPerson(e2e.endpoints, 'sofia').messages()).find(({ text }) =>
        text.includes('I never had that key'),
      ),
    );
    assert.match(told.text, /without approval/);
  });

  it('an approval that was given in time and is seen late still counts; one by the changer does not', async () => {
    const [late, own] = [name(), name()];
    await person('dev').file({ secrets: [late] });
    const sue = secretPerson(e2e.endpoints, { name: 'sue' });
    await approved([own]);
    const bySue = await sue.create(own, value);
    assert.equal((await decided(bySue.eventId)).verdict, 'self-approved');
    const early = await approved([late]);
    const { eventId } = await dev.create(late, value);
    assert.equal((await decided(eventId)).ticket, early.key);
    sue.close();
  });

  it('naming the secret in an approved ticket afterwards heals nothing', async () => {
    const [secret, other] = [name(), name()];
    const { key } = await approved([other]);
    const { eventId } = await dev.create(secret, value);
    assert.equal((await decided(eventId)).verdict, 'no-ticket');
    await person('dev').name(key, [other, secret]);
    await ticketAutomation(e2e.endpoints).publish(key);
    const again = await stands(eventId, ({ verdict }) => verdict === 'wrong-ticket');
    assert.match(again.reasons.join(), /did not name this secret/);
  });

  it('one approval is for one change: the earlier has it, whichever comes first', async () => {
    const secret = name();
    await approved([secret]);
    const created = await dev.create(secret, value, { silent: true, label: false });
    const first = new Date(Date.parse(created.eventTime) + 1_000).toISOString();
    const second = new Date(Date.parse(created.eventTime) + 2_000).toISOString();
    await nextSecond();
    const later = await dev.put(secret, value, { eventTime: second, label: false });
    await stands(later.eventId, ({ verdict }) => verdict === 'authorised');
    const earlier = await dev.put(secret, value, { eventTime: first, label: false });
    await stands(earlier.eventId, ({ verdict }) => verdict === 'authorised');
    const lost = await stands(later.eventId, ({ verdict }) => verdict === 'unapproved');
    assert.match(lost.reasons.join(), /used up by an earlier change/);
  });

  it('an event that never comes is found by the sweep, and is a gap', async () => {
    const secret = name();
    const eventTime = new Date(Date.now() - 3_600_000).toISOString();
    const { eventId } = await dev.create(secret, value, { silent: true, label: false, eventTime });
    const account = e2e.endpoints.accounts['prod-a']?.id ?? '';
    const loaded = loadConfig(e2e.stack.configFile, e2e.stack.env);
    assert.ok('config' in loaded);
    const id = secretSweepId(account, 'us-east-1');
    const [schedule] = schedulesOf(loaded.config).filter(({ scheduleId }) => scheduleId === id);
    const { workflowType, taskQueue, args } = schedule?.action as {
      workflowType: string;
      taskQueue: string;
      args: unknown[];
    };
    const handle = await e2e.temporal.workflow.start(workflowType, { workflowId: id, taskQueue, args });
    const report = (await runs.track(handle).result()) as { missed: number };
    assert.equal(report.missed, 1);
    assert.equal((await decided(eventId)).verdict, 'no-ticket');
    assert.equal((await readOne(table, eventId))?.foundBy, 'sweep');
    const found = await person('sue').find('project = SECCHG AND labels = "audit-coverage"');
    assert.equal(found.length, 1);
  });

  it('a worker that is killed in the middle goes on where it was', async () => {
    const secret = name();
    await approved([secret]);
    await e2e.control.jira.post('latency', { ms: 400 });
    const { eventId } = await dev.create(secret, value);
    await waitUntil(
      'its run',
      patience,
      async () =>
        (await handleOf(eventId)
          .describe()
          .catch(() => undefined)) && true,
    );
    await e2e.stack.worker.kill();
    await e2e.control.jira.post('latency', { ms: 0 });
    await e2e.stack.worker.start();
    assert.equal((await decided(eventId)).verdict, 'authorised');
    assert.equal((await readVersions(table, eventId)).length, 1);
  });

  it('what cannot be read, or is a stranger’s, goes to the dead letters without a value', async () => {
    const { queueUrl, deadLetterUrl } = e2e.endpoints.secretAudit;
    const detail = { eventName: 'PutSecretValue', requestParameters: { secretString: value } };
    const bodies = [
      JSON.stringify({ source: 'aws.secretsmanager', 'detail-type': 'AWS API Call via CloudTrail', detail }),
      `no JSON ${value}`,
    ];
    for (const MessageBody of bodies)
      await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }));
    const stranger = secretPerson(e2e.endpoints, { account: 'test', name: 'eve' });
    await stranger.create(name(), value, { label: false });
    stranger.close();
    const seen: string[] = [];
    await waitUntil('three dead letters', patience, async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: deadLetterUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
      );
      seen.push(...Messages.map(({ Body = '' }) => Body));
      return seen.length >= 3 || undefined;
    });
    assert.ok(!seen.join('\n').includes(value));
  });

  it('tells auditors by the CLI, with the evidence', async () => {
    const month = new Date().toISOString().slice(0, 7);
    const cli = (...args: readonly string[]) =>
      runCli([...args, '--config', e2e.stack.configFile], e2e.stack.env);
    const report = await cli('secrets', 'report', '--month', month, '--json');
    assert.equal(report.code, 0, report.stderr);
    const said = JSON.parse(report.stdout) as { byVerdict: Record<string, number>; gaps: number };
    assert.ok((said.byVerdict['authorised'] ?? 0) >= 3, report.stdout);
    assert.ok(said.gaps >= 1);
    const csv = await cli('secrets', 'list', '--month', month, '--csv', '--verdict', 'self-approved');
    assert.match(csv.stdout, /^event_id,.*\r\n/);
    const wrong = await cli('secrets', 'report', '--month', '2026-13');
    assert.deepEqual([wrong.code, /no month/.test(wrong.stderr)], [2, true]);
    const exported = await cli('secrets', 'export', '--month', month);
    assert.match(exported.stdout, /changes in \d+ objects/);
  });

  it('keeps the value of a secret nowhere', async () => {
    const day = new Date().toISOString().slice(0, 10);
    const items = await table.query({
      IndexName: 'by-day',
      KeyConditionExpression: '#day = :day',
      ExpressionAttributeNames: { '#day': 'day' },
      ExpressionAttributeValues: { ':day': `change#${day}` },
    });
    const histories: string[] = [];
    for await (const { workflowId, runId } of e2e.temporal.workflow.list()) {
      const history = await e2e.temporal.workflow.getHandle(workflowId, runId).fetchHistory();
      histories.push(historyWords(history));
    }
    const places = { histories: histories.join('\n'), ledger: JSON.stringify(items), logs: await e2e.logs() };
    assert.ok(places.histories.includes('payments/e2e-1') && places.ledger.includes('payments/e2e-1'));
    for (const [place, words] of Object.entries(places)) assert.ok(!words.includes(value), place);
  });
});
