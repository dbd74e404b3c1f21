import { ScheduleOverlapPolicy, type Client, type ScheduleHandle } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '../scripts/wait-until.ts';
import { schedulesOf } from '../starters/schedules.ts';
import { incidentSweepId } from '../workflows/shared/names.ts';
import type { IncidentSweepReport } from '../workflows/sweeps/incident-messages.ts';
import type { BenchStack } from './bench-stack.ts';
import { toFigure, type Figure } from './figure.ts';
import { connection, countCalls, fillUp, untilQuiet, type IncidentBench } from './incident-cases.ts';

const idleCases = 1_000;
const casesPerCall = 25;
const everyMs = 60_000;
/** What changed within a minute before a pass is told by the next one as well; the one after that has nothing to tell. */
const passes = 4;

export const idleNote = `idle: ${passes} passes of the sweep without a change, a minute between two, each as its schedule runs it; the calls of the last one are counted, by the sandboxes`;

interface Pass extends IncidentSweepReport {
  /** Calls to each, until nobody is asked anything any more: also of those whom it told. */
  readonly cases: number;
  readonly jira: number;
}

export async function measureIdle(bench: IncidentBench): Promise<Figure[]> {
  const { open } = await fillUp(bench, idleCases);
  const schedule = await pausedSweep(bench.stack);
  await untilQuiet(bench);
  for (let made = 1; ; made += 1) {
    const pass = await measurePass(bench, schedule);
    if (made === passes) return ofPass(open, pass);
    await sleep(everyMs);
  }
}

async function measurePass(bench: IncidentBench, schedule: ScheduleHandle): Promise<Pass> {
  const before = await countCalls(bench);
  const report = await sweepOnce(bench.stack.temporal, schedule);
  await untilQuiet(bench);
  const after = await countCalls(bench);
  const [cases, jira] = [after.cases - before.cases, after.jira - before.jira];
  bench.log(`sweep of ${report.listed} cases: ${report.told} told, ${cases} calls to AWS, ${jira} to Jira`);
  return { ...report, cases, jira };
}

function ofPass(open: number, { listed, told, cases, jira }: Pass): Figure[] {
  if (listed < open || cases === 0)
    throw new Error('the sweep has not listed every case: nothing was measured');
  const upTo = (value: number) => ({ of: 'max', is: '<=', value }) as const;
  const name = `calls of a sweep to AWS, per ${casesPerCall} of ${open} idle cases`;
  return [
    toFigure(name, 'count', [cases / (open / casesPerCall)], upTo(1)),
    toFigure('  to Jira, in all', 'count', [jira], upTo(1)),
    toFigure('  runs told', 'count', [told], upTo(0)),
  ];
}

/** As `lockkeeper setup` makes it, but it rests: what it does is measured, and not what comes in between. */
async function pausedSweep({ temporal, config }: BenchStack): Promise<ScheduleHandle> {
  const id = incidentSweepId(connection);
  const wanted = schedulesOf(config).find(({ scheduleId }) => scheduleId === id);
  if (!wanted) throw new Error('no sweep in the configuration');
  return temporal.schedule.create({ ...wanted, state: { paused: true } });
}

/** The next pass begins with what the last one left, as the schedule hands it on. */
async function sweepOnce(temporal: Client, schedule: ScheduleHandle): Promise<IncidentSweepReport> {
  const known = (await schedule.describe()).info.numActionsTaken;
  // as the schedule itself does: only a pass that none may overlap is watched, and its result handed on
  await schedule.trigger(ScheduleOverlapPolicy.SKIP);
  const run = await waitUntil('a sweep', 60_000, async () => {
    const { numActionsTaken, recentActions } = (await schedule.describe()).info;
    return numActionsTaken > known ? recentActions.at(-1)?.action.workflow : undefined;
  });
  return temporal.workflow
    .getHandle(run.workflowId, run.firstExecutionRunId)
    .result() as Promise<IncidentSweepReport>;
}
