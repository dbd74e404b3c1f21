import {
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  isCancellation,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import type { TemporalPort } from '../../activities/temporal/port.ts';
import { holdsChanged, status } from '../agent-promotion/messages.ts';
import { createApprovals } from '../approval/create-approvals.ts';
import type { ClaimsAnswer } from '../approval/approvals.ts';
import type { DecisionClaims } from '../approval/messages.ts';
import { activitiesOf } from '../shared/activities.ts';
import { isRecord, runIdOf, text } from '../shared/guards.ts';
import { promotionQueueId, stepKey } from '../shared/names.ts';
import { createPatience } from '../shared/patience.ts';
import { versioned } from '../shared/versioning.ts';
import {
  answerWave,
  dueHolds,
  endHold,
  endIncidentHold,
  findWave,
  forget,
  nextEnd,
  readCarried,
  remember,
  setHold,
  setIncidentHold,
} from './holds.ts';
import { createIncidentWatch } from './incidents.ts';
import { createLifts } from './lift.ts';
import { holds, incidentHold, openWave, policyChanged, watchHolds, waveState } from './messages.ts';
import type { FreezeInput, Hold, OpenWaveRequest } from './messages.ts';
import { isPolicy } from './policy-form.ts';
import { createView } from './view.ts';

/**
 * Holds every promotion at its next safe point (design §4). A hold is set by a signed decision with the verb `hold`
 * (signal `decide`), and lifted by a request of its own under `input.policy`, or by its end. A wave asks by the update
 * `openWave`, which answers at once; one that began finishes. Runs that were refused hear `holdsChanged`, and so does the
 * queue. Calendar windows are not here: workers know them from their configuration.
 */
export async function freeze(input: FreezeInput): Promise<void> {
  const { workflowId, runId } = workflowInfo();
  let { policy, runLinkBase } = input;
  let state = readCarried(input.carried);
  // a new run tells once what its predecessor may not have told any more
  let changes = input.carried === undefined ? 0 : 1;
  let trouble = '';
  let closing = false;
  const view = createView(() => trouble);
  const patience = createPatience((code) => view.waitFor(code));
  const { judgeLift } = activitiesOf<TemporalPort>('temporal', 'read');

  setHandler(holds, () => state.holds);
  setHandler(status, () => view.report());
  setHandler(waveState, (key) => {
    const { openedAt, overrideRequestId } = findWave(state, key) ?? {};
    return openedAt === undefined ? null : { openedAt, overrideRequestId: overrideRequestId ?? null };
  });
  setHandler(
    openWave,
    (request) => {
      const answered = answerWave(state, request, Date.now());
      state = answered.state;
      return answered.answer;
    },
    { validator: validateWave },
  );
  setHandler(watchHolds, (payload) => {
    const [asker, askerRun] = [text(payload, 'workflowId'), runIdOf(payload)];
    if (!asker || !askerRun) return;
    state = remember(state, { workflowId: asker, runId: askerRun });
    // what held it has ended since: nothing else would tell it
    if (state.holds.length === 0) changes += 1;
  });
  const approvals = createApprovals({
    patience,
    key: (step) => stepKey(workflowId, runId, step),
    runLink: `${runLinkBase}${workflowId}`,
    waitFor: view.waitFor,
    onClaims: (claims) => (claims.verb === 'hold' ? hold(claims) : undefined),
  });
  const lifts = createLifts({
    approvals,
    policy: () => policy,
    runId,
    runLink: `${runLinkBase}${workflowId}`,
    stands: (id) => !closing && state.holds.some((one) => one.id === id),
    findObjection: async ({ id }, grant) => (await judgeLift({ holdId: id, grant })).objection,
    onLifted: ({ id }) => end(id),
    onTrouble: (text) => {
      trouble = text;
      view.show(state.holds);
    },
  });
  const incidents = createIncidentWatch({
    patience,
    stands: (id) => !closing && state.holds.some((one) => one.id === id),
    onSevere(id) {
      const before = state.holds.length;
      state = setIncidentHold(state, id, Date.now());
      begin(state.holds[before]);
    },
    onOver(id) {
      end(id);
      state = endIncidentHold(state, id);
      lifts.void(id, 'the incident is over');
    },
  });
  setHandler(incidentHold, (payload) => incidents.look(text(payload, 'workflowId') ?? ''));
  // after the piece that it uses: a signal that came first is handled as soon as its handler is set
  setHandler(policyChanged, (payload) => {
    const next = isRecord(payload) ? payload['policy'] : undefined;
    // all of it, since a digest is only what somebody says it is
    if (!isPolicy(next) || JSON.stringify(next) === JSON.stringify(policy)) return;
    policy = next;
    runLinkBase = text(payload, 'runLinkBase') ?? runLinkBase;
    lifts.voidAll('the rules for lifting it have changed: it is asked again');
  });

  for (const carried of state.holds) {
    lifts.begin(carried);
    if (carried.kind === 'incident') incidents.look(carried.source);
  }
  let told = 0;
  while (!mustContinueAsNew()) {
    for (const { id, until } of dueHolds(state, Date.now())) {
      end(id);
      lifts.void(id, `the freeze ended by itself at ${until ?? ''}`);
    }
    view.show(state.holds);
    if (changes > told) {
      told = changes;
      await tellAskers();
    } else await nextChange(told);
  }
  closing = true;
  lifts.voidAll('this goes on in a new run, where it is asked again');
  await approvals.shown(60_000);
  await condition(() => approvals.idle() && allHandlersFinished());
  await continueAsNew<typeof freeze>({ policy, runLinkBase, carried: state });

  function hold(claims: DecisionClaims): ClaimsAnswer {
    const before = state.holds.length;
    const set = setHold(state, claims, Date.now());
    state = set.state;
    begin(state.holds[before]);
    return set.answer;
  }

  function begin(added: Hold | undefined) {
    if (!added) return;
    changes += 1;
    lifts.begin(added);
  }

  function end(id: string) {
    state = endHold(state, id);
    changes += 1;
  }

  async function nextChange(seen: number) {
    const woken = () => changes > seen || mustContinueAsNew();
    const endsAt = nextEnd(state);
    if (endsAt === undefined) await condition(woken);
    else
      await condition(woken, Math.max(1, endsAt - Date.now()), { summary: 'the next hold ends by itself' });
  }

  /** The queue first, then who was refused, in the order of their asking; a run that has closed is forgotten. */
  async function tellAskers() {
    const { askers } = state;
    await tell(promotionQueueId).catch(ignoreClosed);
    for (const asker of askers)
      await tell(asker.workflowId, asker.runId).catch((error: unknown) => {
        ignoreClosed(error);
        state = forget(state, asker);
      });
  }

  /** While something is held, its request is open: a new run would have to ask it again, so that waits for longer. */
  function mustContinueAsNew(): boolean {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    const { maxHistoryLength = 2_000 } = input;
    if (state.holds.length > 0) return historyLength > 5 * maxHistoryLength;
    return (continueAsNewSuggested || historyLength > maxHistoryLength) && approvals.idle();
  }
}

function tell(workflowId: string, runId?: string): Promise<void> {
  return getExternalWorkflowHandle(workflowId, runId).signal(holdsChanged, {});
}

function ignoreClosed(error: unknown) {
  if (isCancellation(error)) throw error;
}

function validateWave(request: OpenWaveRequest) {
  for (const field of ['workflowId', 'runId', 'wave'])
    if (text(request, field) === undefined) throw new Error(`openWave: ${field} is missing or too long`);
  if (runIdOf(request) === undefined) throw new Error('openWave: runId is no id of a run');
  const override: unknown = request.overrideRequestId;
  if (override !== undefined && text(request, 'overrideRequestId') === undefined)
    throw new Error('openWave: overrideRequestId is no id');
}

setWorkflowOptions(versioned('AUTO_UPGRADE'), freeze);
