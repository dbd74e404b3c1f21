import { canonicalJson, digestOf } from '../../../config/canonical-json.ts';
import type { S3Port } from '../../../activities/s3/port.ts';
import type { TemporalPort } from '../../../activities/temporal/port.ts';
import type { Grant, RequestView } from '../../../workflows/approval/messages.ts';
import { isRecord } from '../../../workflows/shared/guards.ts';
import { collectInspection } from './inspection.ts';
import { collectDecisions, collectIgnored } from './arrivals.ts';
import { guardedActivities } from './bundle.ts';
import type { BundleRequest, BundleWrite, EvidenceBundle, Showing } from './bundle.ts';
import { guardedOfChanges } from './change-write.ts';
import { collectChangeWrites } from './change-writes.ts';
import { guardedOfFindings } from './finding-write.ts';
import { collectFindingWrites } from './finding-writes.ts';
import type { RecordedActivity, RecordedRun } from './history.ts';

/** What of a history is decoded: nothing else is part of the evidence. */
export const wantedOfHistory = {
  signals: ['decide'],
  activities: [
    ...guardedActivities,
    ...guardedOfChanges,
    guardedOfFindings,
    ...['showRequest', 'remind', 'askOnTicket', 'attestDecisions', 'openWave'],
    ...['verifyDecisions', 'judgeSteal', 'listAutoApproved'],
  ],
} as const;

export interface CollectOptions {
  readonly namespace: string;
  readonly workflowId: string;
  readonly runId: string;
  /** ISO 8601 UTC */
  readonly generatedAt: string;
}

/** Everything that people were asked and said in one run, and every guarded write that it led to. */
export function collectBundle(run: RecordedRun, options: CollectOptions): EvidenceBundle {
  const policy = isRecord(run.input) && isRecord(run.input['policy']) ? run.input['policy'] : null;
  const grants: Record<string, Grant> = {};
  const keep = (grant: Grant | null): string | null => {
    if (!grant) return null;
    const key = digestOf(grant);
    grants[key] = grant;
    return key;
  };
  const input = policy as EvidenceBundle['input_policy'];
  return {
    schema_version: 1,
    generated_at: options.generatedAt,
    namespace: options.namespace,
    run: {
      ...{ workflow_id: options.workflowId, run_id: options.runId, type: run.type },
      ...{ started_at: run.startedAt, closed_at: run.closed?.at ?? null },
      ...{ status: run.closed?.status ?? 'running', outcome: run.closed?.result ?? null, events: run.events },
    },
    input_policy: input,
    decisions: collectDecisions(run),
    ignored_comments: collectIgnored(run),
    requests: collectRequests(run),
    waves: collectWaves(run),
    writes: run.activities.flatMap((activity) =>
      isGuarded(activity.type) ? [toWrite(activity, activity.type, input, keep)] : [],
    ),
    ...collectChangeWrites(run, input, keep),
    ...collectFindingWrites(run, keep),
    grants,
    ...collectInspection(run),
  };
}

/** Activities that show a request, and where. */
const shownBy: Readonly<Partial<Record<string, Showing['to']>>> = {
  showRequest: 'slack',
  remind: 'reminder',
  askOnTicket: 'ticket',
};

/** A request that was shown with other evidence or rules appears again, as that. */
function collectRequests({ activities }: RecordedRun): BundleRequest[] {
  const found = new Map<string, BundleRequest & { shown: Showing[] }>();
  for (const activity of activities) {
    const to = shownBy[activity.type];
    if (!to) continue;
    const { view } = activity.input as { view: RequestView };
    const { requestId, evidence, evidenceDigest, policy } = view;
    const key = canonicalJson([requestId, evidence, evidenceDigest, policy]);
    const request = found.get(key) ?? {
      ...{ request_id: requestId, evidence, evidence_digest: evidenceDigest, policy },
      shown: [],
    };
    request.shown.push(toShowing(activity, to, view));
    found.set(key, request);
  }
  return [...found.values()];
}

function toShowing({ id, at, end }: RecordedActivity, to: Showing['to'], view: RequestView): Showing {
  const { state, overridden, openedAt, deadline, decisions, missing, refusals, note } = view;
  return {
    ...{ event_id: id, at, to, ended_event_id: end?.id ?? null, state, overridden, opened_at: openedAt },
    ...{ deadline, decisions, missing: [...missing], refusals, note },
  };
}

function collectWaves({ activities }: RecordedRun): EvidenceBundle['waves'] {
  return activities.flatMap(({ id, at, type, input, end }) => {
    if (type !== 'openWave' || end?.state !== 'done') return [];
    const { wave, overrideRequestId } = input as Parameters<TemporalPort['openWave']>[0];
    const answer = end.result as { open?: boolean; openedAt?: string };
    if (answer.open !== true || answer.openedAt === undefined) return [];
    const override_request_id = overrideRequestId ?? null;
    return [{ event_id: id, at, wave, opened_at: answer.openedAt, override_request_id }];
  });
}

type GuardedInput = Partial<
  Parameters<S3Port['publishObject']>[0] &
    Parameters<S3Port['publishManifest']>[0] &
    Parameters<S3Port['rollBackManifest']>[0]
>;

function toWrite(
  { id, at, input, end }: RecordedActivity,
  activity: BundleWrite['activity'],
  policy: EvidenceBundle['input_policy'],
  keep: (grant: Grant | null) => string | null,
): BundleWrite {
  const { account = '', permission, tested, entry, version, fromVersion, toVersion } = input as GuardedInput;
  const bytes = tested ?? (activity === 'publishManifest' ? entry : undefined);
  const approval = entry?.approval;
  const given = permission?.policy;
  return {
    ...{ event_id: id, at, activity, account },
    version: version ?? (activity === 'publishManifest' ? (entry?.version ?? null) : null),
    ...{ sha256: bytes?.sha256 ?? null, size: bytes?.size ?? null },
    ...{ from_version: fromVersion ?? null, to_version: toVersion ?? null },
    approval: approval ? { request_id: approval.request_id, approvers: [...approval.approvers] } : null,
    permission: {
      policy: canonicalJson(given ?? {}) === canonicalJson(policy ?? {}) ? 'input' : { ...given },
      wave: permission?.wave ?? '',
      grant: keep(permission?.grant ?? null),
      exception: keep(permission?.exception ?? null),
    },
    state: end?.state ?? 'not-ended',
    result: end?.state === 'done' ? end.result : null,
    failure: end?.state === 'failed' ? { type: end.type, message: end.message } : null,
  };
}

function isGuarded(type: string): type is BundleWrite['activity'] {
  return guardedActivities.some((one) => one === type);
}
