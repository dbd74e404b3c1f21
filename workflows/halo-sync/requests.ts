import { isPolicy } from '../freeze/policy-form.ts';
import { isRecord, text, wholeNumber } from '../shared/guards.ts';
import { passKinds, type FindingPolicy, type HaloSyncState, type PassRequest } from './messages.ts';
import { isAlike, withJoined } from './reports.ts';

type Waiting = HaloSyncState['waiting'][number];

/** Requests that nobody follows are named so; those of people begin otherwise. */
const unfollowed = ['schedule:', 'retry:'] as const;

export function scheduledRequestId(runId: string): string {
  return `schedule:${runId}`;
}

export function retryRequestId(id: string): string {
  return `retry:${id}`;
}

/** @returns undefined: malformed, or of another source; nothing changes */
export function readRequest(payload: unknown, source: string): PassRequest | undefined {
  const kind = passKinds.find((one) => one === text(payload, 'kind'));
  const requestId = text(payload, 'requestId');
  if (!isRecord(payload) || !kind || !requestId || !/^[\w.:-]{1,64}$/.test(requestId)) return undefined;
  const { policy } = payload;
  if (!isFindingPolicy(policy) || policy.source !== source) return undefined;
  if (kind !== 'backfill') return { kind, since: null, requestId, policy };
  const since = payload['since'] ?? null;
  return since === null || isInstant(since) ? { kind, since, requestId, policy } : undefined;
}

/** Whether this can be worked with at all: anybody in the namespace can send it. */
export function isFindingPolicy(value: unknown): value is FindingPolicy {
  if (!isRecord(value)) return false;
  const { flood, heartbeatSeconds, pageSize, concurrency } = value;
  return (
    ['name', 'digest', 'source', 'site', 'idField'].every((field) => text(value, field) !== undefined) &&
    ['version', 'overlapMinutes', 'closeAfterMinutes', 'indexLagSeconds'].every((field) =>
      isPositive(value[field], 0),
    ) &&
    [heartbeatSeconds, pageSize, concurrency].every((number) => isPositive(number, 0.001)) &&
    ['routes', 'types', 'mapping', 'static'].every((field) => Array.isArray(value[field])) &&
    typeof value['runLinkBase'] === 'string' &&
    (flood === null ||
      (isRecord(flood) && wholeNumber(flood, 'limit') !== undefined && isPolicy(flood['approval'])))
  );
}

function isPositive(value: unknown, least: number): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= least;
}

function isInstant(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]{5,16}Z$/.test(value) && Date.parse(value) > 0;
}

/**
 * At most three wait, a backfill, reminders and one of the others: a reconcile does what a pass does, and of two backfills the earlier date
 * counts. A request that came twice is one.
 */
export function withRequest(state: HaloSyncState, request: Waiting): HaloSyncState {
  const { waiting, running, reports } = state;
  const known = [...waiting, ...(running ? [running.request] : []), ...reports];
  if (known.some(({ requestId }) => requestId === request.requestId)) return state;
  const other = waiting.find(({ kind }) => isAlike(kind, request.kind));
  if (!other) return { ...state, waiting: [...waiting, request] };
  const one = merge(other, request);
  const joined = one.requestId === other.requestId ? request : other;
  return {
    ...state,
    waiting: waiting.map((old) => (old === other ? one : old)),
    reports: isFollowed(joined) ? withJoined(reports, joined) : reports,
  };
}

function merge(one: Waiting, other: Waiting): Waiting {
  return {
    kind: other.kind === 'reconcile' ? other.kind : one.kind,
    since: one.since === null || other.since === null ? null : earlier(one.since, other.since),
    requestId: isFollowed(one) || !isFollowed(other) ? one.requestId : other.requestId,
  };
}

function isFollowed({ requestId }: Waiting): boolean {
  return !unfollowed.some((prefix) => requestId.startsWith(prefix));
}

function earlier(one: string, other: string): string {
  return Date.parse(other) < Date.parse(one) ? other : one;
}

/** @returns the named ids, none for all; undefined: malformed */
export function readRetry(payload: unknown): readonly string[] | undefined {
  if (!isRecord(payload)) return undefined;
  const ids = payload['ids'] ?? [];
  if (!Array.isArray(ids) || ids.length > 1_000) return undefined;
  const isId = (id: unknown): id is string => typeof id === 'string' && id.length > 0 && id.length <= 255;
  return ids.every(isId) ? ids : undefined;
}
