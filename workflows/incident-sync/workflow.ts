import {
  allHandlersFinished,
  condition,
  continueAsNew,
  isCancellation,
  log,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import type { IncidentPort } from '../../activities/incidents/port.ts';
import type { IncidentCallsPort } from '../../activities/temporal/port.ts';
import { resume, status } from '../agent-promotion/messages.ts';
import { activitiesOf } from '../shared/activities.ts';
import { createFailure, failureMessage, failureType } from '../shared/failures.ts';
import { stepKey } from '../shared/names.ts';
import { createPatience } from '../shared/patience.ts';
import { createProgress } from '../shared/run-progress.ts';
import { versioned } from '../shared/versioning.ts';
import { dropAnswered, dropSettled, expectedBy } from './expected.ts';
import { createLink, settle } from './link-state.ts';
import {
  incident,
  incidentChanged,
  pauseLink,
  reprocess,
  resync,
  unlink,
  type IncidentState,
  type IncidentSyncInput,
} from './messages.ts';
import { planSync } from './plan.ts';
import { isIncidentPolicy, readEvent, readPaused } from './requests.ts';
import type { CaseSide, IssueSide } from './sides.ts';
import { stepName, type Step } from './steps.ts';
import { takeStep } from './take-step.ts';
import { emptyState, toNote, toView, withDelivery, withoutParked, withParked } from './view.ts';

const stepNames = {
  idle: 'Wait for the next change',
  read: 'Read both sides',
  write: 'Write what differs',
} as const;

const dayMs = 86_400_000;
/** Parked steps are tried again by themselves, with the latest state. */
const retryParkedMs = 6 * 3_600_000;

/**
 * The one writer of a case and its issue: an event is a hint, both sides are read, and what differs from the state in which they agreed
 * last is written, step by step. A step that fails for good is parked and the others go on. Ends `tailDays` after the case was closed.
 */
export async function incidentSync(input: IncidentSyncInput): Promise<{ readonly outcome: string }> {
  const { workflowId, runId } = workflowInfo();
  const { connection, caseId, maxHistoryLength = 4_000 } = input;
  if (!isIncidentPolicy(input.policy))
    throw createFailure('InvalidInput', 'incidentSync: policy is malformed');
  let policy = input.policy;
  let state: IncidentState = input.carried ?? emptyState;
  let wanted = input.issueId;
  let dirty = true;
  let leaving = false;
  const progress = createProgress('incident-sync', stepNames);
  const patience = createPatience((code) => progress.waitFor(code));

  setHandler(incident, () => toView(connection, caseId, state));
  setHandler(status, () => progress.report());
  setHandler(resume, () => patience.resume());
  setHandler(incidentChanged, (payload) => {
    const event = readEvent(payload);
    if (!event) return progress.ignore();
    if (event.policy && event.policy.connection === connection) policy = event.policy;
    wanted ??= event.issueId;
    if (state.deliveries.includes(event.deliveryId)) return;
    state = withDelivery(state, event.deliveryId);
    dirty = true;
  });
  setHandler(pauseLink, (payload) => {
    const paused = readPaused(payload);
    if (paused === undefined) return progress.ignore();
    state = { ...state, paused };
    if (!paused) dirty = true;
  });
  setHandler(reprocess, () => void (dirty = true));
  setHandler(resync, () => {
    state = { ...state, link: null, expected: [], parked: [], hold: null };
    dirty = true;
  });
  setHandler(unlink, () => void (leaving = true));
  progress.describe({ target: connection });

  for (;;) {
    progress.start('idle', toNote(state));
    showWaiting();
    const isWanted = () => (dirty && !state.paused) || leaving || mustContinueAsNew();
    const ms = untilNextMs();
    const woken = ms === null ? await forever(isWanted) : await condition(isWanted, ms);
    if (leaving) return end(await leave());
    if (mustContinueAsNew() && !dirty) break;
    if (!woken && isOver()) return end('closed');
    if (woken || state.parked.length > 0) {
      const outcome = await syncOnce();
      if (outcome) return end(outcome);
    }
  }
  await condition(allHandlersFinished);
  return continueAsNew<typeof incidentSync>({ ...input, policy, carried: state });

  /** @returns why the run is over; undefined: it goes on */
  async function syncOnce(): Promise<string | undefined> {
    dirty = false;
    const pause = await activitiesOf<IncidentCallsPort>('temporal', 'read').readPause({ connection });
    if (pause.paused) {
      progress.waitFor('paused');
      await condition(() => dirty || leaving);
      return undefined;
    }
    progress.start('read');
    const port = activitiesOf<IncidentPort>('aws-incident', 'read', {
      heartbeatSeconds: policy.heartbeatSeconds,
    });
    const { fields } = policy;
    const readCase = (withTag: boolean) =>
      patience.call('incident', () => port.readCase({ connection, caseId, fields, withTag }));
    try {
      const known = state.link;
      const reading = readCase(known === null);
      const [one, first] = await Promise.all([
        reading,
        known
          ? patience.call('incident', () => port.readIssue({ connection, issueId: known.issueId, fields }))
          : null,
      ]);
      if (known && first) await write(one, first);
      else {
        const ended = await link(one);
        if (ended) return ended;
      }
      state = {
        ...state,
        syncs: state.syncs + 1,
        closedAt: one.status === 'Closed' ? (state.closedAt ?? now()) : null,
      };
    } catch (error) {
      if (isCancellation(error)) throw error;
      park('read', error);
    }
    return undefined;
  }

  /** The tag says which issue a case was made of; else one is found or made (B2, B3). */
  async function link(one: CaseSide): Promise<string | undefined> {
    if (!one.found) return 'no such case';
    if (one.route === '') return 'its route gives it no issue';
    const port = writes();
    const tagged = one.issueTag?.startsWith(`${connection}/`)
      ? one.issueTag.slice(connection.length + 1)
      : undefined;
    const given = wanted ?? tagged;
    const ref = { connection, caseId, workflowId };
    const made = await patience.call('incident', async () => {
      if (given === undefined) return port.ensureIssue({ ...ref, key: key('issue') });
      const { issueKey } = await port.tieIssue({ ...ref, issueId: given, key: key('tie') });
      return { issueId: given, issueKey, created: false };
    });
    const { fields } = policy;
    const issue = await patience.call('incident', () =>
      reads().readIssue({ connection, issueId: made.issueId, fields }),
    );
    const fresh = made.created ? 'case' : given === undefined ? null : 'issue';
    const ids = { issueId: made.issueId, issueKey: made.issueKey };
    state = withoutParked({ ...state, link: createLink(policy, ids, one, issue, fresh) }, 'read');
    progress.describe({ ticket: made.issueKey });
    // comments and files of the time before are still to be copied
    dirty = true;
    return undefined;
  }

  async function write(one: CaseSide, issue: IssueSide): Promise<void> {
    const known = state.link;
    if (!known) return;
    const { expected, notes, answers } = state;
    const plan = planSync({ policy, link: known, case: one, issue, answers, expected, notes });
    state = {
      ...withoutParked(state, 'read'),
      link: settle(known, one, issue, policy),
      expected: dropSettled(expected, plan),
      hold: plan.hold,
    };
    if (plan.steps.length > 0) progress.start('write', `${plan.steps.length} steps`);
    for (const step of plan.steps) await take(step, one, issue);
    // what was parked and is not to be done any more is nobody's business
    const left = new Set(plan.steps.map(stepName));
    state = { ...state, parked: state.parked.filter(({ name }) => left.has(name)) };
  }

  async function take(step: Step, one: CaseSide, issue: IssueSide): Promise<void> {
    const { link: before } = state;
    if (!before) return;
    const name = stepName(step);
    // noted before the call: what comes back like this is an echo
    state = { ...state, expected: [...state.expected, ...expectedBy(step, one, issue)] };
    const ref = { connection, caseId, issueId: before.issueId, key: key(`${name}-${before.version}`) };
    try {
      const after = await patience.call('incident', () =>
        takeStep(step, { port: writes(), policy, case: one, issue, link: before, ref }),
      );
      state = withoutParked({ ...state, link: after, expected: dropAnswered(state.expected, step) }, name);
      if (step.kind === 'note') state = { ...state, notes: [...state.notes, step.name].slice(-500) };
    } catch (error) {
      if (isCancellation(error)) throw error;
      park(name, error);
    }
  }

  function park(name: string, error: unknown) {
    const reason = `${failureType(error)}: ${failureMessage(error)}`;
    log.error('a step is parked', { name, reason });
    state = withParked(state, name, reason, now());
  }

  async function leave(): Promise<string> {
    const { link: known } = state;
    if (known)
      await patience.call('incident', () =>
        writes().untieIssue({ connection, caseId, issueId: known.issueId, key: key('untie') }),
      );
    return 'unlinked';
  }

  function showWaiting() {
    const [first] = state.parked;
    if (first) progress.waitFor(`incident:${first.reason.split(':')[0] ?? 'Unknown'}`);
    else if (state.paused) progress.waitFor('paused');
    else if (state.hold) progress.waitFor(`status:${state.hold.reason}`);
  }

  function isOver(): boolean {
    return state.closedAt !== null && Date.now() - Date.parse(state.closedAt) >= policy.tailDays * dayMs;
  }

  /** Until something has to be done without an event; null: never, while the case is open and nothing is parked. */
  function untilNextMs(): number | null {
    const { closedAt, parked } = state;
    const tail = closedAt === null ? Infinity : Date.parse(closedAt) + policy.tailDays * dayMs - Date.now();
    const next = Math.min(tail, parked.length > 0 ? retryParkedMs : Infinity);
    return Number.isFinite(next) ? Math.max(1_000, next) : null;
  }

  function reads() {
    return activitiesOf<IncidentPort>('aws-incident', 'read', { heartbeatSeconds: policy.heartbeatSeconds });
  }

  function writes() {
    const options = { heartbeatSeconds: policy.heartbeatSeconds, startToCloseMs: 20 * 60_000 };
    return activitiesOf<IncidentPort>('aws-incident', 'write', options);
  }

  function key(step: string): string {
    return stepKey(workflowId, runId, step);
  }

  function end(outcome: string) {
    progress.end(outcome.replaceAll(' ', '-'));
    return { outcome };
  }

  function mustContinueAsNew(): boolean {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    return continueAsNewSuggested || historyLength > maxHistoryLength;
  }
}

async function forever(isWanted: () => boolean): Promise<boolean> {
  await condition(isWanted);
  return true;
}

function now(): string {
  return new Date(Date.now()).toISOString();
}

setWorkflowOptions(versioned('AUTO_UPGRADE'), incidentSync);
