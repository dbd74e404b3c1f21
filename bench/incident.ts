import { setTimeout as sleep } from 'node:timers/promises';
import { casePerson, type CasePerson } from '../sandbox/drive/case-person.ts';
import { issuePerson, type IssuePerson } from '../sandbox/drive/issue-person.ts';
import { waitUntil } from '../scripts/wait-until.ts';
import { incident } from '../workflows/incident-sync/messages.ts';
import { incidentSweepId, incidentSyncId, workflowTypes } from '../workflows/shared/names.ts';
import { residentMb } from './approval-process.ts';
import { startBenchStack, type BenchStack, type Log } from './bench-stack.ts';
import { toFigure, type Figure } from './figure.ts';
import type { Measured } from './report.ts';

const latencyMs = 50;
const rounds = 30;
/** Of each direction, p95. */
const slowestMs = 3_000;
const idleCases = 1_000;
const stormCases = 500;
const stormSeconds = 10;
const mostMb = 400;
const connection = 'aws-main';

/**
 * `npm run bench -- incident`: how fast a change travels, what idle cases cost, what a storm of 429 does, and what open cases weigh.
 * @param options.open entities that are open in the end
 */
export async function benchIncident({ open, log }: { open: number; log: Log }): Promise<Measured> {
  const stack = await startBenchStack(log, {
    halo: 'off',
    incidents: { jiraCallsPerSecond: 1_000, caseCallsPerSecond: 1_000, channels: [] },
  });
  const aws = casePerson(stack.endpoints);
  const sofia = issuePerson(stack.endpoints, 'sofia');
  try {
    // what was asked is counted, not kept
    await Promise.all([aws.keepLog(0), stack.controls.jira.post('log', { keep: 0 })]);
    const travel = await measureTravel(stack, aws, sofia, log);
    const storm = await measureStorm(stack, aws, log);
    const idle = await measureIdle(stack, aws, log);
    const weight = await measureWeight(stack, aws, { open, log });
    return {
      figures: [...travel, ...storm, ...idle, ...weight],
      notes: [
        `each answer of Jira and of Security Incident Response ${latencyMs} ms late while changes travel; events by EventBridge and SQS of the emulator`,
        `a change has travelled when the other side has it, looked at every 20 ms`,
        `storm: every call to Jira answers 429 for ${stormSeconds} s, with a Retry-After; calls inside it are counted by the sandbox`,
        'memory: the one worker of all queues, maxCachedWorkflows as shipped',
      ],
    };
  } finally {
    await stack.stop();
  }
}

async function measureTravel(
  stack: BenchStack,
  aws: CasePerson,
  sofia: IssuePerson,
  log: Log,
): Promise<Figure[]> {
  const { caseId } = await aws.create({ title: 'Travel', description: 'x', resolverType: 'Self' });
  const key = await issueOf(stack, caseId);
  await setLatency(stack, aws, latencyMs);
  const [toIssue, toCase]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const title = `Case ${round}`;
    toIssue.push(
      await timed(
        () => aws.update(caseId, { title }),
        async () => (await sofia.read(key)).summary === title,
      ),
    );
    const summary = `Issue ${round}`;
    toCase.push(
      await timed(
        () => sofia.edit(key, { summary }),
        async () => (await aws.read(caseId)).title === summary,
      ),
    );
  }
  await setLatency(stack, aws, 0);
  log(`${rounds} changes each way`);
  const limit = { of: 'p95', is: '<', value: slowestMs } as const;
  return [
    toFigure('a change of a case → Jira', 'ms', toIssue, limit),
    toFigure('a change in Jira → case', 'ms', toCase, limit),
  ];
}

/** @returns ms until the other side has it */
async function timed(act: () => Promise<unknown>, arrived: () => Promise<boolean>): Promise<number> {
  await act();
  const began = performance.now();
  while (!(await arrived())) {
    if (performance.now() - began > 60_000) throw new Error('a change did not travel within a minute');
    await sleep(20);
  }
  return performance.now() - began;
}

