import { setTimeout as sleep } from 'node:timers/promises';
import { clickAll, type Click } from './approval-clicks.ts';
import { cpuMs, sampleResidentMb } from './approval-process.ts';
import { askAll, historyLengths, openReviews, requireOpen, type OpenReview } from './approval-reviews.ts';
import { startBenchStack, type BenchStack, type Log } from './bench-stack.ts';
import { toFigure, type Figure } from './figure.ts';
import type { Measured } from './report.ts';

export const fewestOpen = 30;
const clicks = 30;
const samples = 10;
const settleMs = 20_000;
const quietMs = 60_000;
const mostClickMs = 1_500;
const mostGrowthMb = 250;

export interface ApprovalOptions {
  /** Approvals that are open at once. */
  readonly open: number;
  readonly log: Log;
}

/** The figures of approvals, on a stack of its own: how fast a click shows, and what open ones cost. */
export async function benchApproval({ open, log }: ApprovalOptions): Promise<Measured> {
  const stack = await startBenchStack(log);
  try {
    // the first worker after a change of the workflows bundles them, and keeps that memory
    await crash(stack);
    const idle = await measureMemory(stack);
    log(`the idle worker has ${toMb(idle)} MB`);
    const few = await clickAll(stack, await openReviews(stack, 'first', clicks));
    log(`${clicks} clicks; opening ${open} approvals`);
    const reviews = await openReviews(stack, 'open', open);
    await requireOpen(stack, open);
    const opened = await measureMemory(stack);
    log(`${open} are open: ${toMb(opened)} MB; a minute of quiet`);
    const quiet = await measureQuiet(stack, reviews);
    await crash(stack);
    const restarted = await measureMemory(stack);
    await askAll(stack, reviews);
    await requireOpen(stack, open);
    const asked = await measureMemory(stack);
    log(`restarted: ${toMb(restarted)} MB, all of them asked: ${toMb(asked)} MB; ${clicks} clicks`);
    await crash(stack);
    const many = await clickAll(stack, reviews.slice(0, clicks));
    return {
      figures: [
        ...toClickFigures('click → message updated', few),
        ...toClickFigures(`  the same, ${open} open and the worker restarted`, many),
        ...toMemoryFigures(open, { idle, opened, restarted, asked }),
        ...quiet,
      ],
      notes,
    };
  } finally {
    await stack.stop();
  }
}

/** SIGKILL: nothing is in memory any more. */
async function crash({ worker }: BenchStack): Promise<void> {
  await worker.kill();
  await worker.start();
}

async function measureMemory({ worker }: BenchStack): Promise<number[]> {
  await sleep(settleMs);
  return sampleResidentMb(requirePid(worker), samples);
}

function requirePid({ pid }: BenchStack['worker']): number {
  if (pid === undefined) throw new Error('the worker does not run');
  return pid;
}

/** What goes on while nobody does anything. */
async function measureQuiet(stack: BenchStack, reviews: readonly OpenReview[]): Promise<Figure[]> {
  const { controls, worker } = stack;
  const fronts = [controls.slack, controls.jira, controls.gitlab];
  const before = await historyLengths(stack, reviews);
  const last = await Promise.all(fronts.map(async ({ requests }) => (await requests()).length));
  const cpuBefore = cpuMs(requirePid(worker));
  await sleep(quietMs);
  const cpu = cpuMs(requirePid(worker)) - cpuBefore;
  const calls = await Promise.all(fronts.map(async ({ requests }, at) => (await requests(last[at])).length));
  const after = await historyLengths(stack, reviews);
  const grown = after.map((length, at) => length - (before[at] ?? 0));
  const none = { of: 'max', is: '<=', value: 0 } as const;
  return [
    toFigure('calls of Slack, Jira, GitLab in a quiet minute', 'count', calls, none),
    toFigure('history of each, growth in that minute', 'events', grown, none),
    toFigure('  history of each', 'events', after),
    toFigure('  CPU of the worker in that minute', 'ms', [cpu]),
  ];
}

function toClickFigures(name: string, all: readonly Click[]): Figure[] {
  const row = (of: keyof Click) => all.map((click) => click[of]);
  return [
    toFigure(name, 'ms', row('updated'), { of: 'p95', is: '<', value: mostClickMs }),
    toFigure('    click → answered by the app', 'ms', row('acknowledged')),
    toFigure('    click → last change of the message', 'ms', row('settled')),
  ];
}

function toMemoryFigures(
  open: number,
  { idle, opened, restarted, asked }: Readonly<Record<'idle' | 'opened' | 'restarted' | 'asked', number[]>>,
): Figure[] {
  const base = toFigure('', 'MB', idle).p50;
  const growth = (name: string, found: readonly number[]) =>
    toFigure(
      name,
      'MB',
      found.map((mb) => mb - base),
      { of: 'max', is: '<', value: mostGrowthMb },
    );
  return [
    growth(`${open} open: growth of the worker over idle`, opened),
    growth('  the same, killed and restarted', restarted),
    growth('  the same, then every run asked', asked),
    toFigure('  worker: idle', 'MB', idle),
    toFigure(`  worker: ${open} open`, 'MB', opened),
    toFigure('  worker: killed and restarted', 'MB', restarted),
    toFigure('  worker: then every run asked', 'MB', asked),
  ];
}

function toMb(found: readonly number[]): string {
  return toFigure('', 'MB', found).p50.toFixed(0);
}

const notes = [
  'click: from the person’s click to the answer to chat.update, by the log of Slack’s stand-in; what is shown is checked in the message itself. Clicks come no faster than Slack’s own limit on updates, whose wait is not measured.',
  'open: reviews of break-glass decisions, real workflows with a message and buttons each, opened as fast as Slack’s limit on posting allows (three channels).',
  `memory: VmRSS of the worker with all its queues, ${samples} samples a second apart after ${settleMs / 1000} s of quiet.`,
];
