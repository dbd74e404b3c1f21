import type { WorkflowHandle } from '@temporalio/client';
import { isRecord } from '../workflows/shared/guards.ts';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type HistoryEvent = NonNullable<History['events']>[number];
type Payloads = { payloads?: { data?: Uint8Array | null }[] | null } | null | undefined;

/** All times: milliseconds since 1970 by the clock of Temporal's server, which here is this machine's. */
export interface ActivitySpan {
  readonly type: string;
  readonly scheduled: number;
  readonly started: number;
  readonly completed: number;
  readonly result: unknown;
}

/** One promotion as its history tells it. */
export interface PromotionTimeline {
  readonly started: number;
  readonly closed: number;
  readonly events: number;
  readonly activities: readonly ActivitySpan[];
  readonly turn: { readonly token: number; readonly granted: number; readonly released: number };
  /** From scheduled to completed, summed. */
  readonly workflowTasks: { readonly count: number; readonly totalMs: number };
}

/** @throws Error when the run never had a turn or is still open */
export function toTimeline({ events }: History): PromotionTimeline {
  const all = events ?? [];
  const first = all[0];
  const last = all.at(-1);
  if (!first || !last) throw new Error('the history is empty');
  const activities = toActivities(all);
  return {
    started: timeOf(first),
    closed: timeOf(last),
    events: all.length,
    activities,
    turn: { ...grantOf(all, activities), released: releaseOf(all) },
    workflowTasks: sumWorkflowTasks(all),
  };
}

/** Only completed ones, in the order in which they were scheduled; a retried one begins with its last attempt. */
function toActivities(events: readonly HistoryEvent[]): ActivitySpan[] {
  const started = new Map<string, number>();
  const scheduled = new Map<string, { type: string; at: number }>();
  const spans: ActivitySpan[] = [];
  for (const event of events) {
    const { activityTaskScheduledEventAttributes: schedule, activityTaskStartedEventAttributes: start } =
      event;
    const end = event.activityTaskCompletedEventAttributes;
    if (schedule)
      scheduled.set(String(event.eventId), { type: schedule.activityType?.name ?? '', at: timeOf(event) });
    if (start) started.set(String(start.scheduledEventId), timeOf(event));
    const begun = end && scheduled.get(String(end.scheduledEventId));
    if (!begun) continue;
    spans.push({
      type: begun.type,
      scheduled: begun.at,
      started: started.get(String(end.scheduledEventId)) ?? begun.at,
      completed: timeOf(event),
      result: firstPayload(end.result),
    });
  }
  return spans;
}

/** By signal as a rule; by the answer to joining when the run asked just then. */
function grantOf(events: readonly HistoryEvent[], activities: readonly ActivitySpan[]) {
  for (const event of events) {
    const signal = event.workflowExecutionSignaledEventAttributes;
    if (signal?.signalName !== 'turnGranted') continue;
    const payload = firstPayload(signal.input);
    if (isRecord(payload)) return { token: Number(payload['token']), granted: timeOf(event) };
  }
  for (const { type, result, completed } of activities)
    if (type === 'joinQueue' && isRecord(result) && result['state'] === 'granted')
      return { token: Number(result['token']), granted: completed };
  throw new Error('the run never had a turn');
}

function releaseOf(events: readonly HistoryEvent[]): number {
  const release = events.findLast(
    (event) => event.signalExternalWorkflowExecutionInitiatedEventAttributes?.signalName === 'release',
  );
  if (!release) throw new Error('the run never gave its turn back');
  return timeOf(release);
}

function sumWorkflowTasks(events: readonly HistoryEvent[]): { count: number; totalMs: number } {
  const scheduled = new Map<string, number>();
  let count = 0;
  let totalMs = 0;
  for (const event of events) {
    if (event.workflowTaskScheduledEventAttributes) scheduled.set(String(event.eventId), timeOf(event));
    const end = event.workflowTaskCompletedEventAttributes;
    const at = end && scheduled.get(String(end.scheduledEventId));
    if (at === undefined || at === null) continue;
    count += 1;
    totalMs += timeOf(event) - at;
  }
  return { count, totalMs };
}

function timeOf({ eventTime }: HistoryEvent): number {
  return Number(eventTime?.seconds ?? 0) * 1000 + Number(eventTime?.nanos ?? 0) / 1e6;
}

function firstPayload(payloads: Payloads): unknown {
  const data = payloads?.payloads?.[0]?.data;
  return data && data.length > 0 ? (JSON.parse(Buffer.from(data).toString('utf8')) as unknown) : undefined;
}
