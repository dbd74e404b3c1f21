import { setTimeout as sleep } from 'node:timers/promises';
import { mapBounded } from '../activities/bounded.ts';
import { readOne, readVersions } from '../activities/ledger/read-ledger.ts';
import { createLedgerTable, type LedgerTable } from '../activities/ledger/table-calls.ts';
import { unattended } from '../activities/sts/aws-call.ts';
import { waitUntil } from '../scripts/wait-until.ts';
import { startBare, untilCompleted, type Bare } from './bare.ts';
import { startBenchStack, type BenchStack, type Log } from './bench-stack.ts';
import { toFigure, type Figure } from './figure.ts';
import type { Measured } from './report.ts';
import { fileTickets, openQueue, toEvent, type BenchEvent, type BenchQueue } from './secret-events.ts';

export const secretParts = ['drain', 'steady'] as const;
export type SecretPart = (typeof secretParts)[number];

const tickets = 100;
const latencyMs = 20;
const repeated = 500;
const steadySeconds = 60;
const perSecond = 5;
const longPollMs = 21_000;

interface SecretBench {
  readonly stack: BenchStack;
  readonly queue: BenchQueue;
  readonly table: LedgerTable;
  readonly bare: Bare;
  readonly log: Log;
}

/** `npm run bench -- secrets`: how fast a flood of changes is judged, what it asks of Jira, what repeats do, and how soon one is judged. */
export async function benchSecrets(options: {
  only: readonly SecretPart[];
  events: number;
  log: Log;
}): Promise<Measured> {
  const { only, events, log } = options;
  const secrets = { singleUse: false, graceMinutes: 60, jiraCallsPerSecond: 1_000 };
  const stack = await startBenchStack(log, { halo: 'off', secrets });
  const { endpoints } = stack;
  const settings = {
    region: 'us-east-1',
    endpoint: endpoints.aws,
    credentials: endpoints.awsCredentials.admin.soc,
  };
  const table = createLedgerTable({
    table: endpoints.secretAudit.table,
    settings,
    context: () => unattended,
  });
  const bare = await startBare(stack.temporal, endpoints.temporal);
  const bench: SecretBench = { stack, queue: openQueue(endpoints), table, bare, log };
  try {
    await fileTickets(endpoints, tickets);
    // CloudTrail has whole seconds; and the tickets' own runs end
    await sleep(5_000);
    await stack.controls.jira.latency(latencyMs);
    const figures: Figure[] = [];
    if (only.includes('drain')) figures.push(...(await measureDrain(bench, events)));
    if (only.includes('steady')) figures.push(...(await measureSteady(bench)));
    return { figures, notes };
  } finally {
    await bare.stop();
    await stack.stop();
  }
}

const notes = [
  `${tickets} tickets, each for one secret, approved before; ${latencyMs} ms latency of Jira; DynamoDB, SQS and Jira are stand-ins on the same cores`,
  'drain: all events lie in the queue when the starters begin; the rate is to the last end of a run; bare: a workflow of three activities that do nothing, on the same server, its worker a process of its own, before and after',
  'steady: from the sending of the event to the time of its verdict in the ledger',
];

async function measureDrain(bench: SecretBench, count: number): Promise<Figure[]> {
  const { stack, queue, bare, log } = bench;
  await stack.starters.stop();
  // a poll that the queue still holds would take the first ones and lose them for a minute
  await sleep(longPollMs);
  await bare.rate(200);
  const before = await bare.rate(count);
  log(`bare: ${before.toFixed(1)} a second`);
  const events = Array.from({ length: count }, (_, index) => toEvent(stack.endpoints, index % tickets));
  await queue.send(events);
  const { jira } = stack.controls;
  await jira.post('log', { keep: 100_000 });
  const [{ n: seen = 0 } = {}] = (await jira.requests()).slice(-1);
  await stack.starters.start();
  const began = performance.now();
  await untilCompleted(stack.temporal, 'WorkflowType = "secretChange"', count);
  const seconds = (performance.now() - began) / 1000;
  const asked = (await jira.requests(seen)).filter(({ actor }) => actor === 'jira-bot').length;
  const after = await bare.rate(count);
  const [rate, bareRate] = [count / seconds, (before + after) / 2];
  log(
    `${count} events in ${seconds.toFixed(1)} s, ${rate.toFixed(1)} a second; bare after: ${after.toFixed(1)}`,
  );
  const wrong = await countOthers(bench, events);
  return [
    toFigure(
      `${count} events from the queue, share of a bare workflow’s rate`,
      '%',
      [(100 * rate) / bareRate],
      {
        ...{ of: 'mean', is: '>=', value: 70 },
      },
    ),
    toFigure('  events a second', 'count', [rate]),
    toFigure('  bare workflows a second', 'count', [before, after]),
    toFigure('  events without the verdict authorised', 'count', [wrong], none),
    toFigure(`  calls of Jira for ${tickets} tickets, a minute`, 'count', [asked / Math.ceil(seconds / 60)], {
      ...{ of: 'max', is: '<=', value: tickets },
    }),
    ...(await measureRepeats(bench, events.slice(0, repeated))),
  ];
}

const none = { of: 'max', is: '<=', value: 0 } as const;

async function countOthers({ table }: SecretBench, events: readonly BenchEvent[]): Promise<number> {
  const found = await mapBounded(events, 8, ({ eventId }) => readOne(table, eventId));
  return found.filter((change) => change?.verdict?.verdict !== 'authorised').length;
}

/** Three times more: nothing may come of it. */
async function measureRepeats(bench: SecretBench, events: readonly BenchEvent[]): Promise<Figure[]> {
  const { stack, queue, table } = bench;
  const countRuns = async () => (await stack.temporal.workflow.count('WorkflowType = "secretChange"')).count;
  const before = await countRuns();
  for (let times = 0; times < 3; times += 1) await queue.send(events);
  await waitUntil('the queue to be empty', 300_000, async () => (await queue.empty()) || undefined);
  await sleep(2_000);
  const versions = await mapBounded(events, 8, ({ eventId }) => readVersions(table, eventId));
  return [
    toFigure(
      `${events.length} events thrice more: runs that began`,
      'count',
      [(await countRuns()) - before],
      none,
    ),
    toFigure(
      '  versions that were added',
      'count',
      [versions.filter((all) => all.length !== 1).length],
      none,
    ),
  ];
}

async function measureSteady({ stack, queue, table, log }: SecretBench): Promise<Figure[]> {
  const sent: { readonly eventId: string; readonly atMs: number }[] = [];
  for (let index = 0; index < steadySeconds * perSecond; index += 1) {
    const event = toEvent(stack.endpoints, index % tickets);
    sent.push({ eventId: event.eventId, atMs: Date.now() });
    await Promise.all([queue.send([event]), sleep(1000 / perSecond)]);
  }
  log(`${sent.length} events sent, ${perSecond} a second`);
  const took = await mapBounded(sent, 8, async ({ eventId, atMs }) => {
    const verdict = await waitUntil(
      eventId,
      60_000,
      async () => (await readOne(table, eventId))?.verdict ?? undefined,
    );
    return Date.parse(verdict.decidedAt) - atMs;
  });
  return [
    toFigure(`verdict after the event was sent, at ${perSecond} a second`, 'ms', took, {
      ...{ of: 'p95', is: '<', value: 5_000 },
    }),
  ];
}
