import assert from 'node:assert/strict';
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { DynamoDBClient, QueryCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DisableRuleCommand, EnableRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import {
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { toClientOptions, type AwsCredentials } from '../../../sandbox/aws/aws-clients.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import { controlOf } from '../../../sandbox/drive/control.ts';
import { secretPerson, type SecretPersonOptions } from '../../../sandbox/drive/secret-person.ts';
import { readSecretEvent } from '../../../workflows/secret-audit/read-event.ts';
import { assumeRole, awsControlToken, sharedAws, verdictOf } from '../../support/aws.ts';

interface Envelope {
  readonly id: string;
  readonly account: string;
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<string, unknown>>;
}

describe('the way of secrets in the emulator', function () {
  this.timeout(120_000);
  let aws: SandboxAws;
  let role: AwsCredentials;
  let lookup: AwsCredentials;
  const person = (options: SecretPersonOptions = {}) => {
    const { accounts, credentials } = aws.provisioned;
    const endpoints = { aws: aws.url, accounts, awsCredentials: credentials, control: awsControlToken };
    return secretPerson(endpoints, { name: 'dev', ...options });
  };
  const become = (by: AwsCredentials, RoleArn: string) =>
    assumeRole(aws, by, { RoleArn, ExternalId: aws.provisioned.externalId });
  const optionsOf = (credentials: AwsCredentials) => toClientOptions(aws.url, credentials);
  async function bodies(): Promise<Record<string, unknown>[]> {
    const QueueUrl = `${aws.url}${aws.provisioned.secrets.queuePath}`;
    const sqs = new SQSClient(optionsOf(role));
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
    );
    return Messages.map(({ Body }) => JSON.parse(Body ?? '') as Record<string, unknown>);
  }
  const events = async () => (await bodies()).map(({ Message }) => JSON.parse(String(Message)) as Envelope);
  const look = async (credentials = lookup, more = {}) =>
    new CloudTrailClient(optionsOf(credentials)).send(
      new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: 'EventSource', AttributeValue: 'secretsmanager.amazonaws.com' }],
        ...more,
      }),
    );

  before(async () => {
    aws = await sharedAws();
    const { credentials, secrets } = aws.provisioned;
    role = await become(credentials.jiraBot, secrets.roleArn);
    lookup = await become(role, secrets.lookupRoles['prod-a']);
  });
  beforeEach(() => controlOf(aws.url, awsControlToken).post('reset'));

  it('a change in a member account comes through the central bus and the topic, and keeps its account', async () => {
    const { arn, eventId, versionId } = await person().create('payments/stripe', 'hunter2', { label: false });
    const [event, ...others] = await events();
    assert.deepEqual([others.length, event?.account], [0, '333333333333']);
    const read = readSecretEvent(event);
    assert.ok(read.kind === 'change', JSON.stringify(read));
    const { secret, action, actor } = read.event;
    assert.deepEqual(
      [read.event.eventId, read.event.versionId, secret?.arn, action, actor.sessionName],
      [eventId, versionId, arn, 'create', 'dev'],
    );
    assert.ok(!JSON.stringify(event).includes('hunter2'));
  });

  it('brings Secrets Manager’s own event of the label, which names no call', async () => {
    const { arn, versionId } = await person().create('db/main');
    const read = (await events()).map((one) => readSecretEvent(one));
    const changes = read.flatMap((one) => (one.kind === 'change' ? [one.event] : []));
    assert.deepEqual(changes.map(({ kind }) => kind).sort(), ['call', 'label']);
    for (const { secret, versionId: version } of changes)
      assert.deepEqual([secret?.arn, version], [arn, versionId]);
  });

  it('goes straight from the rule to the queue where that is chosen', async () => {
    const bus = new EventBridgeClient(optionsOf(aws.provisioned.credentials.admin.soc));
    const EventBusName = 'lockkeeper-secrets';
    await bus.send(new DisableRuleCommand({ EventBusName, Name: 'lockkeeper-secrets' }));
    await bus.send(new EnableRuleCommand({ EventBusName, Name: 'lockkeeper-secrets-direct' }));
    try {
      const { eventId } = await person().create('direct', 'x', { label: false });
      const [event] = (await bodies()) as unknown as Envelope[];
      assert.equal(event?.detail['eventID'], eventId);
    } finally {
      await bus.send(new DisableRuleCommand({ EventBusName, Name: 'lockkeeper-secrets-direct' }));
      await bus.send(new EnableRuleCommand({ EventBusName, Name: 'lockkeeper-secrets' }));
    }
  });

  it('has a real call and a true event for each act', async () => {
    const dev = person({ account: 'prod-b', sourceIdentity: 'SECCHG-7' });
    const { arn, versionId } = await dev.create('all', 'a', { label: false });
    const quiet = { label: false };
    const acts = [
      await dev.put(arn, 'b', quiet),
      await dev.update(arn, { description: 'd' }, quiet),
      await dev.moveStage(arn, { name: 'BLUE', to: versionId ?? '' }, quiet),
      await dev.tag(arn, 'team', 'pay'),
      await dev.untag(arn, 'team'),
      await dev.putPolicy(arn, '{"Version":"2012-10-17","Statement":[]}'),
      await dev.removePolicy(arn),
      await dev.rotate(arn, quiet),
      await dev.remove(arn, 7),
      await dev.restore(arn),
      await dev.attempt('DeleteSecret', 'all'),
      await dev.remove(arn, 'force'),
    ];
    const { Events = [] } = await look(await become(role, aws.provisioned.secrets.lookupRoles['prod-b']));
    const read = Events.map(({ CloudTrailEvent = '' }) =>
      readSecretEvent({
        ...{ source: 'aws.secretsmanager', 'detail-type': 'AWS API Call via CloudTrail' },
        detail: JSON.parse(CloudTrailEvent) as unknown,
      }),
    ).flatMap((one) => (one.kind === 'change' ? [one.event] : []));
    assert.equal(read.length, acts.length + 1);
    for (const { eventId } of acts)
      assert.ok(
        read.some((one) => one.eventId === eventId),
        eventId,
      );
    for (const one of read)
      if (one.errorCode === null)
        assert.deepEqual([one.secret?.arn, one.actor.sourceIdentity], [arn, 'SECCHG-7']);
  });

  it('loses an event, or brings it again with its id; CloudTrail has it once', async () => {
    await person().create('quiet', 'x', { silent: true });
    assert.deepEqual(await bodies(), []);
    const { eventId } = await person().create('loud', 'x', { times: 3, label: false });
    const ids = (await events()).map(({ detail }) => detail['eventID']);
    assert.deepEqual(ids, [eventId, eventId, eventId]);
    const { Events = [] } = await look();
    assert.deepEqual(
      Events.map(({ EventName }) => EventName),
      ['CreateSecret', 'CreateSecret'],
    );
  });

  it('LookupEvents: newest first, by pages, within a time, and only what the caller may', async () => {
    const dev = person();
    const at = (minute: number) => ({
      eventTime: new Date(Date.now() - minute * 60_000).toISOString(),
      silent: true,
    });
    const acts = [];
    for (const minute of [1, 3, 2]) acts.push(await dev.create(`s${minute}`, 'x', at(minute)));
    const first = await look(lookup, { MaxResults: 2 });
    await dev.create('s0', 'x', at(0));
    const second = await look(lookup, { MaxResults: 2, NextToken: first.NextToken });
    const shown = [first, second].flatMap(({ Events = [] }) => Events.map(({ EventId }) => EventId));
    assert.deepEqual(
      shown,
      [acts[0], acts[2], acts[1]].map((act) => act?.eventId),
    );
    assert.equal(second.NextToken, undefined);
    const { Events = [] } = await look(lookup, {
      ...{ StartTime: new Date(Date.now() - 150_000), EndTime: new Date(Date.now() - 90_000) },
    });
    assert.deepEqual(
      Events.map(({ EventId }) => EventId),
      [acts[2]?.eventId],
    );
    await assert.rejects(look(lookup, { MaxResults: 51 }), /MaxResults/);
    await assert.rejects(look(role), /not authorized/);
  });

  it('the look-up role sees which secrets there are, and no value', async () => {
    const { arn } = await person().create('seen', 'hunter2');
    const sm = new SecretsManagerClient(optionsOf(lookup));
    const { SecretList = [] } = await sm.send(new ListSecretsCommand({}));
    assert.deepEqual(
      SecretList.map(({ ARN }) => ARN),
      [arn],
    );
    await assert.rejects(sm.send(new GetSecretValueCommand({ SecretId: arn })), /not authorized/);
    await assert.rejects(
      become(aws.provisioned.credentials.jiraBot, aws.provisioned.secrets.lookupRoles['prod-a']),
    );
  });

  it('the role writes the ledger and the dead letters, and nothing into the queue', async () => {
    const db = new DynamoDBClient(optionsOf(role));
    const TableName = aws.provisioned.secrets.table;
    const Item = { pk: { S: 'a' }, sk: { S: 'b' } };
    const put = () =>
      db.send(new PutItemCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' }));
    await put();
    await assert.rejects(put(), { name: 'ConditionalCheckFailedException' });
    const send = (queuePath: string) =>
      new SQSClient(optionsOf(role)).send(
        new SendMessageCommand({ QueueUrl: `${aws.url}${queuePath}`, MessageBody: '{}' }),
      );
    const { queuePath, deadLetterPath } = aws.provisioned.secrets;
    assert.deepEqual(
      [await verdictOf(send(queuePath)), await verdictOf(send(deadLetterPath))],
      ['refused', 'allowed'],
    );
    await aws.reset();
    const query = new QueryCommand({
      ...{ TableName, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': Item.pk } },
    });
    assert.equal((await db.send(query)).Count, 0);
  });
});
