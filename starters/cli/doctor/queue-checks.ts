import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { toAwsFailure } from '../../../activities/failures.ts';
import type { Config } from '../../../config/parse-config.ts';
import { toStarterSettings, type StarterAccess } from '../../aws-access.ts';
import { CheckFailed, type Check } from './check.ts';

type Listens = StarterAccess & { readonly queueUrl?: string | undefined; readonly topics: readonly string[] };

/** What the starters listen at, with their own rights. @param guide says what to do about dead letters */
export function toQueueChecks(config: Config, connection: Listens, guide: string): readonly Check[] {
  const { queueUrl, topics } = connection;
  return [
    ...(queueUrl === undefined
      ? []
      : [{ name: 'queue', run: () => checkQueue(config, connection, { queueUrl, guide }) }]),
    ...topics.map((topic) => ({
      name: `topic ${topic.split(':')[5] ?? topic}`,
      run: () => checkTopic(config, connection, topic),
    })),
  ];
}

async function checkQueue(
  config: Config,
  access: StarterAccess,
  { queueUrl, guide }: { readonly queueUrl: string; readonly guide: string },
): Promise<string> {
  const sqs = new SQSClient(toStarterSettings(config, access));
  try {
    const { ApproximateNumberOfMessages: waiting = '0', RedrivePolicy } = await readQueue(sqs, queueUrl);
    const dead = deadLetterUrl(queueUrl, RedrivePolicy);
    if (dead === undefined)
      throw new CheckFailed(
        'it has no dead-letter queue',
        'Set its RedrivePolicy: what cannot be read would else come again until it is too old.',
      );
    const { ApproximateNumberOfMessages: lost = '0' } = await readQueue(sqs, dead);
    if (lost === '0') return `${waiting} waiting, none dead`;
    throw new CheckFailed(
      `${lost} in the dead-letter queue`,
      `See ${guide}: the sweep has found what they told; look why they could not be read.`,
    );
  } finally {
    sqs.destroy();
  }
}

async function readQueue(sqs: SQSClient, QueueUrl: string): Promise<Readonly<Record<string, string>>> {
  try {
    const AttributeNames = ['ApproximateNumberOfMessages' as const, 'RedrivePolicy' as const];
    const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
    return Attributes;
  } catch (error) {
    throw toAwsFailure(error, { system: 'sqs', action: `read ${QueueUrl}` });
  }
}

/** In the same account and region: its URL differs in the name only. */
function deadLetterUrl(queueUrl: string, redrive: string | undefined): string | undefined {
  const name = /"deadLetterTargetArn"\s*:\s*"arn:[^"]+:([\w-]+)"/.exec(redrive ?? '')?.[1];
  return name === undefined ? undefined : queueUrl.replace(/[^/]+$/, name);
}

/** The starters may only confirm its subscription: a refusal says no more than that. */
async function checkTopic(config: Config, access: StarterAccess, TopicArn: string): Promise<string> {
  const sns = new SNSClient(toStarterSettings(config, access));
  try {
    const { Attributes = {} } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
    const { SubscriptionsConfirmed: confirmed = '0', SubscriptionsPending: pending = '0' } = Attributes;
    if (confirmed !== '0') return `${confirmed} subscribed`;
    throw new CheckFailed(
      pending === '0' ? 'nobody is subscribed' : `${pending} subscription waits to be confirmed`,
      'Subscribe https://<starters>/webhooks/sns, or request its confirmation anew; the starters must be reachable.',
    );
  } catch (error) {
    if (error instanceof CheckFailed) throw error;
    const failure = toAwsFailure(error, { system: 'sns', action: `read ${TopicArn}` });
    const name = error instanceof Error ? error.name : '';
    if (/^(?:AuthorizationError|AccessDenied)/.test(name)) return 'may not be read with these rights';
    throw failure;
  } finally {
    sns.destroy();
  }
}
