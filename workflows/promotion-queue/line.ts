import { compareVersions } from '../agent-promotion/production-rules.ts';
import { text, wholeNumber } from '../shared/guards.ts';
import { hotfixPriority } from './messages.ts';
import type { EnqueueRequest, EnqueueResult, Leaver, QueueHolder, QueueState } from './messages.ts';

/** The line of waiting promotions as pure functions over a plain state. */

export const emptyQueue: QueueState = {
  waiting: [],
  holder: null,
  lastToken: 0,
  granted: 0,
  recentHoldSeconds: [],
};

/**
 * A repeat of the same (workflow, round) finds its place again; a new run or round of a ticket takes its predecessor's,
 * also when the predecessor holds the turn: one workflow id has one open run, so the old one has ended.
 */
export function join(state: QueueState, request: EnqueueRequest): QueueState {
  if (isHolder(state, request)) return state;
  const holder = state.holder?.workflowId === request.workflowId ? null : state.holder;
  const others = state.waiting.filter((entry) => entry.workflowId !== request.workflowId);
  const waiting = sortLine([...others, toEntry(request)]);
  return { ...state, holder, waiting, ...unpark(state, request) };
}

function unpark({ parked }: QueueState, { workflowId }: Pick<Leaver, 'workflowId'>): Partial<QueueState> {
  return parked ? { parked: parked.filter((entry) => entry.workflowId !== workflowId) } : {};
}

/** Older requests for lower versions give way; whoever holds the turn keeps it. @returns who left the line */
export function supersede(
  state: QueueState,
  request: EnqueueRequest,
): { readonly state: QueueState; readonly left: readonly EnqueueRequest[] } {
  const { waiting, parked = [] } = state;
  const left = [...waiting, ...parked].filter((entry) => givesWay(entry, request));
  const stays = (entry: EnqueueRequest) => !left.includes(entry);
  if (left.length === 0) return { state, left };
  return { state: { ...state, waiting: waiting.filter(stays), parked: parked.filter(stays) }, left };
}

function givesWay(entry: EnqueueRequest, { workflowId, version, enteredAt }: EnqueueRequest): boolean {
  if (version === undefined || entry.version === undefined || entry.workflowId === workflowId) return false;
  const isOlder = Date.parse(entry.enteredAt) <= Date.parse(enteredAt);
  return isOlder && compareVersions(entry.version, version) < 0;
}

export function isHotfix({ priority }: Pick<EnqueueRequest, 'priority'>): boolean {
  return priority >= hotfixPriority;
}

/** Only what is known is kept: the state is carried over continue-as-new, whatever a caller added. */
function toEntry(request: EnqueueRequest): EnqueueRequest {
  const { workflowId, runId, round, ticket, priority, enteredAt, version, freezes } = request;
  return {
    ...{ workflowId, runId, round, ticket, priority, enteredAt },
    ...(version === undefined ? {} : { version }),
    ...(freezes === undefined ? {} : { freezes }),
  };
}

export function placeOf(state: QueueState, request: EnqueueRequest): EnqueueResult {
  if (state.holder && isHolder(state, request)) return { state: 'granted', token: state.holder.token };
  const index = state.waiting.findIndex((entry) => entry.workflowId === request.workflowId);
  const ahead = [
    ...(state.holder ? [state.holder.ticket] : []),
    ...state.waiting.slice(0, index).map((e) => e.ticket),
  ];
  return {
    state: 'waiting',
    position: index + 1,
    ahead,
    etaSeconds: estimate(state, ahead.length),
    lastToken: state.lastToken,
  };
}

/** Gives the turn to the first in line. The token rises even when the clock does not (design §4). */
export function grantNext(
  state: QueueState,
  nowMs: number,
): { state: QueueState; holder: QueueHolder } | undefined {
  const [first, ...rest] = state.waiting;
  if (state.holder || !first) return undefined;
  const token = Math.max(state.lastToken + 1, nowMs);
  const holder: QueueHolder = { ...first, token, grantedAt: new Date(nowMs).toISOString() };
  return { state: { ...state, waiting: rest, holder, lastToken: token, granted: state.granted + 1 }, holder };
}

const mostParked = 1_000;

/** The holder gives the turn back, or a waiter leaves, perhaps to wait for people. A run that is neither changes nothing. */
export function leave(state: QueueState, who: Leaver, nowMs: number): QueueState {
  const isWho = ({ workflowId, runId }: Leaver) => workflowId === who.workflowId && runId === who.runId;
  const { holder } = state;
  const waiting = state.waiting.filter((entry) => !isWho(entry));
  const left = holder && isWho(holder) ? holder : state.waiting.find(isWho);
  const parked = who.park
    ? left && { parked: [...(state.parked ?? []), toEntry(left)].slice(-mostParked) }
    : state.parked && { parked: state.parked.filter((entry) => !isWho(entry)) };
  if (!holder || left !== holder) return { ...state, waiting, ...parked };
  const held = Math.max(0, Math.round((nowMs - Date.parse(holder.grantedAt)) / 1000));
  return {
    ...state,
    waiting,
    holder: null,
    recentHoldSeconds: [...state.recentHoldSeconds, held].slice(-10),
    ...parked,
  };
}

/** @param check as it arrived: malformed holds nothing */
export function holdsTurn({ holder }: QueueState, check: unknown): boolean {
  return (
    holder !== null &&
    text(check, 'workflowId') === holder.workflowId &&
    text(check, 'runId') === holder.runId &&
    wholeNumber(check, 'token') === holder.token
  );
}

function isHolder(state: QueueState, request: EnqueueRequest): boolean {
  const { holder } = state;
  return (
    holder?.workflowId === request.workflowId &&
    holder.runId === request.runId &&
    holder.round === request.round
  );
}

/** Priority, then the time the ticket entered ToDo, then the numeric issue id; at last the id, for tickets of two sites. */
function sortLine(waiting: readonly EnqueueRequest[]): EnqueueRequest[] {
  return [...waiting].sort(
    (a, b) =>
      b.priority - a.priority ||
      Date.parse(a.enteredAt) - Date.parse(b.enteredAt) ||
      issueNumber(a) - issueNumber(b) ||
      (a.workflowId < b.workflowId ? -1 : 1),
  );
}

function issueNumber(entry: EnqueueRequest): number {
  return Number(entry.workflowId.slice(entry.workflowId.lastIndexOf(':') + 1));
}

function estimate(state: QueueState, ahead: number): number | null {
  const known = state.recentHoldSeconds;
  if (known.length === 0) return null;
  return Math.round((known.reduce((sum, seconds) => sum + seconds, 0) / known.length) * ahead);
}
