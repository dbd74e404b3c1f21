import assert from 'node:assert/strict';
import { mapBounded } from '../../../activities/bounded.ts';
import { createLedger } from '../../../activities/ledger/client.ts';
import { secretKey } from '../../../activities/ledger/items.ts';
import type { LedgerPort } from '../../../activities/ledger/port.ts';
import { createLedgerTable, type LedgerTable } from '../../../activities/ledger/table-calls.ts';
import { unattended } from '../../../activities/sts/aws-call.ts';
import { toClientSettings } from '../../../activities/sts/aws-connection.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import { failureType } from '../../../workflows/shared/failures.ts';
import type { Explanation, SecretRef, Verdict } from '../../../workflows/secret-audit/messages.ts';
import { approved, arnOf, at, eventOf, ticketOf } from '../../policy/secret-audit/facts.ts';
import { assumeRole, sharedAws } from '../../support/aws.ts';
import { addFault, clearFaults } from '../s3/aws-faults.ts';

const verdictOf = (part: Partial<Verdict> = {}): Verdict => ({
  ...{ verdict: 'authorised', ticket: 'SECCHG-1', approver: 'sue', approvedAt: at(-30) },
  reasons: ['SECCHG-1 was approved'],
  ...part,
});
const explanation: Explanation = {
  kind: 'me',
  by: 'mia',
  at: at(60),
  text: 'it was me',
  finding: 'SECCHG-9',
};
const refOf = (name: string, isComplete = true): SecretRef => ({
  ...{ arn: arnOf(name), isComplete, account: '123456789012', region: 'us-east-1' },
});

