import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { toClientOptions, type AwsCredentials } from './aws-clients.ts';
import { sandboxAccounts, sandboxRegion } from './sandbox-accounts.ts';
import { readShippedPolicy, type PolicyValues } from './shipped-policy.ts';

/** How case events and Jira's messages reach Lockkeeper; all of it in account soc. */
export interface IncidentPlumbing {
  readonly roleArn: string;
  /** Path of the queues' URLs: `/<account>/<name>`. */
  readonly queuePath: string;
  readonly deadLetterPath: string;
  readonly topicArn: string;
}

const queue = 'lockkeeper-incidents';
const topic = 'lockkeeper-jira-issues';
const { id: account } = sandboxAccounts.soc;
const arn = (service: string, name: string) => `arn:aws:${service}:${sandboxRegion}:${account}:${name}`;

export const incidentPlumbing: IncidentPlumbing = {
  roleArn: `arn:aws:iam::${account}:role/Lockkeeper-Incidents`,
  queuePath: `/${account}/${queue}`,
  deadLetterPath: `/${account}/${queue}-dlq`,
  topicArn: arn('sns', topic),
};

/** For the papers. In AWS the publisher is Atlassian's automation account; in the sandbox it is SOC's administrator. */
export const incidentValues: PolicyValues = {
  SOC_ACCOUNT_ID: account,
  INCIDENTS_ROLE_ARN: incidentPlumbing.roleArn,
  INCIDENT_QUEUE: queue,
  JIRA_TOPIC: topic,
  JIRA_AUTOMATION_PRINCIPAL_ARN: `arn:aws:iam::${account}:user/sandbox-admin`,
};

/** Queue, dead-letter queue, the rule that fills it, and the topic: what deploy/aws has AWS make. */
export async function createIncidentPlumbing(endpoint: string, root: AwsCredentials, values: PolicyValues) {
  const options = toClientOptions(endpoint, root);
  const [sqs, sns, events] = [
    new SQSClient(options),
    new SNSClient(options),
    new EventBridgeClient(options),
  ] as const;
  const dead = `${queue}-dlq`;
  await sqs.send(
    new CreateQueueCommand({ QueueName: dead, Attributes: { MessageRetentionPeriod: '1209600' } }),
  );
  const Attributes = {
    // longer than a start of the worker, shorter than an operator's patience
    VisibilityTimeout: '60',
    ReceiveMessageWaitTimeSeconds: '20',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn('sqs', dead), maxReceiveCount: 5 }),
    Policy: readShippedPolicy('incident-queue.policy', values),
  };
  await sqs.send(new CreateQueueCommand({ QueueName: queue, Attributes }));
  const EventPattern = JSON.stringify({ source: ['aws.security-ir'] });
  await events.send(new PutRuleCommand({ Name: queue, EventPattern, State: 'ENABLED' }));
  const Targets = [{ Id: 'queue', Arn: arn('sqs', queue), DeadLetterConfig: { Arn: arn('sqs', dead) } }];
  await events.send(new PutTargetsCommand({ Rule: queue, Targets }));
  const Policy = readShippedPolicy('jira-topic.policy', values);
  await sns.send(new CreateTopicCommand({ Name: topic, Attributes: { SignatureVersion: '2', Policy } }));
  for (const client of [sqs, sns, events]) client.destroy();
}

/** As an operator does once; the endpoint hears a signed SubscriptionConfirmation and has to confirm it itself. */
export async function subscribeEndpoint(
  endpoint: string,
  admin: AwsCredentials,
  { url, topicArn: TopicArn }: { readonly url: string; readonly topicArn: string },
) {
  const sns = new SNSClient(toClientOptions(endpoint, admin));
  const Protocol = new URL(url).protocol.slice(0, -1);
  await sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint: url }));
  sns.destroy();
}
