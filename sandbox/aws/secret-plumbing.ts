import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutPermissionCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ledgerTable } from '../../activities/ledger/table.ts';
import { toClientOptions, type AwsCredentials } from './aws-clients.ts';
import { accountNames, sandboxAccounts, sandboxRegion, type AccountName } from './sandbox-accounts.ts';
import { readShippedPolicy, type PolicyValues } from './shipped-policy.ts';

/** How changes of secrets reach Lockkeeper, and where it keeps what it found; in account soc but for the rules of the others. */
export interface SecretPlumbing {
  readonly roleArn: string;
  /** Role of each account that may look changes up. */
  readonly lookupRoles: Readonly<Record<AccountName, string>>;
  /** Path of the queues' URLs: `/<account>/<name>`. */
  readonly queuePath: string;
  readonly deadLetterPath: string;
  /** Jira Automation publishes tickets to it. */
  readonly ticketTopicArn: string;
  /** Name of the ledger's table. */
  readonly table: string;
  /** Of the export. */
  readonly bucket: string;
  readonly organization: string;
}

/** The queue's name; bus, rules and topic that fill it are called the same. */
const name = 'lockkeeper-secrets';
const ticketTopic = 'lockkeeper-jira-tickets';
const { id: account } = sandboxAccounts.soc;
const arn = (service: string, resource: string) =>
  `arn:aws:${service}:${sandboxRegion}:${account}:${resource}`;

export const secretPlumbing: SecretPlumbing = {
  roleArn: `arn:aws:iam::${account}:role/Lockkeeper-Secrets`,
  lookupRoles: Object.fromEntries(
    accountNames.map((one) => [
      one,
      `arn:aws:iam::${sandboxAccounts[one].id}:role/Lockkeeper-Secrets-Lookup`,
    ]),
  ) as Record<AccountName, string>,
  queuePath: `/${account}/${name}`,
  deadLetterPath: `/${account}/${name}-dlq`,
  ticketTopicArn: arn('sns', ticketTopic),
  table: 'aws-secrets-detection-table',
  bucket: 'soc-secret-audit',
  organization: 'o-sandbox00001',
};

/** For the papers; the publisher is the same as of incidents. */
export const secretValues: PolicyValues = {
  SECRETS_ROLE_ARN: secretPlumbing.roleArn,
  SECRET_LOOKUP_ROLE_ARNS: Object.values(secretPlumbing.lookupRoles),
  SECRET_QUEUE: name,
  SECRET_TABLE: secretPlumbing.table,
  SECRET_EXPORT_BUCKET: secretPlumbing.bucket,
  TICKET_TOPIC: ticketTopic,
  ORGANIZATION_ID: secretPlumbing.organization,
};

/** What deploy/aws/secret-audit.yaml has AWS make, and in each account secret-audit-member.yaml. */
export async function createSecretPlumbing(
  endpoint: string,
  rootKey: (name: AccountName) => AwsCredentials,
  values: PolicyValues,
) {
  const options = toClientOptions(endpoint, rootKey('soc'));
  await createQueues(new SQSClient(options), values);
  await createTopics(new SNSClient(options), values);
  await createCentralBus(new EventBridgeClient(options), values);
  for (const one of accountNames)
    await sendToCentralBus(
      new EventBridgeClient(toClientOptions(endpoint, rootKey(one))),
      sandboxAccounts[one].id,
    );
  const tables = new DynamoDBClient(options);
  await tables.send(new CreateTableCommand({ ...ledgerTable, TableName: secretPlumbing.table }));
  tables.destroy();
  const s3 = new S3Client({ ...options, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: secretPlumbing.bucket }));
  s3.destroy();
}

async function createQueues(sqs: SQSClient, values: PolicyValues) {
  const dead = `${name}-dlq`;
  const MessageRetentionPeriod = '1209600';
  await sqs.send(new CreateQueueCommand({ QueueName: dead, Attributes: { MessageRetentionPeriod } }));
  const Attributes = {
    ...{ VisibilityTimeout: '60', ReceiveMessageWaitTimeSeconds: '20', MessageRetentionPeriod },
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn('sqs', dead), maxReceiveCount: 5 }),
    Policy: readShippedPolicy('secret-queue.policy', values),
  };
  await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
  sqs.destroy();
}

async function createTopics(sns: SNSClient, values: PolicyValues) {
  const events = { SignatureVersion: '2', Policy: readShippedPolicy('secret-topic.policy', values) };
  await sns.send(new CreateTopicCommand({ Name: name, Attributes: events }));
  await sns.send(
    new SubscribeCommand({ TopicArn: arn('sns', name), Protocol: 'sqs', Endpoint: arn('sqs', name) }),
  );
  const tickets = { SignatureVersion: '2', Policy: readShippedPolicy('ticket-topic.policy', values) };
  await sns.send(new CreateTopicCommand({ Name: ticketTopic, Attributes: tickets }));
  sns.destroy();
}

const EventPattern = JSON.stringify({ source: ['aws.secretsmanager'] });

/** The rule by the topic is on; the one without it is there to be switched on in its place. */
async function createCentralBus(events: EventBridgeClient, values: PolicyValues) {
  await events.send(new CreateEventBusCommand({ Name: name }));
  const Policy = readShippedPolicy('secret-bus.policy', values);
  await events.send(new PutPermissionCommand({ EventBusName: name, Policy }));
  const ways = [
    { Name: name, State: 'ENABLED', Arn: arn('sns', name) },
    { Name: `${name}-direct`, State: 'DISABLED', Arn: arn('sqs', name) },
  ] as const;
  for (const { Name, State, Arn } of ways) {
    await events.send(new PutRuleCommand({ Name, EventBusName: name, EventPattern, State }));
    const Targets = [{ Id: 'way', Arn, DeadLetterConfig: { Arn: arn('sqs', `${name}-dlq`) } }];
    await events.send(new PutTargetsCommand({ Rule: Name, EventBusName: name, Targets }));
  }
  events.destroy();
}

async function sendToCentralBus(events: EventBridgeClient, from: string) {
  // AWS asks for a role, and the emulator for its name only
  const RoleArn = `arn:aws:iam::${from}:role/Lockkeeper-Secrets-Forward`;
  await events.send(new PutRuleCommand({ Name: name, EventPattern, State: 'ENABLED' }));
  const Targets = [{ Id: 'central', RoleArn, Arn: arn('events', `event-bus/${name}`) }];
  await events.send(new PutTargetsCommand({ Rule: name, Targets }));
  events.destroy();
}
