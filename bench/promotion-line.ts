import { agentPromotionId, promotionQueueId } from '../workflows/shared/names.ts';
import { startBenchStack, type BenchStack, type Log } from './bench-stack.ts';
import { toFigure } from './figure.ts';
import { findLineFaults, type LineEntry } from './line-faults.ts';
import { toTimeline, type ActivitySpan } from './promotion-timeline.ts';
import type { Measured } from './report.ts';

export const maxEvents = 10_000;
/** 200 tickets in 40 minutes. */
const secondsPerTicket = 12;
const productionNames = ['prod-a', 'prod-b', 'prod-c'] as const;

export interface LineOptions {
  readonly tickets: number;
  readonly log: Log;
}

export interface LineResult {
  /** In order of entry. */
  readonly entries: readonly LineEntry[];
  /** What is wrong with the line, in words; empty = in order, none lost, nobody overlapped. */
  readonly faults: readonly string[];
  /** Events of the longest history: of the promotions and of every run of the queue. */
  readonly longestHistory: number;
  /** From the first ticket filed to the last run closed. */
  readonly seconds: number;
}

/** Files all tickets at once on a stack of its own, waits for every run to close and checks the line from the outside. */
export async function runLine({ tickets, log }: LineOptions): Promise<LineResult> {
  const stack = await startBenchStack(log);
  try {
    const versions = Array.from({ length: tickets }, (_, index) => `4.0.${index}`);
    for (const version of versions) await stack.aws.uploadInstaller(version);
    const filedAt = Date.now();
    const filed = await Promise.all(
      versions.map(async (version) => ({ version, ...(await stack.sam.fileRequest(version)) })),
    );
    log(`${tickets} tickets filed in ${Date.now() - filedAt} ms`);
    const inOrder = filed.sort((a, b) => Number(a.id) - Number(b.id));
    const entries: LineEntry[] = [];
    for (const ticket of inOrder) {
      await stack.closed(ticket.id, tickets * secondsPerTicket * 2_000);
      entries.push(await readEntry(stack, ticket));
      if (entries.length % 10 === 0) log(`${entries.length} of ${tickets} closed`);
    }
    const seconds = (Date.now() - filedAt) / 1000;
    const manifests = await Promise.all(productionNames.map((name) => stack.aws.readManifest(name)));
    const published = manifests.map((manifest) => manifest?.history.map(({ version }) => version) ?? []);
    const longestHistory = Math.max(...entries.map(({ events }) => events), ...(await queueLengths(stack)));
    return { entries, faults: findLineFaults(entries, published), longestHistory, seconds };
  } finally {
    await stack.stop();
  }
}

async function readEntry(
  { temporal, sam }: BenchStack,
  { id, key, version }: { id: string; key: string; version: string },
): Promise<LineEntry> {
  const history = await temporal.workflow.getHandle(agentPromotionId('main', id)).fetchHistory();
  const { turn, events, activities } = toTimeline(history);
  const { status } = await sam.read(key);
  return { key, version, status, events, ...turn, steps: toSteps(activities) };
}

/** Milliseconds of the longest steps under the turn. */
function toSteps(activities: readonly ActivitySpan[]): LineEntry['steps'] {
  const find = (type: string) => activities.filter((span) => span.type === type);
  const pipelineBegan = find('ensurePipeline')[0]?.completed ?? 0;
  const pipelineRead = find('readPipeline').at(-1)?.completed ?? 0;
  const instanceBegan = find('launchTestInstance')[0]?.completed ?? 0;
  const instanceEnded = find('awaitTestResult')[0]?.completed ?? 0;
  const ofPublishing = activities.filter(({ type }) => type.startsWith('publish'));
  const publishing = ofPublishing.reduce((sum, span) => sum + span.completed - span.scheduled, 0);
  return { pipeline: pipelineRead - pipelineBegan, instance: instanceEnded - instanceBegan, publishing };
}

/** The queue continues as new: each of its runs has a history of its own. */
async function queueLengths({ temporal }: BenchStack): Promise<number[]> {
  const lengths: number[] = [];
  for await (const { runId } of temporal.workflow.list({ query: `WorkflowId = '${promotionQueueId}'` }))
    lengths.push((await temporal.workflow.getHandle(promotionQueueId, runId).describe()).historyLength);
  return lengths;
}

export async function benchPromotionLine(options: LineOptions): Promise<Measured> {
  const { entries, faults, longestHistory, seconds } = await runLine(options);
  const holds = entries.map(({ granted, released }) => (released - granted) / 1000);
  const gaps = entries.slice(1).map(({ granted }, index) => granted - (entries[index]?.released ?? granted));
  const step = (name: keyof LineEntry['steps']) => entries.map(({ steps }) => steps[name] / 1000);
  const limitMinutes = (options.tickets * secondsPerTicket) / 60;
  return {
    figures: [
      toFigure(`${options.tickets} tickets in line`, 'min', [seconds / 60], {
        of: 'max',
        is: '<',
        value: limitMinutes,
      }),
      toFigure('lost, out of order, overlapping', 'count', [faults.length], {
        of: 'max',
        is: '<=',
        value: 0,
      }),
      toFigure('longest history', 'events', [longestHistory], { of: 'max', is: '<=', value: maxEvents }),
      toFigure('  a turn, granted → released', 's', holds),
      toFigure('    of it: pipeline', 's', step('pipeline')),
      toFigure('    of it: instance', 's', step('instance')),
      toFigure('    of it: three accounts written', 's', step('publishing')),
      toFigure('  released → next granted', 'ms', gaps),
    ],
    notes: faults.slice(0, 20),
  };
}
