import { ChangeMessageVisibilityCommand, DeleteMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
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

/** Short: the process may be about to end. */
const timeoutMs = 900;

/** Never throws: a message that could not be deleted comes again, and is known then. */
export async function removeMessages(access: QueueAccess, messages: readonly HeldMessage[]): Promise<void> {
  const { sqs, queueUrl: QueueUrl, log, name: queue } = access;
  const abortSignal = AbortSignal.timeout(timeoutMs);
  await Promise.all(
    messages.map(async ({ id, receipt: ReceiptHandle }) => {
      try {
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }), { abortSignal });
      } catch (error) {
        const reason = error instanceof Error ? error.name : 'unknown';
        log('warn', 'message not deleted', { queue, id, reason });
      }
    }),
  );
}

/**
 * Nobody else gets them for so long; 0: another starter may have them at once. Never throws: they come back when their time is over, and a
 * message that came twice is known.
 */
export async function keepMessages(
  { sqs, queueUrl: QueueUrl }: QueueAccess,
  messages: readonly HeldMessage[],
  seconds: number,
): Promise<void> {
  const abortSignal = AbortSignal.timeout(timeoutMs);
  await Promise.allSettled(
    messages.map(({ receipt: ReceiptHandle }) =>
      sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: seconds }), {
        abortSignal,
      }),
    ),
  );
}
