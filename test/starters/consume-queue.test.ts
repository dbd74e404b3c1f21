import assert from 'node:assert/strict';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { ServiceError } from '@temporalio/client';
import { createJsonLog } from '../../starters/log.ts';
import { createMetrics } from '../../starters/metrics.ts';
import { consumeQueue, type QueueOptions, type QueueOutcome } from '../../starters/queues/consume-queue.ts';
import { isTemporalOutage } from '../../starters/queues/temporal-outage.ts';

const accepted: QueueOutcome = { kind: 'accepted', result: 'told' };
const refused: QueueOutcome = { kind: 'refused', result: 'malformed', reason: 'no JSON' };
const outage = Object.assign(new Error('UNAVAILABLE'), { code: 14 });

/** SQS as far as a consumer knows it; a long poll without messages waits for the end. */
function createQueue(batches: readonly (readonly string[] | Error)[]) {
  const left = [...batches];
  const deleted: string[] = [];
  const kept: (readonly [receipt: string | undefined, seconds: number | undefined])[] = [];
  const polls: ReceiveMessageCommand['input'][] = [];
  async function send(command: unknown, { abortSignal }: { abortSignal: AbortSignal }) {
    if (command instanceof DeleteMessageCommand) deleted.push(command.input.ReceiptHandle ?? '');
    if (command instanceof ChangeMessageVisibilityCommand)
      kept.push([command.input.ReceiptHandle, command.input.VisibilityTimeout]);
    if (!(command instanceof ReceiveMessageCommand)) return {};
    polls.push(command.input);
    const next = left.shift();
    if (next instanceof Error) throw next;
    if (next)
      return {
        Messages: next.map((Body) => ({ MessageId: `id-${Body}`, ReceiptHandle: `r-${Body}`, Body })),
      };
    return new Promise((_, reject) => {
      const end = () => reject(new DOMException('aborted', 'AbortError'));
      if (abortSignal.aborted) end();
      else abortSignal.addEventListener('abort', end, { once: true });
    });
  }
  return { sqs: { send } as unknown as Pick<SQSClient, 'send'>, deleted, kept, polls };
}

/** Runs until `until` is true of what was done. */
async function run(
  batches: readonly (readonly string[] | Error)[],
  handle: QueueOptions['handle'],
  until: (queue: ReturnType<typeof createQueue>) => boolean,
  timing: QueueOptions['timing'] = {},
) {
  const queue = createQueue(batches);
  const ending = new AbortController();
  const lines: string[] = [];
  const metrics = createMetrics();
  const counter = metrics.counter('lockkeeper_webhooks_total', 'Messages.');
  const running = consumeQueue({
    ...{ sqs: queue.sqs, queueUrl: 'https://sqs/q', name: 'q', handle, counter, signal: ending.signal },
    isOutage: (error) => error === outage,
    log: createJsonLog((line) => lines.push(line)),
    timing: { backOff: [1, 2], grace: 5, ...timing },
  });
  while (!until(queue)) await new Promise((resolve) => setImmediate(resolve));
  const stoppedAt = performance.now();
  ending.abort();
  await running;
  return { ...queue, log: lines.join(''), metrics: metrics.render(), tookMs: performance.now() - stoppedAt };
}

