import type { LoggedRequest } from '../sandbox/shared/logged-request.ts';
import type { FrontName } from './bench-stack.ts';
import type { ActivitySpan, PromotionTimeline } from './promotion-timeline.ts';

/** One call of the worker to a vendor, as the vendor's front measured it: latency included, body streaming not. */
export interface OutsideCall {
  readonly begin: number;
  readonly end: number;
}

/** Milliseconds of one promotion: `own` is what is left of `wall` when calls and waits are taken away. */
export interface TimeParts {
  readonly wall: number;
  readonly calls: number;
  /** The queue's grace period and the line ahead: from having joined to the turn. */
  readonly turnWait: number;
  /** From the answered POST to the pipeline's own `finished_at`. */
  readonly pipelineWait: number;
  /** From the first to the last look of the activities that poll the instance. */
  readonly instanceWait: number;
  readonly own: number;
  /** Of `own`: schedule to completion of each activity without its calls, outside the waits. */
  readonly ownInActivities: number;
  readonly ownInWorkflowTasks: number;
  readonly ownBeforeStart: number;
  /** Schedule to completion without calls and polling, for every activity. */
  readonly activities: readonly { readonly type: string; readonly own: number }[];
}

/** What these activities do between their first and last call is waiting for a machine. */
const pollingActivities = new Set(['awaitTestResult', 'terminateInstance']);

/** The worker's calls, told from the people's, the CI job's, the instance's and a sweep's. */
export function toOwnCalls(logs: Readonly<Record<'jira' | 'gitlab' | 'aws', readonly LoggedRequest[]>>) {
  const isOwn: Record<keyof typeof logs, (call: LoggedRequest) => boolean> = {
    jira: ({ actor, path }) => actor === 'jira-bot' && path.includes('/issue/'),
    gitlab: ({ path }) => path.includes('/pipeline'),
    aws: ({ actor = '', query }) =>
      (actor === 'jira-bot' || actor.endsWith('/lockkeeper-sandbox')) && !query.includes('X-Amz-Signature'),
  };
  return (Object.keys(isOwn) as (keyof typeof logs)[] satisfies FrontName[])
    .flatMap((name) => logs[name].filter(isOwn[name]))
    .map(({ at, ms = 0 }) => ({ begin: Date.parse(at), end: Date.parse(at) + ms }));
}

/**
 * Divides a promotion's wall time. A run works serially, so that its calls add up.
 * @param filed when Jira had answered the person who filed the ticket
 * @param pipelineEnded GitLab's `finished_at`
 */
export function divideTime(
  timeline: PromotionTimeline,
  calls: readonly OutsideCall[],
  { filed, pipelineEnded }: { filed: number; pipelineEnded: number },
): TimeParts {
  const spans = timeline.activities.map((span) => weigh(span, calls));
  const started = spanOf(timeline, 'ensurePipeline').completed;
  // what runs while the pipeline does costs nothing: it is hidden by the wait
  const awake = spans.filter(({ span }) => span.completed <= started || span.completed > pipelineEnded);
  const sum = (pick: (span: Weighed) => number) => awake.reduce((total, span) => total + pick(span), 0);
  const parts = {
    wall: timeline.closed - filed,
    calls: sum((span) => span.calls),
    turnWait: timeline.turn.granted - spanOf(timeline, 'joinQueue').completed,
    pipelineWait: pipelineEnded - started,
    instanceWait: sum((span) => span.polling),
  };
  const ownInActivities = sum((span) => span.own);
  const { wall, calls: outside, turnWait, pipelineWait, instanceWait } = parts;
  return {
    ...parts,
    own: wall - outside - turnWait - pipelineWait - instanceWait,
    ownInActivities,
    ownInWorkflowTasks: timeline.workflowTasks.totalMs,
    ownBeforeStart: timeline.started - filed,
    activities: spans.map(({ span, own }) => ({ type: span.type, own })),
  };
}

interface Weighed {
  readonly span: ActivitySpan;
  readonly calls: number;
  readonly polling: number;
  readonly own: number;
}

/** A call belongs to the activity in whose time it began: a run has one activity at a time. */
function weigh(span: ActivitySpan, all: readonly OutsideCall[]): Weighed {
  const calls = all.filter(({ begin }) => begin >= span.scheduled && begin <= span.completed);
  const first = Math.min(...calls.map(({ begin }) => begin));
  const last = Math.max(...calls.map(({ end }) => end));
  const polls = pollingActivities.has(span.type) && calls.length > 1;
  const inCalls = polls ? 0 : calls.reduce((total, { begin, end }) => total + end - begin, 0);
  const polling = polls ? last - first : 0;
  return { span, calls: inCalls, polling, own: span.completed - span.scheduled - inCalls - polling };
}

function spanOf(timeline: PromotionTimeline, type: string): ActivitySpan {
  const span = timeline.activities.find((candidate) => candidate.type === type);
  if (!span) throw new Error(`the run has no activity ${type}`);
  return span;
}
