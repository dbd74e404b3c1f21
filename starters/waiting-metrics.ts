import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { finalFailures, retriedFailures } from '../workflows/shared/failures.ts';
import { searchAttributeNames, workflowTypes } from '../workflows/shared/names.ts';
import { attributes } from '../workflows/shared/search-attributes.ts';
import { groupsOfCode, inboxQuery } from './decisions/inbox.ts';
import type { Log } from './log.ts';
import type { Labels, Metrics, Sample } from './metrics.ts';

export interface WaitingMetricsOptions {
  readonly metrics: Metrics;
  readonly client: Pick<Client, 'workflow' | 'withDeadline'>;
  /** Names of the configuration: any other is counted as `other`, so that nobody can make labels up. */
  readonly groups: readonly string[];
  /** Milliseconds. */
  readonly now: () => number;
  readonly log: Log;
  /** Of all queries together. Default 2,000: well within the ten seconds after which Prometheus gives a scrape up. */
  readonly timeoutMs?: number;
}

export interface WaitingMetrics {
  /** Sets the gauges from what Temporal says, at most every 15 seconds; never rejects. */
  refresh(): Promise<void>;
}

interface Counts {
  readonly waiting: readonly Sample[];
  readonly held: readonly Sample[];
  readonly parked: readonly Sample[];
  readonly overdue: readonly Sample[];
}

type Run = Pick<WorkflowExecutionInfo, 'startTime' | 'typedSearchAttributes'>;

const freshForMs = 15_000;
/** One page: beyond it a gauge says "at least". */
const mostRuns = 1_000;
const other = 'other';
const hourMs = 3_600_000;
const ages = [
  { age: '0-1h', belowMs: hourMs },
  { age: '1-8h', belowMs: 8 * hourMs },
  { age: '8-24h', belowMs: 24 * hourMs },
  { age: '1-7d', belowMs: 7 * 24 * hourMs },
  { age: 'over-7d', belowMs: Infinity },
] as const;
/** Processes that a freeze holds: the line itself, and a promotion before its next wave. */
const heldProcesses = ['agent-promotion', 'promotion-queue', other];
/** As workflows name them when they call. */
const systems = ['jira', 'gitlab', 'slack', 'halo', 'case', 'aws', 'health', 'temporal', 'decisions'];
const troubles = ['Unavailable', 'Unknown', 'CredentialRejected'];

const { phase, waitingOn } = searchAttributeNames;
const running = 'ExecutionStatus = "Running"';
/** The run of a case goes on while a step of it is parked, for whatever reason, or its status is one that nobody mapped. */
const incidentCodes = [
  ...[...finalFailures, ...retriedFailures].map((type) => ({ system: 'incident', type })),
  { system: 'status', type: 'unmapped' },
];
/** Findings that could not be written, or that no route takes; the others of their source go on. */
const findingCodes = [{ system: 'finding', type: 'Parked' }];
const parkedCodes = [
  ...systems.flatMap((system) => troubles.map((type) => ({ system, type }))),
  ...incidentCodes,
  ...findingCodes,
];
const queries = {
  held: `${running} AND ${waitingOn} = "freeze"`,
  parked: `${running} AND ${waitingOn} IN (${parkedCodes.map(({ system, type }) => `"${system}:${type}"`).join(', ')})`,
  overdue: `${running} AND WorkflowType = "${workflowTypes.overrideReview}" AND ${phase} = "overdue"`,
};