async function measureStorm(stack: BenchStack, aws: CasePerson, log: Log): Promise<Figure[]> {
  const { ids } = await aws.seed({ cases: stormCases, seed: 1 });
  await sweep(stack);
  await untilLinked(stack, ids.length + 1);
  const { jira } = stack.controls;
  const retryAfter = String(stormSeconds);
  await jira.addFault({
    ...{
      match: { path: '/rest/api/3/' },
      mode: 'status',
      status: 429,
      headers: { 'retry-after': retryAfter },
    },
  });
  const stormed = Date.now();
  for (const id of ids) {
    await aws.comment(id, 'one');
    await aws.comment(id, 'two');
  }
  await sleep(Math.max(0, stormSeconds * 1000 - (Date.now() - stormed)));
  const during = (await jira.calls()).total;
  await jira.clearFaults();
  const began = performance.now();
  const wanted = ids.length * 2;
  await waitUntil(`${wanted} comments`, 600_000, async () => {
    await sleep(500);
    const counts = await Promise.all(
      [ids.at(0), ids.at(-1)].map(async (id) => (await viewOf(stack, id ?? '')).comments),
    );
    if (counts.some((count) => count < 2)) return undefined;
    return (await countCopied(stack, ids)) === wanted ? true : undefined;
  });
  const seconds = (performance.now() - began) / 1000;
  log(`${wanted} comments of ${ids.length} cases arrived ${seconds.toFixed(0)} s after the storm`);
  return [
    toFigure(`comments of ${ids.length} cases after a storm of 429, arrived`, 'count', [wanted], {
      ...{ of: 'min', is: '>=', value: wanted },
    }),
    toFigure('  seconds after the storm', 's', [seconds]),
    toFigure('  calls to Jira since the start when the storm ended', 'count', [during]),
  ];
}

async function countCopied(stack: BenchStack, ids: readonly string[]): Promise<number> {
  let count = 0;
  for (const id of ids) count += (await viewOf(stack, id)).comments;
  return count;
}

async function measureIdle(stack: BenchStack, aws: CasePerson, log: Log): Promise<Figure[]> {
  const { open } = await aws.summary();
  if (open < idleCases) {
    const { ids } = await aws.seed({ cases: idleCases - open, seed: 2 });
    await sweep(stack);
    await untilLinked(stack, open + ids.length);
  }
  // whatever is on its way arrives
  await sleep(15_000);
  const { open: now } = await aws.summary();
  const before = await callsOf(stack, aws);
  await sweep(stack);
  const calls = (await callsOf(stack, aws)) - before;
  log(`a sweep over ${now} idle cases: ${calls} calls`);
  return [
    toFigure(`calls of a sweep per 25 of ${now} idle cases`, 'count', [calls / Math.ceil(now / 25)], {
      ...{ of: 'max', is: '<=', value: 1.1 },
    }),
  ];
}

async function callsOf(stack: BenchStack, aws: CasePerson): Promise<number> {
  return (await aws.calls()).total + (await stack.controls.jira.calls()).total;
}

async function measureWeight(
  stack: BenchStack,
  aws: CasePerson,
  { open, log }: { open: number; log: Log },
): Promise<Figure[]> {
  const there = (await aws.summary()).open;
  if (open > there) {
    await aws.seed({ cases: open - there, seed: 3 });
    await sweep(stack);
    await untilLinked(stack, open);
  }
  const mb = residentMb(stack.worker.pid ?? 0);
  log(`${open} open incidents: ${mb.toFixed(0)} MB`);
  return [
    toFigure(`worker memory at ${open} open incidents`, 'MB', [mb], { of: 'max', is: '<', value: mostMb }),
  ];
}

async function sweep({ temporal }: BenchStack): Promise<void> {
  const schedule = temporal.schedule.getHandle(incidentSweepId(connection));
  const { info } = await schedule.describe();
  const before = info.numActionsTaken;
  await schedule.trigger();
  await waitUntil('a sweep', 120_000, async () => {
    const { info: now } = await schedule.describe();
    return now.numActionsTaken > before && now.runningActions.length === 0 ? true : undefined;
  });
}

/** Runs that wait for nothing but the next event. */
async function untilLinked({ temporal }: BenchStack, wanted: number): Promise<void> {
  const query = `WorkflowType = "${workflowTypes.incidentSync}" AND ExecutionStatus = "Running" AND LkTicket IS NOT NULL`;
  await waitUntil(`${wanted} linked cases`, 1_800_000, async () => {
    await sleep(500);
    const { count } = await temporal.workflow.count(query);
    return count >= wanted ? true : undefined;
  });
}

async function issueOf(stack: BenchStack, caseId: string): Promise<string> {
  return waitUntil(`the issue of ${caseId}`, 60_000, async () => {
    const view = await viewOf(stack, caseId).catch(() => undefined);
    return view?.issueKey ?? undefined;
  });
}

function viewOf({ temporal }: BenchStack, caseId: string) {
  return temporal.workflow.getHandle(incidentSyncId(connection, caseId)).query(incident);
}

async function setLatency(stack: BenchStack, aws: CasePerson, ms: number): Promise<void> {
  await Promise.all([aws.latency(ms), stack.controls.jira.latency(ms)]);
}
