import { jiraPerson } from '../sandbox/drive/jira-person.ts';
import { agentPromotionId } from '../workflows/shared/names.ts';
import type { BenchStack, FrontName, Log } from './bench-stack.ts';
import { toFigure, type Figure } from './figure.ts';
import { divideTime, toOwnCalls, type TimeParts } from './own-time.ts';
import { toTimeline } from './promotion-timeline.ts';
import type { Measured } from './report.ts';

const latencyMs = 50;
const fronts: readonly FrontName[] = ['jira', 'gitlab', 'slack', 'aws'];

/** Lockkeeper's and Temporal's own share of a promotion, one promotion at a time, with a latency as vendors have it. */
export async function measureOwnOverhead(stack: BenchStack, promotions: number, log: Log): Promise<Measured> {
  const all: TimeParts[] = [];
  await setLatency(stack, latencyMs);
  try {
    for (let i = 0; i < promotions; i += 1) {
      all.push(await promoteOnce(stack, `3.0.${i}`));
      log(`promotion ${i + 1} of ${promotions}: ${Math.round(all.at(-1)?.wall ?? 0)} ms`);
    }
  } finally {
    await setLatency(stack, 0);
  }
  return { figures: toFigures(all), notes };
}

async function promoteOnce(stack: BenchStack, version: string): Promise<TimeParts> {
  const { aws, controls, endpoints, temporal } = stack;
  await aws.uploadInstaller(version);
  const { id } = await jiraPerson(endpoints, 'sam').fileRequest(version);
  const filed = Date.now();
  await stack.closed(id, 120_000);
  const history = await temporal.workflow.getHandle(agentPromotionId('main', id)).fetchHistory();
  const logs = {
    jira: await controls.jira.requests(),
    gitlab: await controls.gitlab.requests(),
    aws: await controls.aws.requests(),
  };
  const timeline = toTimeline(history);
  const pipeline = timeline.activities.find(({ type }) => type === 'ensurePipeline')?.result;
  const { pipelineId } = pipeline as { pipelineId: number };
  const pipelineEnded = await readPipelineEnd(stack, pipelineId);
  return divideTime(timeline, toOwnCalls(logs), { filed, pipelineEnded });
}

/** @returns milliseconds since 1970 */
async function readPipelineEnd({ endpoints }: BenchStack, pipelineId: number): Promise<number> {
  const token = endpoints.people['dana']?.gitlab.token ?? '';
  const project = encodeURIComponent('devops/agent-promotion');
  const response = await fetch(`${endpoints.gitlab}/api/v4/projects/${project}/pipelines/${pipelineId}`, {
    headers: { 'private-token': token },
    signal: AbortSignal.timeout(10_000),
  });
  const { finished_at: at } = (await response.json()) as { finished_at?: string };
  if (!response.ok || !at) throw new Error(`pipeline ${pipelineId}: ${response.status}, no finished_at`);
  return Date.parse(at);
}

async function setLatency({ controls }: BenchStack, ms: number): Promise<void> {
  await Promise.all(fronts.map((front) => controls[front].latency(ms)));
}

function toFigures(all: readonly TimeParts[]): Figure[] {
  const row = (name: string, pick: (parts: TimeParts) => number) => toFigure(name, 'ms', all.map(pick));
  const own = all.map((parts) => parts.own);
  const activities = all.flatMap((parts) => parts.activities);
  return [
    toFigure(`own overhead of a promotion at ${latencyMs} ms`, 'ms', own, {
      of: 'p50',
      is: '<=',
      value: 1200,
    }),
    row('  = wall, ticket filed → run closed', ({ wall }) => wall),
    row('  − calls to vendors', ({ calls }) => calls),
    row("  − wait for the turn (queue's grace)", ({ turnWait }) => turnWait),
    row('  − wait for the pipeline', ({ pipelineWait }) => pipelineWait),
    row('  − wait for the instance', ({ instanceWait }) => instanceWait),
    row('  own: inside activities', ({ ownInActivities }) => ownInActivities),
    row('  own: workflow tasks', ({ ownInWorkflowTasks }) => ownInWorkflowTasks),
    row('  own: webhook → run started', ({ ownBeforeStart }) => ownBeforeStart),
    toFigure(
      'own overhead per activity',
      'ms',
      activities.map(({ own: ms }) => ms),
      { of: 'mean', is: '<=', value: 25 },
    ),
    ...slowestTypes(activities),
  ];
}

function slowestTypes(activities: readonly { type: string; own: number }[]): Figure[] {
  const byType = Map.groupBy(activities, ({ type }) => type);
  return [...byType]
    .map(([type, spans]) =>
      toFigure(
        `  ${type}`,
        'ms',
        spans.map(({ own }) => own),
      ),
    )
    .sort((a, b) => b.mean - a.mean)
    .slice(0, 5);
}

const notes = [
  'overhead: calls are summed as the vendors’ fronts measured them, from request read to answer begun; what the SDKs do around them is ours.',
  'overhead: the pipeline wait ends at GitLab’s finished_at, so that the webhook’s way is ours; the instance wait is first to last look of the polling activities, so that the interval between looks is not.',
  'overhead: activities that run while the pipeline does count per activity, but not in the sum: the wait hides them. The median promotion is judged: a busy machine shows in p95.',
];
