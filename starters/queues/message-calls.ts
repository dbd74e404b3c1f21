import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Log } from '../log.ts';

/** A message that SQS gave us for a while. */
export interface HeldMessage {
  readonly id: string;
  readonly receipt: string;
  readonly body: string;
}

export interface QueueAccess {
  readonly sqs: Pick<SQSClient, 'send'>;
  readonly queueUrl: string;
  readonly name: string;
  readonly log: Log;
}

/** Short: the process may be about to end. A message that could not be deleted comes again, and is known then. */
const timeoutMs = 900;

/** One call for all. Never throws. */
export async function removeMessages(access: QueueAccess, messages: readonly HeldMessage[]): Promise<void> {
  const { sqs, queueUrl: QueueUrl, log, name: queue } = access;
  if (messages.length === 0) return;
  const Entries = messages.map(({ receipt }, index) => ({ Id: String(index), ReceiptHandle: receipt }));
  const abortSignal = AbortSignal.timeout(timeoutMs);
  try {
    const { Failed = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }), {
      abortSignal,
    });
    for (const { Code } of Failed) log('warn', 'message not deleted', { queue, reason: Code });
  } catch (error) {
    log('warn', 'messages not deleted', { queue, count: messages.length, reason: String(error) });
  }
}

/** @throws what the SDK throws: then they become visible to others, and come twice */
export async function stayVisibleTo(
  { sqs, queueUrl: QueueUrl }: QueueAccess,
  messages: readonly HeldMessage[],
  seconds: number,
): Promise<void> {
  if (messages.length === 0) return;
  const Entries = messages.map(({ receipt }, index) => ({
    Id: String(index),
    ReceiptHandle: receipt,
    VisibilityTimeout: seconds,
  }));
  const abortSignal = AbortSignal.timeout(timeoutMs);
  await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }), { abortSignal });
}

/** Another starter may have them at once. Never throws: else they come back when their time is over. */
export async function releaseMessages(access: QueueAccess, messages: readonly HeldMessage[]): Promise<void> {
  await stayVisibleTo(access, messages, 0).catch(() => undefined);
}