describe('the ledger, on the emulator', function () {
  this.timeout(60_000);
  let aws: SandboxAws;
  let table: LedgerTable;
  let ledger: LedgerPort;
  let count = 0;
  const eventId = () => `ledger-${Date.now()}-${(count += 1)}`;

  before(async () => {
    aws = await sharedAws();
    const { region, secrets, externalId, credentials: own } = aws.provisioned;
    const credentials = await assumeRole(aws, own.jiraBot, {
      RoleArn: secrets.roleArn,
      ExternalId: externalId,
    });
    table = createLedgerTable({
      table: secrets.table,
      settings: {
        ...toClientSettings({
          ...{ region, endpoint: aws.url, timeouts: { connect: 300, request: 1_000, idle: 300 } },
        }),
        credentials,
      },
      context: () => unattended,
    });
    ledger = createLedger({ table, now: () => Date.parse(at(20)) });
  });
  afterEach(() => clearFaults(aws));

  const change = async (part = {}) => {
    const event = eventOf({ eventId: eventId(), ...part });
    await ledger.recordChange({ event, foundBy: 'event' });
    return event;
  };
  const judge = (of: { eventId: string }, part: Partial<Verdict> = {}) =>
    ledger.recordVerdict({ eventId: of.eventId, verdict: verdictOf(part), isFinal: false });

  it('puts a change once, and knows its newest version', async () => {
    const event = await change();
    await judge(event, { verdict: 'pending' });
    await judge(event);
    const again = await ledger.recordChange({ event: { ...event, eventName: 'Other' }, foundBy: 'sweep' });
    assert.deepEqual([again?.event, again?.foundBy, again?.verdict?.version], [event, 'event', 2]);
    assert.deepEqual(await ledger.readSecretChange(event), again);
    assert.equal(await ledger.readSecretChange({ eventId: 'none' }), null);
  });

  it('adds no version that says the same, and keeps what people said', async () => {
    const event = await change();
    assert.deepEqual(await judge(event), { version: 1, added: true });
    assert.deepEqual(await judge(event), { version: 1, added: false });
    await ledger.explainChanges({ eventIds: [event.eventId], explanation });
    await ledger.explainChanges({ eventIds: [event.eventId], explanation });
    assert.deepEqual(await judge(event, { verdict: 'late-approval' }), { version: 3, added: true });
    const { verdict } = (await ledger.readSecretChange(event)) ?? assert.fail();
    assert.deepEqual(verdict?.explanation, explanation);
  });

  it('loses no version when two write at once', async () => {
    const event = await change();
    const names = ['pending', 'unapproved', 'late-approval', 'no-ticket'] as const;
    const written = await Promise.all(names.map((verdict) => judge(event, { verdict })));
    assert.deepEqual(written.map(({ version }) => version).sort(), [1, 2, 3, 4]);
  });

  it('puts the first version without reading, and reads what is there after all', async () => {
    const event = await change();
    const first = (verdict: Verdict) =>
      ledger.recordVerdict({ eventId: event.eventId, verdict, isFinal: false, isFirst: true });
    assert.deepEqual(await first(verdictOf()), { version: 1, added: true });
    assert.deepEqual(await first(verdictOf()), { version: 1, added: false });
    assert.deepEqual(await first(verdictOf({ verdict: 'unapproved' })), { version: 2, added: true });
  });

  it('finds its own item after an answer that was lost', async () => {
    const event = eventOf({ eventId: eventId() });
    await addFault(aws, { match: { method: 'POST' }, mode: 'lost', when: 'after', times: 1 });
    await assert.rejects(ledger.recordChange({ event, foundBy: 'event' }));
    await clearFaults(aws);
    const found = await ledger.recordChange({ event, foundBy: 'event' });
    assert.deepEqual([found?.event.eventId, found?.verdict], [event.eventId, null]);
  });

  it('says which failure it was', async () => {
    const body = { __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException' };
    await addFault(aws, { match: { method: 'POST' }, mode: 'status', status: 400, body, times: 1 });
    const failed = await ledger.readSecretChange({ eventId: 'x' }).then(() => undefined, failureType);
    await addFault(aws, { match: { method: 'POST' }, mode: 'status', status: 503, times: 1 });
    const down = await ledger.readSecretChange({ eventId: 'x' }).then(() => undefined, failureType);
    assert.deepEqual([failed, down], ['RateLimited', 'Unavailable']);
  });

  it('finds the changes of a secret by its name, with the suffix and without it', async () => {
    const name = `app/my-secret${count}-abcdef`;
    const event = await change({ secret: refOf(`${name}-a1b2c3`) });
    const window = { from: at(-10), to: at(10) };
    for (const ref of [refOf(`${name}-a1b2c3`), refOf(name, false), refOf(`${name}-a1b2c3`, false)]) {
      const found = await ledger.changesOf({ secret: ref, ...window });
      assert.deepEqual(
        found.map((one) => one.event.eventId),
        [event.eventId],
        ref.arn,
      );
    }
    const foreign = [
      refOf(`app/my-secret${count}`, false),
      { ...refOf(name, false), account: '999999999999' },
    ];
    for (const ref of foreign) assert.deepEqual(await ledger.changesOf({ secret: ref, ...window }), []);
    assert.deepEqual(await ledger.changesOf({ secret: refOf(name, false), from: at(1), to: at(9) }), []);
  });

  it('gives a name that ends like a suffix one key, however it came', () => {
    const refs = [refOf('my-secret', false), refOf('my-secret-a1b2c3'), refOf('my-secret-a1b2c3', false)];
    assert.equal(new Set(refs.map(secretKey)).size, 1);
  });

  it('keeps a ticket as it stood after each of its changes, each once', async () => {
    const issueId = String(Date.now());
    const ticket = ticketOf([approved(-30), [30, 'mia', { status: 'Done' }]], { issueId });
    await ledger.recordTicket({ site: 'main', ticket });
    await ledger.recordTicket({ site: 'main', ticket });
    const items = await table.query({
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': `ticket#main#${issueId}` },
    });
    const said = items.map(({ status, status_by: by }) => [status, by]);
    assert.deepEqual(said, [
      ['Requested', null],
      ['Approved', 'sue'],
      ['Done', 'mia'],
    ]);
  });

  it('says which events it lacks, of more than a batch', async () => {
    const event = await change();
    const eventIds = [...Array.from({ length: 150 }, (_, index) => `none-${index}`), event.eventId];
    const missing = await ledger.findMissing({ eventIds });
    assert.deepEqual([missing.length, missing.includes(event.eventId)], [150, false]);
  });

  it('puts a gap once', async () => {
    const gap = { kind: 'missed', account: '123456789012', region: 'us-east-1', eventId: eventId() } as const;
    const gaps = [{ ...gap, secretArn: null, at: at(0) }];
    assert.deepEqual(await ledger.recordGaps({ gaps }), gaps);
    assert.deepEqual(await ledger.recordGaps({ gaps }), []);
  });

  it('explains a hundred changes', async () => {
    const events = await mapBounded(Array.from({ length: 100 }), 8, () => change());
    const eventIds = events.map((event) => event.eventId);
    for (const event of events) await judge(event, { verdict: 'no-ticket' });
    await ledger.explainChanges({ eventIds, explanation });
    const last = await ledger.readSecretChange({ eventId: eventIds[99] ?? '' });
    assert.deepEqual([last?.verdict?.version, last?.verdict?.explanation?.by], [2, 'mia']);
  });
});
