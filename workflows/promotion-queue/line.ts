import { text, wholeNumber } from '../shared/guards.ts';
import type { EnqueueRequest, EnqueueResult, QueueHolder, QueueState } from './messages.ts';

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
  return { ...state, holder, waiting: sortLine([...others, toEntry(request)]) };
}

/** Only what is known is kept: the state is carried over continue-as-new, whatever a caller added. */
function toEntry(request: EnqueueRequest): EnqueueRequest {
  const { workflowId, runId, round, ticket, priority, enteredAt } = request;
  return { workflowId, runId, round, ticket, priority, enteredAt };
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

/** The holder gives the turn back, or a waiter leaves. A run that is neither changes nothing. */
export function leave(
  state: QueueState,
  who: { workflowId: string; runId: string },
  nowMs: number,
): QueueState {
  const waiting = state.waiting.filter((e) => e.workflowId !== who.workflowId || e.runId !== who.runId);
  const { holder } = state;
  if (holder?.workflowId !== who.workflowId || holder.runId !== who.runId) return { ...state, waiting };
  const held = Math.max(0, Math.round((nowMs - Date.parse(holder.grantedAt)) / 1000));
  return {
    ...state,
    waiting,
    holder: null,
    recentHoldSeconds: [...state.recentHoldSeconds, held].slice(-10),
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
