import { isFailureType, type FailureType } from '../../workflows/shared/failures.ts';
import type { Session } from './session.ts';

/** The part of a recorded failure that we read. */
interface RecordedFailure {
  readonly cause?: RecordedFailure | null;
  readonly applicationFailureInfo?: { readonly type?: string | null } | null;
}

/** The type of the activity failure that came last in a run's history; undefined when none is recorded. */
export async function readLastFailure(
  { temporal: { client } }: Session,
  { workflowId, runId }: { workflowId: string; runId: string },
): Promise<FailureType | undefined> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const failed = (events ?? []).findLast((event) => event.activityTaskFailedEventAttributes);
  return typeOf(failed?.activityTaskFailedEventAttributes?.failure);
}

function typeOf(failure: RecordedFailure | null | undefined): FailureType | undefined {
  const type = failure?.applicationFailureInfo?.type;
  if (isFailureType(type)) return type;
  return failure?.cause ? typeOf(failure.cause) : undefined;
}
