import {
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  isCancellation,
  patched,
  setHandler,
  setWorkflowOptions,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { versioned } from '../shared/versioning.ts';
import type { HoldsReport, TemporalPort } from '../../activities/temporal/port.ts';
import {
  holdsChanged,
  placeChanged,
  superseded,
  turnGranted,
  turnTaken,
} from '../agent-promotion/messages.ts';
import type { DecisionClaims } from '../approval/messages.ts';
import { activitiesOf } from '../shared/activities.ts';
import { failureMessage } from '../shared/failures.ts';
import { isRecord, text } from '../shared/guards.ts';
import { attributes } from '../shared/search-attributes.ts';
import { emptyQueue, grantNext, holdsTurn, isHotfix, join, leave, placeOf, supersede } from './line.ts';
import { confirmTurn, enqueue, line, release } from './messages.ts';
import type { EnqueueRequest, Leaver, QueueHolder, QueueInput, QueueState } from './messages.ts';
import { createSteals } from './steals.ts';
import { untilNextLook, validateRequest } from './rules.ts';
import { showLine } from './view.ts';

/**
 * Lets one promotion write at a time (design §4). Promotions join by the update `enqueue`, which answers at once, and get
 * the signal `turnGranted{token}` when it is their turn; they leave by the signal `release`. There is no lease: while
 * somebody waits, the holder's run is looked at every 30 s, and only a closed one loses its turn, or one that somebody takes it from by a
 * signed decision (`decide`, verb `steal`). While something is held nobody is granted (`holdsChanged`: look again). The
 * queue calls no vendor.
 */
export async function promotionQueue(input: QueueInput = {}): Promise<void> {
  let state: QueueState = input.carried ?? emptyQueue;
  // both are set by the handler from the state it meets, never from when the story below runs: the SDK may hand over a
  // release and a join in one activation or, replaying, in two (docs/decisions)
  let joined = false;
  let graceDue = false;
  let holdChanges = 0;
  const shown = new Map<string, number>();
  const news: { readonly to: EnqueueRequest; readonly by: EnqueueRequest }[] = [];
  const { describeRun, judgeSteal, readHolds } = activitiesOf<TemporalPort>('temporal', 'read');
  const maxHistory = input.maxHistoryLength ?? 2_000;

  setHandler(
    enqueue,
    (request) => {
      const wasFree = state.holder === null && state.waiting.length === 0;
      state = join(state, request);
      graceDue ||= wasFree;
      joined ||= state.holder !== null;
      shown.delete(request.workflowId);
      if (request.supersede === true && patched('supersede')) letGiveWay(request);
      return placeOf(state, request);
    },
    { validator: validateRequest },
  );
  setHandler(release, (payload) => {
    const workflowId = text(payload, 'workflowId');
    const runId = text(payload, 'runId');
    const park = isRecord(payload) && payload['park'] === true;
    if (workflowId && runId) state = leave(state, { workflowId, runId, park }, Date.now());
  });
  setHandler(holdsChanged, () => void (holdChanges += 1));
  setHandler(line, () => state);
  setHandler(confirmTurn, (check) => holdsTurn(state, check));
  const steals = createSteals({ judge: (envelope) => judgeSteal({ envelope }), steal, carried: state });
  upsertSearchAttributes([
    { key: attributes.process, value: 'promotion-queue' },
    ...(isHeld() ? [{ key: attributes.waitingOn, value: 'freeze' }] : []),
  ]);

  while (!mustContinueAsNew(maxHistory)) {
    showLine(state);
    if (news.length > 0) {
      await tellSuperseded();
    } else if (state.holder === null && state.waiting.length === 0) {
      showHeld([]);
      await condition(() => state.waiting.length > 0 || news.length > 0 || mustContinueAsNew(maxHistory));
    } else if (state.holder === null && graceDue) {
      await sleep((input.graceSeconds ?? 2) * 1000, { summary: 'sort tickets of the same instant' });
      graceDue = false;
    } else if (state.holder === null) {
      if (await isOpen(state.waiting[0])) await grant();
    } else {
      await watchHolder(state.holder);
    }
  }
  await tellSuperseded();
  await condition(allHandlersFinished);
  await continueAsNew<typeof promotionQueue>({ ...input, carried: { ...state, ...steals.carry() } });

  function letGiveWay(request: EnqueueRequest) {
    const { state: next, left } = supersede(state, request);
    state = next;
    news.push(...left.map((to) => ({ to, by: request })));
  }

  async function tellSuperseded() {
    for (let next = news.shift(); next; next = news.shift()) {
      const { to, by } = next;
      await tell(to, () => handleOf(to).signal(superseded, { by: by.ticket, workflowId: by.workflowId }));
    }
  }

  /** @returns whether the first in line may be granted now; held, it waits for something to change */
  async function isOpen(first: EnqueueRequest | undefined): Promise<boolean> {
    if (!first?.freezes || !patched('holds')) return true;
    const hotfix = isHotfix(first);
    const seen = holdChanges;
    const report = await readHolds({ hotfix }).catch(noAnswer);
    const isSame = () => state.waiting[0]?.freezes === true && isHotfix(state.waiting[0]) === hotfix;
    showHeld(report.open ? [] : report.holds);
    if (report.open) return isSame();
    const woken = () => holdChanges > seen || !isSame() || news.length > 0 || mustContinueAsNew(maxHistory);
    await condition(woken, untilNextLook(report.holds, Date.now()), { summary: 'held: look again' });
    return false;
  }

  function isHeld(): boolean {
    return (state.held ?? []).length > 0;
  }

  function showHeld(held: HoldsReport['holds']) {
    const before = isHeld();
    if (before || held.length > 0) state = { ...state, held };
    showLine(state);
    if (isHeld() !== before)
      upsertSearchAttributes([{ key: attributes.waitingOn, value: isHeld() ? 'freeze' : null }]);
  }

  /** The fence refuses what the run would still write; it is told so that it need not find out. */
  function steal(token: number, { principal, reason }: DecisionClaims): boolean {
    const { holder } = state;
    if (holder?.token !== token) return false;
    state = leave(state, holder, Date.now());
    // only a cancelled queue does not get it told
    tell(holder, () => handleOf(holder).signal(turnTaken, { by: principal, reason })).catch(() => undefined);
    return true;
  }

  /** A run that has closed need not hear of it. */
  async function tell(who: Leaver, signal: () => Promise<void>) {
    try {
      await signal();
    } catch (error) {
      if (isCancellation(error)) throw error;
      state = leave(state, { workflowId: who.workflowId, runId: who.runId }, Date.now());
    }
  }

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
    const woken = () => freed() || joined || news.length > 0 || mustContinueAsNew(maxHistory);
    if (state.waiting.length === 0) await condition(woken);
    else await condition(woken, seconds * 1000, { summary: `look whether ${holder.ticket} still runs` });
    joined = false;
    if (freed() || state.waiting.length === 0) return;
    const found = await describeRun(holder).catch(keepTurn);
    if (found !== 'running' && !freed()) state = leave(state, holder, Date.now());
  }
}

function handleOf({ workflowId, runId }: Leaver) {
  return getExternalWorkflowHandle(workflowId, runId);
}

/** Nobody said that nothing is held. */
function noAnswer(error: unknown): HoldsReport {
  if (isCancellation(error)) throw error;
  const reason = failureMessage(error).slice(0, 200);
  return { open: false, holds: [{ kind: 'no-answer', source: 'freeze', reason, until: null }] };
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

setWorkflowOptions(versioned('AUTO_UPGRADE'), promotionQueue);
