import type { WorkflowHandle } from '@temporalio/client';
import type { LoadedDataConverter, Payload } from '@temporalio/common';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type HistoryEvent = NonNullable<History['events']>[number];
/** What nobody can decode: it is shown as such. */
const undecodable = { lockkeeper: 'undecodable payload' } as const;

type Payloads = { readonly payloads?: Payload[] | null } | null | undefined;

interface Happened {
  readonly id: number;
  /** ISO 8601 UTC */
  readonly at: string;
}

export interface RecordedActivity extends Happened {
  readonly type: string;
  readonly input: unknown;
  readonly end:
    | (Happened & { readonly state: 'done'; readonly result: unknown })
    | (Happened & { readonly state: 'failed'; readonly type: string | null; readonly message: string })
    | null;
}

/** A run's history as far as decisions and guarded writes go, with decoded payloads. */
export interface RecordedRun {
  readonly type: string;
  readonly startedAt: string;
  readonly input: unknown;
  readonly closed: (Happened & { readonly status: string; readonly result: unknown }) | null;
  readonly signals: readonly (Happened & { readonly name: string; readonly payload: unknown })[];
  readonly activities: readonly RecordedActivity[];
  readonly events: number;
}

/** @param wanted the types of the activities whose payloads are decoded */
export async function readHistory(
  { events }: History,
  converter: LoadedDataConverter,
  wanted: { readonly signals: readonly string[]; readonly activities: readonly string[] },
): Promise<RecordedRun> {
  const all = events ?? [];
  const decode = (payloads: Payloads) => decodeFirst(payloads, converter);
  const started = all[0]?.workflowExecutionStartedEventAttributes;
  if (!all[0] || !started) throw new Error('the history does not begin with the start of a run');
  const signals: RecordedRun['signals'][number][] = [];
  const activities: RecordedActivity[] = [];
  const ends = activityEnds(all);
  for (const event of all) {
    const signal = event.workflowExecutionSignaledEventAttributes;
    const name = signal?.signalName ?? '';
    if (signal && wanted.signals.includes(name))
      signals.push({ ...happened(event), name, payload: await decode(signal.input) });
    const scheduled = event.activityTaskScheduledEventAttributes;
    const type = scheduled?.activityType?.name ?? '';
    if (scheduled && wanted.activities.includes(type))
      activities.push({
        ...{ ...happened(event), type, input: requireDecoded(await decode(scheduled.input), type) },
        end: await toEnd(ends.get(Number(event.eventId)), decode),
      });
  }
  return {
    type: started.workflowType?.name ?? '',
    startedAt: happened(all[0]).at,
    input: await decode(started.input),
    closed: await readClose(all.at(-1), decode),
    ...{ signals, activities, events: all.length },
  };
}

/** Payloads are decoded with the converter that wrote them; what it cannot read is shown as such. */
async function decodeFirst(payloads: Payloads, converter: LoadedDataConverter): Promise<unknown> {
  const [first] = payloads?.payloads ?? [];
  if (!first) return null;
  try {
    let decoded: Payload[] = [first];
    // codecs are applied in their order to encode, so backwards here
    for (const codec of converter.payloadCodecs.toReversed()) decoded = await codec.decode(decoded);
    return decoded[0] ? converter.payloadConverter.fromPayload(decoded[0]) : undecodable;
  } catch {
    return undecodable;
  }
}

/** A signal may be anybody's; what our own workflows wrote, this CLI has to be able to read. */
function requireDecoded(input: unknown, type: string): unknown {
  if (input !== undecodable) return input;
  throw new CliError(
    exitCodes.failed,
    `the input of ${type} cannot be decoded`,
    'Run this where the payload codec of the workers is configured.',
  );
}

type Decode = (payloads: Payloads) => Promise<unknown>;

function happened({ eventId, eventTime }: HistoryEvent): Happened {
  const ms = Number(eventTime?.seconds ?? 0) * 1000 + Math.floor((eventTime?.nanos ?? 0) / 1e6);
  return { id: Number(eventId), at: new Date(ms).toISOString() };
}

/** By the event that scheduled the activity. */
function activityEnds(events: readonly HistoryEvent[]): ReadonlyMap<number, HistoryEvent> {
  return new Map(
    events.flatMap((event) => {
      const end =
        event.activityTaskCompletedEventAttributes ??
        event.activityTaskFailedEventAttributes ??
        event.activityTaskTimedOutEventAttributes ??
        event.activityTaskCanceledEventAttributes;
      return end ? [[Number(end.scheduledEventId), event] as const] : [];
    }),
  );
}

async function toEnd(event: HistoryEvent | undefined, decode: Decode): Promise<RecordedActivity['end']> {
  if (!event) return null;
  const completed = event.activityTaskCompletedEventAttributes;
  if (completed) return { ...happened(event), state: 'done', result: await decode(completed.result) };
  const failure =
    event.activityTaskFailedEventAttributes?.failure ?? event.activityTaskTimedOutEventAttributes?.failure;
  return {
    ...{ ...happened(event), state: 'failed' },
    type: failure?.applicationFailureInfo?.type ?? null,
    message: failure?.message ?? 'cancelled',
  };
}

const closings = [
  ['completed', 'workflowExecutionCompletedEventAttributes'],
  ['failed', 'workflowExecutionFailedEventAttributes'],
  ['timed-out', 'workflowExecutionTimedOutEventAttributes'],
  ['cancelled', 'workflowExecutionCanceledEventAttributes'],
  ['terminated', 'workflowExecutionTerminatedEventAttributes'],
  ['continued-as-new', 'workflowExecutionContinuedAsNewEventAttributes'],
] as const;

async function readClose(last: HistoryEvent | undefined, decode: Decode): Promise<RecordedRun['closed']> {
  const found = last && closings.find(([, attributes]) => last[attributes]);
  if (!found) return null;
  const result = await decode(last.workflowExecutionCompletedEventAttributes?.result);
  return { ...happened(last), status: found[0], result };
}
