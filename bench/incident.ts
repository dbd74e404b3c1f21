import { setTimeout as sleep } from 'node:timers/promises';
import { casePerson, type CasePerson } from '../sandbox/drive/case-person.ts';
import { issuePerson, type IssuePerson } from '../sandbox/drive/issue-person.ts';
import type { OwnProcess } from '../sandbox/stack/process.ts';
import { waitUntil } from '../scripts/wait-until.ts';
import { schedulesOf } from '../starters/schedules.ts';
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
/** As docker-compose.temporal.yml starts them. */
const nodeArgs = ['--max-semi-space-size=2', '--max-old-space-size=192'];

const linked = `WorkflowType = "${workflowTypes.incidentSync}" AND ExecutionStatus = "Running" AND LkTicket IS NOT NULL`;

type Workers = Readonly<Record<'workflows' | 'aws-incident', OwnProcess>>;

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
  const workers = await stack.splitQueues({ workflows: nodeArgs, 'aws-incident': nodeArgs });
  try {
    // what was asked is counted, not kept
    await Promise.all([aws.keepLog(0), stack.controls.jira.post('log', { keep: 0 })]);
    const travel = await measureTravel(stack, aws, sofia, log);
    const storm = await measureStorm(stack, aws, sofia, log);
    const idle = await measureIdle(stack, aws, log);
    const weight = await measureWeight(stack, aws, { open, log, workers });
    return {
      figures: [...travel, ...storm, ...idle, ...weight],
      notes: [
        `each answer of Jira and of Security Incident Response ${latencyMs} ms late while changes travel; events by EventBridge and SQS of the emulator`,
        `a change has travelled when the other side has it, looked at every 20 ms`,
        `storm: every call to Jira answers 429 for ${stormSeconds} s, with a Retry-After; calls inside it are counted by the sandbox`,
        'memory: a worker for the runs and one for the queue of the vendors, started as by docker-compose.temporal.yml',
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

async function measureStorm(
  stack: BenchStack,
  aws: CasePerson,
  sofia: IssuePerson,
  log: Log,
): Promise<Figure[]> {
  const before = new Set(await linkedKeys(stack));
  const { ids } = await aws.seed({ cases: stormCases, seed: 1 });
  await backfill(stack);
  await untilLinked(stack, ids.length + 1);
  const keys = (await linkedKeys(stack)).filter((key) => !before.has(key));
  await untilQuiet(stack, aws);
  const { jira } = stack.controls;
  await jira.post('log', { keep: 20_000 });
  const since = (await jira.requests()).at(-1)?.n ?? 0;
  const headers = { 'retry-after': String(stormSeconds) };
  await jira.addFault({ match: { path: '/rest/api/3/' }, mode: 'status', status: 429, headers });
  const stormed = Date.now();
  for (const id of ids) {
    await aws.comment(id, 'one');
    await aws.comment(id, 'two');
  }
  await sleep(Math.max(0, stormSeconds * 1000 - (Date.now() - stormed)));
  await jira.clearFaults();
  const began = performance.now();
  const wanted = ids.length * 2;
  const copies = await untilCopied(sofia, keys, log);
  const seconds = (performance.now() - began) / 1000;
  const requests = await jira.requests(since);
  await jira.post('log', { keep: 0 });
  const inside = countInside(requests.filter(({ status }) => status === 429));
  log(`${wanted} comments of ${ids.length} cases arrived ${seconds.toFixed(0)} s after the storm`);
  return [
    toFigure(`comments of ${ids.length} cases after a storm of 429, arrived`, 'count', [wanted], {
      ...{ of: 'min', is: '>=', value: wanted },
    }),
    toFigure(
      '  cases whose comments arrived otherwise than once each, in order',
      'count',
      [copies.filter((texts) => texts.join() !== 'one,two').length],
      {
        ...{ of: 'max', is: '<=', value: 0 },
      },
    ),
    toFigure('  calls to Jira inside a Retry-After that was known', 'count', [inside], {
      ...{ of: 'max', is: '<=', value: 0 },
    }),
    toFigure('  seconds after the storm', 's', [seconds]),
  ];
}

/** What was asked after somebody had been told to wait: a call that was on its way by then knew of nothing. */
function countInside(refused: readonly { readonly at: string; readonly ms?: number }[]): number {
  const known = refused.map(({ at, ms = 0 }) => Date.parse(at) + ms).sort((a, b) => a - b);
  // the answer has to be read, and what was begun meanwhile is on its way
  const graceMs = 250;
  return refused.filter(({ at }) => {
    const asked = Date.parse(at);
    return known.some((told) => asked > told + graceMs && asked < told + stormSeconds * 1000 - graceMs);
  }).length;
}

/** Read from Jira, as a person would; queries of hundreds of runs would be load of their own. @returns copies by case */
async function untilCopied(
  sofia: IssuePerson,
  keys: readonly string[],
  log: Log,
): Promise<readonly (readonly string[])[]> {
  const found = new Map<string, readonly string[]>();
  await waitUntil('every comment', 600_000, async () => {
    for (const key of keys.filter((one) => (found.get(one)?.length ?? 0) < 2)) {
      const { comments } = await sofia.read(key);
      found.set(
        key,
        comments.flatMap(({ text }) => /\b(one|two)\s*$/.exec(text)?.[1] ?? []),
      );
    }
    const waiting = [...found.values()].filter(({ length }) => length < 2).length;
    if (waiting === 0) return true;
    log(`${waiting} cases wait for their comments`);
    await sleep(5_000);
    return undefined;
  });
  return [...found.values()];
}

/** Keys of all issues that are linked. */
async function linkedKeys({ temporal }: BenchStack): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { searchAttributes } of temporal.workflow.list({ query: linked }))
    keys.push(String(searchAttributes['LkTicket']?.[0]));
  return keys;
}

async function measureIdle(stack: BenchStack, aws: CasePerson, log: Log): Promise<Figure[]> {
  const { open } = await aws.summary();
  if (open < idleCases) {
    const { ids } = await aws.seed({ cases: idleCases - open, seed: 2 });
    await backfill(stack);
    await untilLinked(stack, open + ids.length);
  }
  // the first pass knows of none before it, and tells everybody; whatever is on its way arrives
  await sweep(stack);
  await untilQuiet(stack, aws);
  const { open: now } = await aws.summary();
  const before = await callsOf(stack, aws);
  await sweep(stack);
  const calls = (await callsOf(stack, aws)) - before;
  if (calls === 0) throw new Error('the sweep has asked nobody: nothing was measured');
  log(`a sweep over ${now} idle cases: ${calls} calls`);
  return [
    toFigure(`calls of a sweep per 25 of ${now} idle cases`, 'count', [calls / Math.ceil(now / 25)], {
      ...{ of: 'max', is: '<=', value: 1.1 },
    }),
  ];
}

async function untilQuiet(stack: BenchStack, aws: CasePerson): Promise<void> {
  let last = -1;
  await waitUntil('no more calls', 300_000, async () => {
    const now = await callsOf(stack, aws);
    const isQuiet = now === last;
    last = now;
    if (isQuiet) return true;
    await sleep(5_000);
    return undefined;
  });
}

async function callsOf(stack: BenchStack, aws: CasePerson): Promise<number> {
  return (await aws.calls()).total + (await stack.controls.jira.calls()).total;
}

async function measureWeight(
  stack: BenchStack,
  aws: CasePerson,
  { open, log, workers }: { open: number; log: Log; workers: Workers },
): Promise<Figure[]> {
  const there = (await aws.summary()).open;
  if (open > there) {
    await aws.seed({ cases: open - there, seed: 3 });
    await backfill(stack);
    await untilLinked(stack, open);
  }
  const [runs, vendors] = [
    residentMb(workers.workflows.pid ?? 0),
    residentMb(workers['aws-incident'].pid ?? 0),
  ];
  log(`${open} open incidents: ${runs.toFixed(0)} MB for runs, ${vendors.toFixed(0)} MB for vendors`);
  const limit = { of: 'max', is: '<', value: mostMb } as const;
  return [
    toFigure(`memory at ${open} open incidents, worker of runs`, 'MB', [runs], limit),
    toFigure('  worker of the vendors’ queue', 'MB', [vendors], limit),
  ];
}

/** As `lockkeeper sync backfill`: every open case is told. */
async function backfill({ temporal, config }: BenchStack): Promise<void> {
  await temporal.workflow.execute(workflowTypes.incidentSweep, {
    workflowId: incidentSweepId(`${connection}-backfill`),
    taskQueue: config.temporal.taskQueue,
    args: [{ connection, full: true }],
  });
}

/** One pass of the schedule, which otherwise rests: what it finds is measured, and not what comes in between. */
async function sweep({ temporal, config }: BenchStack): Promise<void> {
  const schedule = temporal.schedule.getHandle(incidentSweepId(connection));
  const known = await schedule.describe().catch(() => undefined);
  if (!known) {
    const wanted = schedulesOf(config).find(({ scheduleId }) => scheduleId === incidentSweepId(connection));
    if (!wanted) throw new Error('no sweep in the configuration');
    await temporal.schedule.create({ ...wanted, state: { paused: true } });
  }
  const before = known?.info.recentActions.at(-1)?.action.workflow.workflowId;
  await schedule.trigger();
  const run = await waitUntil('a sweep', 60_000, async () => {
    const { info } = await schedule.describe();
    const last = info.recentActions.at(-1)?.action.workflow;
    return last && last.workflowId !== before ? last : undefined;
  });
  await temporal.workflow.getHandle(run.workflowId).result();
}

/** Runs that wait for nothing but the next event. */
async function untilLinked({ temporal }: BenchStack, wanted: number): Promise<void> {
  await waitUntil(`${wanted} linked cases`, 1_800_000, async () => {
    await sleep(500);
    const { count } = await temporal.workflow.count(linked);
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
