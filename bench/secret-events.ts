import { randomUUID } from 'node:crypto';
import { GetQueueAttributesCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { chunksOf, mapBounded } from '../activities/bounded.ts';
import { secretTicketPerson } from '../sandbox/drive/secret-ticket-person.ts';
import { hidden, toTrailDetail } from '../sandbox/drive/secret-trail.ts';
import type { Endpoints } from '../sandbox/stack/endpoints.ts';

export interface BenchEvent {
  readonly eventId: string;
  readonly body: string;
}

const secretName = (index: number) => `bench/secret-${index}`;
const region = 'us-east-1';

/** A change of one of these secrets, as EventBridge brings it. */
export function toEvent({ accounts }: Pick<Endpoints, 'accounts'>, index: number): BenchEvent {
  const account = accounts['prod-a']?.id ?? '';
  const [eventId, name] = [randomUUID(), secretName(index)];
  const eventTime = `${new Date().toISOString().slice(0, 19)}Z`;
  const arn = `arn:aws:secretsmanager:${region}:${account}:secret:${name}-a1b2c3`;
  const versionId = randomUUID();
  const parameters = { secretId: name, clientRequestToken: versionId, secretString: hidden };
  const deed = { call: 'PutSecretValue', asked: name, parameters, arn, name, versionId };
  const detail = toTrailDetail(deed, { eventId, eventTime, account, region, actor: { name: 'dev' } });
  const body = JSON.stringify({
    ...{ version: '0', id: randomUUID(), 'detail-type': 'AWS API Call via CloudTrail', detail },
    ...{ source: 'aws.secretsmanager', account, time: eventTime, region, resources: [] },
  });
  return { eventId, body };
}

/** One ticket for each secret, approved by somebody else. */
export async function fileTickets(endpoints: Endpoints, count: number): Promise<void> {
  const [dev, sue] = [secretTicketPerson(endpoints, 'dev'), secretTicketPerson(endpoints, 'sue')];
  const indexes = Array.from({ length: count }, (_, index) => index);
  await mapBounded(indexes, 8, async (index) => {
    const { key } = await dev.file({ secrets: [secretName(index)] });
    await sue.move(key, 'Approved');
  });
}

export interface BenchQueue {
  send(events: readonly BenchEvent[]): Promise<void>;
  /** Nothing waits in it, and nothing is on its way. */
  empty(): Promise<boolean>;
}

export function openQueue({ aws, awsCredentials, secretAudit }: Endpoints): BenchQueue {
  const sqs = new SQSClient({ region, endpoint: aws, credentials: awsCredentials.admin.soc });
  const QueueUrl = secretAudit.queueUrl;
  return {
    async send(events) {
      await mapBounded(chunksOf(events, 10), 4, (part) =>
        sqs.send(
          new SendMessageBatchCommand({
            QueueUrl,
            Entries: part.map(({ body }, index) => ({ Id: String(index), MessageBody: body })),
          }),
        ),
      );
    },
    async empty() {
      const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] }),
      );
      return names.every((name) => Number(Attributes[name] ?? 1) === 0);
    },
  };
}
