import type { ClaimsAnswer } from '../approval/approvals.ts';
import type { DecisionClaims } from '../approval/messages.ts';
import { isRecord } from '../shared/guards.ts';
import type { Hold, OpenWaveRequest, WaveAnswer, WaveKey } from './messages.ts';

/** What `freeze` knows, as pure functions over a plain state that is carried over continue-as-new. */
export interface FreezeState {
  readonly holds: readonly Hold[];
  /** Ids of the holds that were ever set, the newest last: an envelope that comes again sets nothing. */
  readonly known: readonly string[];
  /** Waves that began, the newest last. */
  readonly waves: readonly OpenedWave[];
  /** Runs whose wave was refused, in the order of their asking. */
  readonly askers: readonly Asker[];
}

export interface OpenedWave extends WaveKey {
  readonly openedAt: string;
  readonly overrideRequestId: string | null;
}

export type Asker = Pick<WaveKey, 'workflowId' | 'runId'>;

export const emptyFreeze: FreezeState = { holds: [], known: [], waves: [], askers: [] };

const most = { holds: 50, known: 500, waves: 2_000, askers: 2_000 } as const;

/** @param claims verified: signature, key, audience and form; the verb is `hold` */
export function setHold(
  state: FreezeState,
  claims: DecisionClaims,
  nowMs: number,
): { readonly state: FreezeState; readonly answer: ClaimsAnswer } {
  const refused = findRefusal(state, claims, nowMs);
  if (refused) return { state, answer: { accepted: false, ...refused } };
  const { requestId, principal } = claims;
  if (state.holds.some(({ id }) => id === requestId))
    return { state, answer: { accepted: true, text: 'this hold is set already' } };
  const hold: Hold = {
    id: requestId,
    kind: 'person',
    source: principal,
    reason: (claims.reason ?? '').trim().slice(0, 500),
    since: new Date(claims.iat * 1000).toISOString(),
    until: claims.until ? new Date(claims.until).toISOString() : null,
  };
  const holds = [...state.holds, hold];
  const known = [...state.known, requestId].slice(-most.known);
  return { state: { ...state, holds, known }, answer: { accepted: true, text: describeHold(hold) } };
}

/** @param source the incident's workflow id, which is the hold's id, too: a person who lifts it has lifted it for good */
export function setIncidentHold(state: FreezeState, source: string, nowMs: number): FreezeState {
  const { holds, known } = state;
  if (known.includes(source) || holds.length >= most.holds) return state;
  const since = new Date(nowMs).toISOString();
  const reason = 'an incident of the highest severity is open';
  return {
    ...state,
    holds: [...holds, { id: source, kind: 'incident', source, reason, since, until: null }],
    known: [...known, source].slice(-most.known),
  };
}

/** It is over by itself, and may come again. */
export function endIncidentHold(state: FreezeState, source: string): FreezeState {
  const ended = endHold(state, source);
  return { ...ended, known: state.known.filter((id) => id !== source) };
}

type Refusal = Omit<Extract<ClaimsAnswer, { accepted: false }>, 'accepted'>;

function findRefusal(
  { holds, known }: FreezeState,
  claims: DecisionClaims,
  nowMs: number,
): Refusal | undefined {
  const { requestId, principal, reason, until = null } = claims;
  if (!/^[\w.-]+$/.test(principal))
    return { rule: 'not-a-member', text: 'only people of the configuration may hold promotions' };
  if (!reason?.trim()) return { rule: 'reason-missing', text: 'a hold needs a reason' };
  if (requestId.length > 200) return { rule: 'malformed', text: 'its id is too long' };
  if (until !== null && !isUtc(until)) return { rule: 'malformed', text: 'until is no ISO 8601 time in UTC' };
  if (until !== null && Date.parse(until) <= nowMs)
    return { rule: 'expired', text: 'it would be over already' };
  if (holds.some(({ id }) => id === requestId)) return undefined;
  if (known.includes(requestId)) return { rule: 'replayed', text: 'this hold was set before, and has ended' };
  if (holds.length >= most.holds) return { rule: 'closed', text: `${most.holds} holds stand already` };
  return undefined;
}

function isUtc(time: string): boolean {
  return /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$/.test(time) && !Number.isNaN(Date.parse(time));
}

export function describeHold({ source, reason, until }: Hold): string {
  return `held by ${source} ${until === null ? 'until somebody lifts it' : `until ${until}`}: ${reason}`;
}

export function endHold(state: FreezeState, id: string): FreezeState {
  return { ...state, holds: state.holds.filter((hold) => hold.id !== id) };
}

/** Holds whose end has come. */
export function dueHolds({ holds }: FreezeState, nowMs: number): readonly Hold[] {
  return holds.filter(({ until }) => until !== null && Date.parse(until) <= nowMs);
}

/** @returns when the next hold ends by itself, ms since 1970 */
export function nextEnd({ holds }: FreezeState): number | undefined {
  const ends = holds.flatMap(({ until }) => (until === null ? [] : [Date.parse(until)]));
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** A wave that began once has begun, whatever is held now; one that is refused is told when that changes. */
export function answerWave(
  state: FreezeState,
  request: OpenWaveRequest,
  nowMs: number,
): { readonly state: FreezeState; readonly answer: WaveAnswer } {
  const { workflowId, runId, wave, overrideRequestId = null } = request;
  const before = findWave(state, request);
  if (before) return { state, answer: { open: true, openedAt: before.openedAt } };
  const due = new Set(dueHolds(state, nowMs));
  const holds = state.holds.filter((hold) => !due.has(hold));
  if (holds.length > 0 && overrideRequestId === null)
    return { state: remember(state, { workflowId, runId }), answer: { open: false, holds } };
  const openedAt = new Date(nowMs).toISOString();
  const waves = [...state.waves, { workflowId, runId, wave, openedAt, overrideRequestId }].slice(-most.waves);
  return { state: { ...forget(state, request), waves }, answer: { open: true, openedAt } };
}

export function findWave({ waves }: FreezeState, key: WaveKey): OpenedWave | undefined {
  return waves.find((known) => isSameRun(known, key) && known.wave === key.wave);
}

/** Is told of each change from now on. */
export function remember(state: FreezeState, asker: Asker): FreezeState {
  if (state.askers.some((known) => isSameRun(known, asker))) return state;
  return { ...state, askers: [...state.askers, asker].slice(-most.askers) };
}

/** The run has closed, or its wave began: it needs to hear nothing. */
export function forget(state: FreezeState, asker: Asker): FreezeState {
  return { ...state, askers: state.askers.filter((known) => !isSameRun(known, asker)) };
}

function isSameRun(one: Asker, other: Asker): boolean {
  return one.workflowId === other.workflowId && one.runId === other.runId;
}

/** @param carried of our own predecessor; anything else is nothing */
export function readCarried(carried: unknown): FreezeState {
  const lists = ['holds', 'known', 'waves', 'askers'];
  const isState = isRecord(carried) && lists.every((name) => Array.isArray(carried[name]));
  return isState ? (carried as unknown as FreezeState) : emptyFreeze;
}
