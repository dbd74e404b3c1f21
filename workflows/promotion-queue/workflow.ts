import {
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  isCancellation,
  setCurrentDetails,
  setHandler,
  setWorkflowOptions,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { versioned } from '../shared/versioning.ts';
import type { TemporalPort } from '../../activities/temporal/port.ts';
import { placeChanged, turnGranted } from '../agent-promotion/messages.ts';
import { activitiesOf } from '../shared/activities.ts';
import { text } from '../shared/guards.ts';
import { attributes } from '../shared/search-attributes.ts';
import { emptyQueue, grantNext, holdsTurn, join, leave, placeOf } from './line.ts';
import { confirmTurn, enqueue, line, release } from './messages.ts';
import type { EnqueueRequest, QueueHolder, QueueInput, QueueState } from './messages.ts';

/**
 * Lets one promotion write at a time (design §4). Promotions join by the update `enqueue`, which answers at once, and get
 * the signal `turnGranted{token}` when it is their turn; they leave by the signal `release`. There is no lease: while
 * somebody waits, the holder's run is looked at every 30 s, and only a closed one loses its turn. The queue calls no vendor.
 */
export async function promotionQueue(input: QueueInput = {}): Promise<void> {
  let state: QueueState = input.carried ?? emptyQueue;
  // both are set by the handler from the state it meets, never from when the story below runs: the SDK may hand over a
  // release and a join in one activation or, replaying, in two (docs/decisions)
  let joined = false;
  let graceDue = false;
  const shown = new Map<string, number>();
  const { describeRun } = activitiesOf<TemporalPort>('temporal', 'read');
  const maxHistory = input.maxHistoryLength ?? 2_000;

  setHandler(
    enqueue,
    (request) => {
      const wasFree = state.holder === null && state.waiting.length === 0;
      state = join(state, request);
      graceDue ||= wasFree;
      joined ||= state.holder !== null;
      shown.delete(request.workflowId);
      return placeOf(state, request);
    },
    { validator: validateRequest },
  );
  setHandler(release, (payload) => {
    const workflowId = text(payload, 'workflowId');
    const runId = text(payload, 'runId');
    if (workflowId && runId) state = leave(state, { workflowId, runId }, Date.now());
  });
  setHandler(line, () => state);
  setHandler(confirmTurn, (check) => holdsTurn(state, check));
  upsertSearchAttributes([{ key: attributes.process, value: 'promotion-queue' }]);

  while (!mustContinueAsNew(maxHistory)) {
    showLine(state);
    if (state.holder === null && state.waiting.length === 0) {
      await condition(() => state.waiting.length > 0 || mustContinueAsNew(maxHistory));
    } else if (state.holder === null && graceDue) {
      await sleep((input.graceSeconds ?? 2) * 1000, { summary: 'sort tickets of the same instant' });
      graceDue = false;
    } else if (state.holder === null) {
      await grant();
    } else {
      await watchHolder(state.holder);
    }
  }
  await condition(allHandlersFinished);
  await continueAsNew<typeof promotionQueue>({ ...input, carried: state });

  async function grant() {
    const granted = grantNext(state, Date.now());
    if (!granted) return;
    state = granted.state;
    const { workflowId, runId, token } = granted.holder;
    try {
      await getExternalWorkflowHandle(workflowId, runId).signal(turnGranted, { token });
    } catch (error) {
      if (isCancellation(error)) throw error;
      state = leave(state, { workflowId, runId }, Date.now());
      return;
    }
    await tellPlaces();
  }

  /** Only the first three hear of a new place, and only when it changed. */
  async function tellPlaces() {
    for (const entry of state.waiting.slice(0, 3)) {
      const place = placeOf(state, entry);
      if (place.state === 'granted' || shown.get(entry.workflowId) === place.ahead.length) continue;
      shown.set(entry.workflowId, place.ahead.length);
      await getExternalWorkflowHandle(entry.workflowId, entry.runId)
        .signal(placeChanged, { ahead: place.ahead.length })
        .catch((error: unknown) => {
          if (isCancellation(error)) throw error;
          state = leave(state, entry, Date.now());
        });
    }
  }

  async function watchHolder(holder: QueueHolder) {
    const freed = () => state.holder?.token !== holder.token;
    const seconds = input.checkHolderSeconds ?? 30;
    const woken = () => freed() || joined || mustContinueAsNew(maxHistory);
    if (state.waiting.length === 0) await condition(woken);
    else await condition(woken, seconds * 1000, { summary: `look whether ${holder.ticket} still runs` });
    joined = false;
    if (freed() || state.waiting.length === 0) return;
    const found = await describeRun(holder).catch(keepTurn);
    if (found !== 'running' && !freed()) state = leave(state, holder, Date.now());
  }
}

/** Temporal did not say what became of the holder: then it keeps the turn. */
function keepTurn(error: unknown): 'running' {
  if (isCancellation(error)) throw error;
  return 'running';
}

function mustContinueAsNew(maxHistory: number): boolean {
  const info = workflowInfo();
  return info.continueAsNewSuggested || info.historyLength > maxHistory;
}

function validateRequest(request: EnqueueRequest) {
  for (const field of ['workflowId', 'runId', 'round', 'ticket', 'enteredAt'])
    if (text(request, field) === undefined) throw new Error(`enqueue: ${field} is missing or too long`);
  if (!isUtc(request.enteredAt)) throw new Error('enqueue: enteredAt is no ISO 8601 time in UTC');
  if (!Number.isSafeInteger(request.priority)) throw new Error('enqueue: priority is no whole number');
}

/** Other forms are read in the worker's time zone, and so sorted differently on two workers. */
function isUtc(time: string): boolean {
  return /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$/.test(time) && !Number.isNaN(Date.parse(time));
}

function showLine(state: QueueState) {
  const holder = state.holder ? `**${state.holder.ticket}** since ${state.holder.grantedAt}` : 'nobody';
  const rows = state.waiting.slice(0, 50).map((entry, index) => `${index + 1}. ${entry.ticket}`);
  setCurrentDetails(`Turn: ${holder}\n\n${rows.join('\n') || 'Nobody waits.'}`);
}

setWorkflowOptions(versioned('AUTO_UPGRADE'), promotionQueue);
