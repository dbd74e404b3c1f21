import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readSecretEvent } from '../../../workflows/secret-audit/read-event.ts';
import { account, arnOf, fullArn, region } from './facts.ts';

type Detail = Readonly<Record<string, unknown>>;
const identity = {
  ...{ type: 'AssumedRole', principalId: 'AROA:mia', accountId: account },
  arn: `arn:aws:sts::${account}:assumed-role/admin/mia`,
  sessionContext: {
    sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${account}:role/admin`, userName: 'admin' },
    sourceIdentity: 'SECCHG-7',
  },
};
function envelope(detail: Detail, type = 'AWS API Call via CloudTrail'): unknown {
  const common = {
    ...{ eventVersion: '1.11', userIdentity: identity, eventTime: '2026-11-04T09:30:45Z' },
    ...{ awsRegion: region, recipientAccountId: account, readOnly: false, sourceIPAddress: '203.0.113.10' },
    eventID: '12345678-1234-1234-1234-123456789012',
  };
  return { source: 'aws.secretsmanager', 'detail-type': type, detail: { ...common, ...detail } };
}
const change = (value: unknown) => {
  const read = readSecretEvent(value);
  return read.kind === 'change' ? read.event : assert.fail(JSON.stringify(read));
};
const put = (part: Detail = {}) =>
  envelope({
    eventName: 'PutSecretValue',
    requestParameters: { secretId: 'prod/db', clientRequestToken: 'v-1' },
    responseElements: { arn: fullArn },
    ...part,
  });

describe('an event of Secrets Manager', () => {
  for (const [eventName, action] of [
    ['CreateSecret', 'create'],
    ['PutSecretValue', 'value'],
    ['UpdateSecret', 'update'],
    ['UpdateSecretVersionStage', 'stage'],
    ['DeleteSecret', 'delete'],
    ['RestoreSecret', 'restore'],
    ['RotateSecret', 'rotate'],
    ['CancelRotateSecret', 'rotate'],
    ['PutResourcePolicy', 'policy'],
    ['DeleteResourcePolicy', 'policy'],
    ['TagResource', 'tags'],
    ['UntagResource', 'tags'],
    ['ReplicateSecretToRegions', 'replication'],
    ['RemoveRegionsFromReplication', 'replication'],
    ['StopReplicationToReplica', 'replication'],
    ['SomethingOfNextYear', 'other'],
  ] as const)
    it(`${eventName} is a change: ${action}`, () => {
      const event = change(put({ eventName }));
      assert.deepEqual([event.action, event.eventName, event.kind], [action, eventName, 'call']);
    });

  for (const eventName of [
    'GetSecretValue',
    'BatchGetSecretValue',
    'ListSecrets',
    'DescribeSecret',
    'ValidateResourcePolicy',
  ])
    it(`${eventName} reads`, () => assert.equal(readSecretEvent(put({ eventName })).kind, 'ignored'));
  it('one that says that it reads does, whatever its name', () =>
    assert.equal(readSecretEvent(put({ eventName: 'PeekSecret', readOnly: true })).kind, 'ignored'));

  for (const field of ['arn', 'aRN', 'ARN'])
    it(`its ARN is read from ${field}`, () =>
      assert.deepEqual(change(put({ responseElements: { [field]: fullArn } })).secret, {
        ...{ arn: fullArn, isComplete: true, account, region },
      }));

  for (const [what, part, arn, isComplete] of [
    ['a name, no answer', { responseElements: null }, arnOf('prod/db'), false],
    [
      'a name at creation',
      { responseElements: null, requestParameters: { name: 'new' } },
      arnOf('new'),
      false,
    ],
    [
      'a partial ARN',
      { responseElements: null, requestParameters: { secretId: arnOf('x') } },
      arnOf('x'),
      false,
    ],
    [
      'a full ARN typed',
      { responseElements: null, requestParameters: { secretId: fullArn } },
      fullArn,
      false,
    ],
    [
      'a service’s',
      { requestParameters: null, responseElements: null, additionalEventData: { SecretId: fullArn } },
      fullArn,
      true,
    ],
  ] as const)
    it(`without an answer: ${what}`, () => {
      const { secret } = change(put(part));
      assert.deepEqual([secret?.arn, secret?.isComplete], [arn, isComplete]);
    });

  it('that failed is kept as an attempt, also when nothing says of what', () => {
    const event = change(put({ requestParameters: null, responseElements: null, errorCode: 'AccessDenied' }));
    assert.deepEqual([event.errorCode, event.secret, event.account], ['AccessDenied', null, account]);
  });

  it('says who did it, by role, session and source identity', () =>
    assert.deepEqual(change(put()).actor, {
      ...{ type: 'AssumedRole', arn: identity.arn, accountId: account, sessionName: 'mia', userName: null },
      ...{ roleArn: `arn:aws:iam::${account}:role/admin`, invokedBy: null, sourceIdentity: 'SECCHG-7' },
    }));

  it('of a rotation by AWS itself', () => {
    const value = envelope(
      {
        ...{ eventName: 'RotationSucceeded', requestParameters: null, responseElements: null },
        additionalEventData: { SecretId: fullArn },
        userIdentity: { accountId: account, invokedBy: 'secretsmanager.amazonaws.com' },
      },
      'AWS Service Event via CloudTrail',
    );
    const { kind, action, actor, secret } = change(value);
    assert.deepEqual(
      [kind, action, actor.invokedBy, secret?.arn],
      ['service', 'rotate', 'secretsmanager.amazonaws.com', fullArn],
    );
  });

  it('of a label has an id of its own, the same at each delivery', () => {
    const value = {
      ...{ id: 'one', source: 'aws.secretsmanager', 'detail-type': 'Secret Label Updated' },
      ...{ account, region, time: '2026-11-04T09:30:45Z', resources: [fullArn] },
      detail: { name: 'prod/db', labelUpdated: 'AWSCURRENT', versionId: 'v-1' },
    };
    const event = change(value);
    assert.deepEqual(
      [event.kind, event.eventId, event.versionId, event.action],
      ['label', `label:${account}:${region}:${fullArn.slice(-6)}:v-1:AWSCURRENT`, 'v-1', 'value'],
    );
    assert.equal(change({ ...value, id: 'two' }).eventId, event.eventId);
    assert.equal(readSecretEvent({ ...value, resources: [arnOf('prod/db')] }).kind, 'malformed');
    assert.equal(readSecretEvent({ ...value, detail: {} }).kind, 'malformed');
  });

  it('carries no value, wherever one stands (X-17)', () => {
    const canary = 'hunter2-canary';
    const event = change(
      put({
        requestParameters: {
          ...{ secretId: 'prod/db', secretString: canary, SecretString: canary, secretBinary: canary },
          ...{ description: canary, tags: [{ key: 'a', value: canary }], resourcePolicy: canary },
          ...{ recoveryWindowInDays: 7, forceDeleteWithoutRecovery: false },
        },
        responseElements: { arn: fullArn, secretString: canary },
        ...{ errorMessage: canary, additionalEventData: { value: canary } },
      }),
    );
    assert.equal(JSON.stringify(event).includes(canary), false);
    assert.deepEqual(event.details, { recoveryWindowInDays: '7', forceDeleteWithoutRecovery: 'false' });
  });

  for (const [what, value, why] of [
    ['nothing', null, /no object/],
    ['a text', 'x', /no object/],
    ['another service’s', { source: 'aws.s3', detail: {} }, /source/],
    ['one without detail', { source: 'aws.secretsmanager' }, /detail/],
    ['one without an id', put({ eventID: undefined }), /eventID/],
    ['an id that is none', put({ eventID: '../x' }), /eventID/],
    ['a name that is none', put({ eventName: 'a b' }), /eventName/],
    ['no time', put({ eventTime: 'yesterday' }), /eventTime/],
    ['a time that is local', put({ eventTime: '2026-11-04T09:30:45+01:00' }), /eventTime/],
    ['an account of 11 digits', put({ recipientAccountId: '12345678910' }), /account/],
    ['no region', put({ awsRegion: 'mars' }), /region/],
    ['a change of nothing', put({ requestParameters: null, responseElements: null }), /names no secret/],
  ] as const)
    it(`${what} is malformed`, () => {
      const read = readSecretEvent(value);
      assert.match(read.kind === 'malformed' ? read.why : JSON.stringify(read), why);
    });

  it('of another kind is ignored', () =>
    assert.equal(readSecretEvent(envelope({}, 'AWS Console Sign In')).kind, 'ignored'));

  const specs = process.env['SPECS_DIR'];
  it(`is read from each of AWS’s own forms${specs ? '' : ' (skipped: SPECS_DIR is not set)'}`, function () {
    if (!specs) return this.skip();
    const file = path.join(specs, 'examples/eventbridge.secretsmanager.json');
    const examples = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    assert.equal(Object.keys(examples).length, 10);
    for (const [name, example] of Object.entries(examples)) {
      const event = change(example);
      if (name !== 'CreateSecret denied') assert.equal(event.secret?.arn, fullArn, name);
    }
  });
});