/** How many runs wait, and for what, from Temporal's visibility alone: it works while no worker runs. */
export function createWaitingMetrics(options: WaitingMetricsOptions): WaitingMetrics {
  const { metrics, now, log } = options;
  const gauges = {
    waiting: metrics.gauge(
      'lockkeeper_waiting_runs',
      `Runs that wait for people, by group and by time since the run started (when it began to wait is not recorded). A run that waits for two groups counts for each. Of the first ${mostRuns} runs.`,
    ),
    held: metrics.gauge(
      'lockkeeper_held_runs',
      'Runs that a freeze holds, by process. promotion-queue: nobody in line gets the turn.',
    ),
    parked: metrics.gauge(
      'lockkeeper_parked_runs',
      'Runs that wait for a system, by system and failure type. Unavailable ends by itself; the others need a person.',
    ),
    overdue: metrics.gauge(
      'lockkeeper_overdue_reviews',
      'Reviews of break-glass decisions that are past their deadline.',
    ),
  };
  const up = metrics.gauge(
    'lockkeeper_temporal_up',
    'Whether Temporal answered the last look. 0: the gauges of runs are left out.',
  );
  let last: { readonly atMs: number; readonly done: Promise<void> } | undefined;

  async function look() {
    const counts = await readCounts(options).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      log('warn', 'waiting runs not counted', { reason });
      return undefined;
    });
    up.set([{ labels: {}, value: counts ? 1 : 0 }]);
    for (const name of ['waiting', 'held', 'parked', 'overdue'] as const) gauges[name].set(counts?.[name]);
  }

  return {
    refresh() {
      // an outage is kept as long as an answer: scrapes must not add to it
      if (!last || Math.abs(now() - last.atMs) >= freshForMs) last = { atMs: now(), done: look() };
      return last.done;
    },
  };
}

/** Reads only, at most one page each, not repeated: the next look is the retry. */
function readCounts({ client, groups, now, timeoutMs = 2_000 }: WaitingMetricsOptions): Promise<Counts> {
  const known = [...groups, other];
  const nowMs = now();
  const codeOf = (run: Run) => run.typedSearchAttributes.get(attributes.waitingOn) ?? '';
  const reads = client.withDeadline(Date.now() + timeoutMs, async () => {
    const [waiting, held, parked, overdue] = await Promise.all([
      tally(
        list(client, inboxQuery),
        known.flatMap((group) => ages.map(({ age }) => ({ group, age }))),
        (run) => toGroups(codeOf(run), known).map((group) => ({ group, age: toAge(run.startTime, nowMs) })),
      ),
      tally(
        list(client, queries.held),
        heldProcesses.map((process) => ({ process })),
        (run) => [{ process: oneOf(heldProcesses, run.typedSearchAttributes.get(attributes.process)) }],
      ),
      tally(list(client, queries.parked), parkedCodes, (run) => {
        const [system = '', type = ''] = codeOf(run).split(':');
        return [{ system, type }];
      }),
      client.workflow.count(queries.overdue),
    ]);
    return { waiting, held, parked, overdue: [{ labels: {}, value: overdue.count }] };
  });
  return within(timeoutMs, reads);
}

async function* list(client: Pick<Client, 'workflow'>, query: string): AsyncIterable<Run> {
  let left = mostRuns;
  for await (const run of client.workflow.list({ query, pageSize: mostRuns })) {
    yield run;
    left -= 1;
    if (left === 0) break;
  }
}

/** @param known every label set there is: one that counts nothing is 0, and no other comes into being */
async function tally<L extends Labels>(
  runs: AsyncIterable<Run>,
  known: readonly L[],
  labelsOf: (run: Run) => readonly L[],
): Promise<Sample[]> {
  const keyOf = (labels: L) => JSON.stringify(Object.values(labels));
  const counts = new Map(known.map((labels) => [keyOf(labels), { labels, value: 0 }]));
  for await (const run of runs)
    for (const labels of labelsOf(run)) {
      const count = counts.get(keyOf(labels));
      if (count) count.value += 1;
    }
  return [...counts.values()];
}

/** Each once; a run whose code names nobody still waits for somebody. */
function toGroups(code: string, known: readonly string[]): string[] {
  const named = groupsOfCode(code).map((group) => oneOf(known, group));
  return named.length === 0 ? [other] : [...new Set(named)];
}

function toAge(startTime: Date, nowMs: number): string {
  const ageMs = nowMs - startTime.getTime();
  return ages.find(({ belowMs }) => ageMs < belowMs)?.age ?? 'over-7d';
}

function oneOf(known: readonly string[], value: string | undefined): string {
  return value !== undefined && known.includes(value) ? value : other;
}

/** The deadline of a call does not bound the pauses between its repetitions. */
async function within<T>(timeoutMs: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Temporal did not answer in ${timeoutMs} ms`)), timeoutMs);
  });
  return Promise.race([answer, tooLate]).finally(() => clearTimeout(timer));
}
