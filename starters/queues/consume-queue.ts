import { setTimeout as sleepFor } from 'node:timers/promises';
import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Log } from '../log.ts';
import type { Counter } from '../metrics.ts';
import { keepMessages, removeMessages, type HeldMessage } from './message-calls.ts';

export interface QueueMessage {
  readonly id: string;
  readonly body: string;
}

/** What became of a message. Accepted: Temporal has it, or nobody needs it. Refused: it is left to the dead-letter queue. */
export type QueueOutcome =
  | { readonly kind: 'accepted'; readonly result: string; readonly reason?: string }
  | { readonly kind: 'refused'; readonly result: string; readonly reason: string };

export interface QueueOptions {
  /** With one attempt a call: repeating is done here. Its request timeout must be longer than 20 s. */
  readonly sqs: Pick<SQSClient, 'send'>;
  readonly queueUrl: string;
  /** As metrics and log name it. */
  readonly name: string;
  /** May be called again for the same message. */
  readonly handle: (message: QueueMessage) => Promise<QueueOutcome>;
  /** Whether an error of `handle` is an outage, which is waited for; any other leaves its message to the dead-letter queue. */
  readonly isOutage: (error: unknown) => boolean;
  readonly log: Log;
  readonly counter: Counter;
  /** Ends it: within 2 s, with what was accepted deleted and the rest given back. */
  readonly signal: AbortSignal;
  readonly timing?: Partial<QueueTiming>;
}

/** Milliseconds; the tests' own are shorter. */
export interface QueueTiming {
  /** A message is ours for so long, and extended at half of it. */
  readonly visibility: number;
  /** First and longest wait in an outage. */
  readonly backOff: readonly [first: number, longest: number];
  /** SQS lets nobody keep a message for more than 12 hours. */
  readonly longestHold: number;
  /** For a handler that is at work when the signal comes. */
  readonly grace: number;
}

const defaults: QueueTiming = {
  visibility: 60_000,
  backOff: [1_000, 60_000],
  longestHold: 11 * 3_600_000,
  grace: 1_000,
};

const waitSeconds = 20;
const batchSize = 10;

type Consumer = Omit<QueueOptions, 'timing'> & { readonly timing: QueueTiming };

/**
 * Takes messages from an SQS queue until the signal comes, ten at a time. A message is deleted when its handler accepted it and not
 * before; so it may come twice. While the other side is down messages are held here and tried again: given back, each reading would count,
 * and five of them would make a dead letter of an event that nothing is wrong with.
 */
export async function consumeQueue(options: QueueOptions): Promise<void> {
  const consumer: Consumer = { ...options, timing: { ...defaults, ...options.timing } };
  const { signal } = consumer;
  for (let failures = 0; !signal.aborted;) {
    const messages = await receive(consumer).catch((error: unknown) => {
      failures += 1;
      if (!signal.aborted) say(consumer, 'error', 'queue not read', { failures, reason: reasonOf(error) });
      return undefined;
    });
    if (messages) {
      failures = 0;
      await settle(consumer, messages);
    } else await pause(consumer, failures);
  }
}

async function receive({ sqs, queueUrl, timing, signal }: Consumer): Promise<readonly HeldMessage[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      WaitTimeSeconds: waitSeconds,
      MaxNumberOfMessages: batchSize,
      VisibilityTimeout: Math.ceil(timing.visibility / 1000),
    }),
    { abortSignal: signal },
  );
  return Messages.flatMap(({ MessageId, ReceiptHandle, Body }) =>
    MessageId === undefined || ReceiptHandle === undefined
      ? []
      : [{ id: MessageId, receipt: ReceiptHandle, body: Body ?? '' }],
  );
}

/** Until each of them is accepted or refused, or the signal comes. */
async function settle(consumer: Consumer, messages: readonly HeldMessage[]): Promise<void> {
  const { timing, signal } = consumer;
  const until = Date.now() + timing.longestHold;
  const seconds = Math.ceil(timing.visibility / 1000);
  let left = messages;
  const timer = setInterval(() => void keepMessages(consumer, left, seconds), timing.visibility / 2);
  try {
    for (let tries = 1; left.length > 0; tries += 1) {
      const ends = await Promise.all(left.map((message) => tryOnce(consumer, message)));
      const done = left.filter((_, index) => ends[index] === 'accepted');
      left = left.filter((_, index) => ends[index] === 'outage');
      await removeMessages(consumer, done);
      if (left.length === 0 || signal.aborted || Date.now() > until) break;
      await pause(consumer, tries);
      if (signal.aborted) break;
    }
  } finally {
    clearInterval(timer);
  }
  await keepMessages(consumer, left, 0);
}

type End = 'accepted' | 'refused' | 'outage';

/** What a message says is in no log: it is what people wrote about an incident, or a secret's name. */
async function tryOnce(consumer: Consumer, message: HeldMessage): Promise<End> {
  const { counter, name: source, timing, signal } = consumer;
  const { id, body } = message;
  try {
    const outcome = await beforeEnd(consumer.handle({ id, body }), signal, timing.grace);
    const { kind, result, reason } = outcome;
    counter.increment({ source, result });
    const facts = { id, result, ...(reason === undefined ? {} : { reason }) };
    if (kind === 'refused') say(consumer, 'warn', 'message left to the dead-letter queue', facts);
    else say(consumer, 'info', 'message taken', facts);
    return kind;
  } catch (error) {
    const isOutage = error instanceof StoppedError || consumer.isOutage(error);
    const result = isOutage ? 'unavailable' : 'error';
    counter.increment({ source, result });
    if (isOutage) say(consumer, 'warn', 'message held', { id, result, reason: reasonOf(error) });
    else say(consumer, 'error', 'message left to the dead-letter queue', { id, result, kind: kindOf(error) });
    return isOutage ? 'outage' : 'refused';
  }
}

class StoppedError extends Error {
  override readonly name = 'StoppedError';
}

/** @throws StoppedError when the signal came and the handler goes on */
async function beforeEnd<T>(work: Promise<T>, signal: AbortSignal, graceMs: number): Promise<T> {
  const ended = new AbortController();
  const stopped = (async (): Promise<never> => {
    if (!signal.aborted)
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true, signal: ended.signal });
      });
    await sleepFor(graceMs, undefined, { signal: ended.signal });
    throw new StoppedError('it did not end in time');
  })();
  stopped.catch(() => undefined);
  try {
    return await Promise.race([work, stopped]);
  } finally {
    ended.abort();
  }
}

/** Doubled each time, with jitter: several starters must not come back together. */
async function pause({ timing, signal }: Consumer, failures: number): Promise<void> {
  const [first, longest] = timing.backOff;
  const ms = Math.min(longest, first * 2 ** Math.min(failures - 1, 20)) * (0.75 + Math.random() / 4);
  await sleepFor(ms, undefined, { signal }).catch(() => undefined);
}

function say(
  { log, name: queue }: Consumer,
  level: Parameters<Log>[0],
  message: string,
  fields: Readonly<Record<string, unknown>>,
) {
  log(level, message, { queue, ...fields });
}

/** Of SQS or Temporal, which repeat no body. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 300) : 'no error';
}

function kindOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