describe('the consumer of a queue', () => {
  it('polls long, for ten, and deletes what its handler accepted', async () => {
    const { polls, deleted, metrics } = await run(
      [['a', 'b']],
      async () => accepted,
      (queue) => queue.polls.length > 1,
    );
    assert.partialDeepStrictEqual(polls[0], {
      ...{ QueueUrl: 'https://sqs/q', WaitTimeSeconds: 20, MaxNumberOfMessages: 10, VisibilityTimeout: 60 },
    });
    assert.deepEqual(deleted, ['r-a', 'r-b']);
    assert.match(metrics, /\{source="q",result="told"\} 2/);
  });

  it('leaves a malformed message to the dead letters, without its body in the log, and goes on', async () => {
    const handle = async ({ body }: { body: string }) => (body === 'canary' ? refused : accepted);
    const { deleted, kept, log, metrics } = await run(
      [['canary', 'b'], ['c']],
      handle,
      ({ polls }) => polls.length > 2,
    );
    assert.deepEqual(deleted, ['r-b', 'r-c']);
    assert.deepEqual(kept, []);
    assert.match(log, /dead-letter queue.*no JSON/);
    assert.doesNotMatch(log.replaceAll('id-canary', ''), /canary/);
    assert.match(metrics, /result="malformed"\} 1/);
  });

  it('leaves one whose handler has a bug likewise', async () => {
    const bug = async ({ body }: { body: string }) => {
      if (body === 'a') throw new TypeError(`cannot read ${body}-canary`);
      return accepted;
    };
    const { deleted, log } = await run([['a', 'b']], bug, ({ polls }) => polls.length > 1);
    assert.deepEqual(deleted, ['r-b']);
    assert.match(log, /TypeError/);
    assert.doesNotMatch(log, /canary/);
  });

  it('holds messages through an outage: no reading more, no reading again', async () => {
    let tries = 0;
    const handle = async () => {
      tries += 1;
      if (tries <= 6) throw outage;
      return accepted;
    };
    const { deleted, polls, kept } = await run(
      [['a', 'b'], ['c']],
      handle,
      ({ deleted: done }) => done.length === 3,
    );
    assert.deepEqual(deleted, ['r-a', 'r-b', 'r-c']);
    assert.equal(polls.length, 3);
    assert.deepEqual(kept, []);
  });

  it('extends what it holds for long', async () => {
    let release: (() => void) | undefined;
    const handle = () => new Promise<QueueOutcome>((resolve) => (release = () => resolve(accepted)));
    const { kept, deleted } = await run(
      [['a']],
      handle,
      (queue) => {
        if (queue.kept.length > 1) release?.();
        return queue.deleted.length === 1;
      },
      { visibility: 20 },
    );
    assert.deepEqual(kept[0], ['r-a', 1]);
    assert.deepEqual(deleted, ['r-a']);
  });

  it('gives back what it holds when it ends, at once, and deletes what was accepted', async () => {
    const handle = async ({ body }: { body: string }) => {
      if (body === 'a') throw outage;
      return accepted;
    };
    const { deleted, kept, tookMs } = await run([['a', 'b']], handle, (queue) => queue.deleted.length === 1, {
      backOff: [60_000, 60_000],
    });
    assert.deepEqual([deleted, kept], [['r-b'], [['r-a', 0]]]);
    assert.ok(tookMs < 2_000, `${tookMs} ms`);
  });

  it('does not wait for a handler that hangs', async () => {
    let began = false;
    const handle = () => {
      began = true;
      return new Promise<QueueOutcome>(() => undefined);
    };
    const { kept, tookMs } = await run([['a']], handle, () => began);
    assert.deepEqual(kept, [['r-a', 0]]);
    assert.ok(tookMs < 2_000);
  });

  it('backs off while SQS is down, and says so', async () => {
    const down = new Error('getaddrinfo ENOTFOUND');
    const { deleted, log } = await run(
      [down, down, ['a']],
      async () => accepted,
      (queue) => queue.deleted.length === 1,
    );
    assert.deepEqual(deleted, ['r-a']);
    assert.match(log, /queue not read.*"failures":2/);
  });
});

describe('an outage of Temporal', () => {
  const grpc = (code: number) => Object.assign(new Error('x'), { code, details: '', metadata: {} });
  for (const [what, error, is] of [
    ['it does not answer', grpc(14), true],
    ['a deadline', grpc(4), true],
    ['a wrapped one', new ServiceError('Failed to start', { cause: grpc(8) }), true],
    ['a wrong argument', grpc(3), false],
    ['a bug', new TypeError('x'), false],
    ['nothing', undefined, false],
  ] as const)
    it(`${what}: ${is}`, () => assert.equal(isTemporalOutage(error), is));
});
