import { casePerson } from '../sandbox/drive/case-person.ts';
import { issuePerson } from '../sandbox/drive/issue-person.ts';
import { residentMb, watchResidentMb } from './approval-process.ts';
import { startBenchStack, type Log } from './bench-stack.ts';
import { toFigure, type Figure } from './figure.ts';
import { fillUp, untilQuiet, type IncidentBench } from './incident-cases.ts';
import { idleNote, measureIdle } from './incident-idle.ts';
import { measureStorm, stormNote } from './incident-storm.ts';
import { measureTravel, travelNote } from './incident-travel.ts';
import type { Measured } from './report.ts';

const mostMb = 400;
/** Without a bound V8 collects too late. */
const nodeArgs = ['--max-old-space-size=128'];
/** Without it glibc keeps a heap for each of many threads, and most of each is free. */
const env = { MALLOC_ARENA_MAX: '2' };

export const incidentParts = ['travel', 'storm', 'idle', 'memory'] as const;
export type IncidentPart = (typeof incidentParts)[number];

const notes: Readonly<Record<IncidentPart, string>> = {
  ...{ travel: travelNote, storm: stormNote, idle: idleNote },
  memory: `memory: a worker for the runs and one for the queue of the vendors; the highest of four samples a second, linking included; both started with ${nodeArgs.join(' ')} and MALLOC_ARENA_MAX=${env.MALLOC_ARENA_MAX}`,
};

type Pair = readonly [runs: number, vendors: number];

/**
 * `npm run bench -- incident`: how fast a change travels, what a storm of 429 does, what idle cases cost, and what open cases weigh.
 * @param options.open entities that are open in the end
 */
export async function benchIncident(options: {
  only: readonly IncidentPart[];
  open: number;
  log: Log;
}): Promise<Measured> {
  const { only, open, log } = options;
  const stack = await startBenchStack(log, {
    halo: 'off',
    incidents: { jiraCallsPerSecond: 1_000, caseCallsPerSecond: 1_000, channels: [] },
  });
  const bench: IncidentBench = {
    ...{ stack, log, aws: casePerson(stack.endpoints), sofia: issuePerson(stack.endpoints, 'sofia') },
  };
  const workers = await stack.splitQueues({ workflows: nodeArgs, 'aws-incident': nodeArgs }, env);
  const pids: Pair = [workers.workflows.pid ?? 0, workers['aws-incident'].pid ?? 0];
  try {
    // what was asked is counted, not kept
    await Promise.all([bench.aws.keepLog(0), stack.controls.jira.post('log', { keep: 0 })]);
    const figures: Figure[] = [];
    // in this order: each part needs more cases than the one before it
    if (only.includes('travel')) figures.push(...(await measureTravel(bench)));
    if (only.includes('storm')) figures.push(...(await measureStorm(bench)));
    if (only.includes('idle')) figures.push(...(await measureIdle(bench)));
    if (only.includes('memory')) figures.push(...(await measureMemory(bench, open, pids)));
    return { figures, notes: incidentParts.filter((part) => only.includes(part)).map((part) => notes[part]) };
  } finally {
    await stack.stop();
  }
}

/** While they are linked, and when nothing happens any more. */
async function measureMemory(bench: IncidentBench, open: number, pids: Pair): Promise<Figure[]> {
  const watches = [watchResidentMb(pids[0]), watchResidentMb(pids[1])] as const;
  try {
    const { open: linked } = await fillUp(bench, open);
    await untilQuiet(bench);
    const highest: Pair = [watches[0].highest(), watches[1].highest()];
    return ofWeight(linked, highest, [residentMb(pids[0]), residentMb(pids[1])]);
  } finally {
    for (const watch of watches) watch.stop();
  }
}

function ofWeight(linked: number, highest: Pair, atRest: Pair): Figure[] {
  const limit = { of: 'max', is: '<', value: mostMb } as const;
  return [
    toFigure(`memory up to ${linked} open incidents, worker of runs`, 'MB', [highest[0]], limit),
    toFigure('  worker of the vendors’ queue', 'MB', [highest[1]], limit),
    toFigure('  at rest, worker of runs', 'MB', [atRest[0]]),
    toFigure('  at rest, worker of the vendors’ queue', 'MB', [atRest[1]]),
  ];
}
