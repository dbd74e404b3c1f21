import assert from 'node:assert/strict';
import { createTrailActivities } from '../../../activities/cloudtrail/activities.ts';
import { createTrailClient, type TrailOptions } from '../../../activities/cloudtrail/client.ts';
import type { TrailPort } from '../../../activities/cloudtrail/port.ts';
import { unattended } from '../../../activities/sts/aws-call.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import { controlOf } from '../../../sandbox/drive/control.ts';
import { secretPerson } from '../../../sandbox/drive/secret-person.ts';
import type { Fault } from '../../../sandbox/shared/faults.ts';
import { failureType, type FailureType } from '../../../workflows/shared/failures.ts';
import { awsControlToken, sharedAws } from '../../support/aws.ts';
import { addFault, clearFaults } from '../s3/aws-faults.ts';

const account = '333333333333';
const [from, to] = ['2026-01-01T00:00:00Z', '2036-01-01T00:00:00Z'];

describe('CloudTrail and secrets’ metadata, on the emulator', function () {
  this.timeout(60_000);
  let aws: SandboxAws;
  let port: TrailPort;
  function client(changes: Partial<TrailOptions> = {}) {
    const { region, accounts, credentials, externalId, secrets } = aws.provisioned;
    return createTrailClient({
      ...{ region, endpoint: aws.url, timeouts: { connect: 300, request: 1_000, idle: 300 } },
      accounts: { [account]: secrets.lookupRoles['prod-a'], [accounts.soc.id]: secrets.lookupRoles.soc },
      ...{ role: secrets.roleArn, externalId, baseCredentials: credentials.jiraBot },
      ...{ callsPerSecond: 100, context: () => unattended },
      ...changes,
    });
  }
  const dev = () => {
    const { accounts, credentials: awsCredentials } = aws.provisioned;
    return secretPerson({ aws: aws.url, accounts, awsCredentials, control: awsControlToken });
  };
  const lookUp = (more = {}) =>
    port.lookUpChanges({ account, region: 'us-east-1', from, to, cursor: null, ...more });
  const list = (since = from) => port.listChangedSecrets({ account, region: 'us-east-1', from: since });

  before(async () => {
    aws = await sharedAws();
    port = client();
  });
  beforeEach(() => controlOf(aws.url, awsControlToken).post('reset'));
  afterEach(() => clearFaults(aws));

  it('finds what EventBridge lost, as the event would have said it', async () => {
    const { eventId, arn } = await dev().create('quiet', 'hunter2', { silent: true });
    const { events, unreadable, cursor } = await lookUp();
    assert.deepEqual(
      [events.map((one) => [one.eventId, one.kind, one.secret?.arn]), unreadable, cursor],
      [[[eventId, 'call', arn]], 0, null],
    );
    assert.ok(!JSON.stringify(events).includes('hunter2'));
  });

  it('reads a service’s own event, passes over reads, counts what it cannot read', async () => {
    const person = dev();
    const told = (call: string, more = {}) =>
      person.onlyTell({ call, asked: 'x', parameters: { secretId: 'x' }, ...more });
    const { eventId } = await told('RotationSucceeded', { service: true });
    await told('GetSecretValue');
    await told('PutSecretValue', { parameters: {} });
    const { events, unreadable } = await lookUp();
    assert.deepEqual(
      events.map((one) => [one.eventId, one.kind]),
      [[eventId, 'service']],
    );
    assert.equal(unreadable, 1);
  });

  it('goes by pages of fifty', async () => {
    const person = dev();
    for (let n = 0; n < 53; n += 1)
      await person.onlyTell(
        { call: 'DeleteSecret', asked: `s${n}`, parameters: { secretId: `s${n}` } },
        { silent: true },
      );
    const first = await lookUp();
    const second = await lookUp({ cursor: first.cursor });
    assert.deepEqual([first.events.length, second.events.length, second.cursor], [50, 3, null]);
    const ids = new Set([...first.events, ...second.events].map((one) => one.eventId));
    assert.equal(ids.size, 53);
  });

  it('lists which secrets changed or are being deleted since then, and when', async () => {
    const person = dev();
    const [kept, gone] = [await person.create('kept'), await person.create('gone')];
    await person.remove(gone.arn, 7);
    const found = await list();
    assert.deepEqual(found.map(({ arn, what }) => [arn, what]).sort(), [
      [gone.arn, 'changed'],
      [gone.arn, 'deleted'],
      [kept.arn, 'changed'],
    ]);
    for (const { at } of found) assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000, at);
    assert.deepEqual(await list('2035-01-01T00:00:00Z'), []);
  });

  it('takes the roles one after the other: who may, and an account without a role', async () => {
    const unnamed = { account: '444444444444', region: 'us-east-1', from, to, cursor: null };
    await assert.rejects(port.lookUpChanges(unnamed), (error) => failureType(error) === 'InvalidInput');
    const stranger = client({ baseCredentials: aws.provisioned.credentials.sam });
    await assert.rejects(
      stranger.lookUpChanges({ ...unnamed, account }),
      (error) => failureType(error) === 'PermissionDenied',
    );
  });

  it('asks no faster than it may', async () => {
    const slow = client({ callsPerSecond: 2 });
    const began = Date.now();
    for (let n = 0; n < 4; n += 1)
      await slow.lookUpChanges({ account, region: 'us-east-1', from, to, cursor: null });
    assert.ok(Date.now() - began >= 900, `${Date.now() - began} ms`);
  });

  const json = (status: number, __type: string): Omit<Fault, 'match'> => ({
    ...{ mode: 'status', status, headers: { 'content-type': 'application/x-amz-json-1.1' } },
    body: JSON.stringify({ __type, message: 'made by a test' }),
  });
  const answers: readonly (readonly [string, Omit<Fault, 'match'>, FailureType])[] = [
    ['AccessDeniedException', json(400, 'AccessDeniedException'), 'PermissionDenied'],
    ['ThrottlingException', json(400, 'ThrottlingException'), 'RateLimited'],
    ['InvalidNextTokenException', json(400, 'InvalidNextTokenException'), 'InvalidInput'],
    ['ExpiredTokenException', json(400, 'ExpiredTokenException'), 'CredentialRejected'],
    ['a 500', json(500, 'InternalServerError'), 'Unavailable'],
    ['a hang', { mode: 'hang' }, 'Unavailable'],
  ];
  for (const [what, fault, type] of answers)
    it(`${what} is ${type}`, async () => {
      await lookUp();
      await addFault(aws, fault);
      await assert.rejects(lookUp(), (error) => failureType(error) === type);
      await list();
      await addFault(aws, fault);
      await assert.rejects(list(), (error) => failureType(error) === type);
    });

  it('activities refuse what is no place and no time', async () => {
    const activities = createTrailActivities(port);
    const input = { account, region: 'us-east-1', from, to, cursor: null };
    assert.deepEqual((await activities.lookUpChanges(input)).events, []);
    for (const wrong of [{ account: '1' }, { from: 'yesterday' }, { cursor: '' }])
      await assert.rejects(
        activities.lookUpChanges({ ...input, ...wrong }),
        (error) => failureType(error) === 'InvalidInput',
      );
    await assert.rejects(activities.listChangedSecrets({ ...input, region: '' }));
  });
});
