import {
  allHandlersFinished,
  condition,
  continueAsNew,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import { resume, status } from '../agent-promotion/messages.ts';
import { createApprovals } from '../approval/create-approvals.ts';
import { createFailure } from '../shared/failures.ts';
import { stepKey } from '../shared/names.ts';
import { createPatience } from '../shared/patience.ts';
import { createProgress } from '../shared/run-progress.ts';
import { versioned } from '../shared/versioning.ts';
import { withAnswer } from './answers.ts';
import { createConflicts } from './conflicts.ts';
import {
  incident,
  incidentChanged,
  pauseLink,
  reprocess,
  resync,
  unlink,
  type IncidentSyncInput,
} from './messages.ts';
import { nextReminderMs } from './pending.ts';
import { isIncidentPolicy, readEvent, readPaused } from './requests.ts';
import { stepNames, type IncidentRun } from './run.ts';
import { leave, syncOnce } from './sync-once.ts';
import { emptyState, toNote, toView, withDelivery } from './view.ts';

const dayMs = 86_400_000;
/** Parked steps are tried again by themselves, with the latest state. */
const retryParkedMs = 6 * 3_600_000;

/**
 * The one writer of a case and its issue: an event is a hint, both sides are read, and what differs from the state in which they agreed
 * last is written, step by step. A step that fails for good is parked and the others go on. Signals: `incidentChanged`, `pauseLink`,
 * `reprocess`, `resync`, `unlink`, `decide` (people, on a conflict), `resume`. Ends `tailDays` after the case was closed.
 */
export async function incidentSync(input: IncidentSyncInput): Promise<{ readonly outcome: string }> {
  const { workflowId, runId } = workflowInfo();
  const { connection, caseId, maxHistoryLength = 4_000 } = input;
  if (!isIncidentPolicy(input.policy))
    throw createFailure('InvalidInput', 'incidentSync: policy is malformed');
  const progress = createProgress('incident-sync', stepNames);
  const patience = createPatience((code) => progress.waitFor(code));
  let asked: { readonly code: string; readonly dueBy?: string | undefined } = { code: '' };
  const approvals = createApprovals({
    patience,
    key: (step) => stepKey(workflowId, runId, step),
    runLink: `${input.policy.runLinkBase}${workflowId}`,
    waitFor(code, dueBy) {
      asked = { code, dueBy };
      if (progress.current() === 'idle') showWaiting();
    },
  });
  const conflicts = createConflicts({
    approvals,
    onAnswer(conflict, choice) {
      run.state = { ...run.state, answers: withAnswer(run.state.answers, conflict, choice) };
      run.dirty = true;
    },
  });
  const run: IncidentRun = {
    ...{ connection, caseId, workflowId, runId, progress, patience, conflicts },
    ...{ policy: input.policy, state: input.carried ?? emptyState, wanted: input.issueId },
    ...{ dirty: true, leaving: false, comparing: null },
  };

  setHandler(incident, () => toView(connection, caseId, run.state));
  setHandler(status, () => progress.report());
  setHandler(resume, () => patience.resume());
  setHandler(incidentChanged, (payload) => {
    const event = readEvent(payload);
    if (!event) return progress.ignore();
    if (event.policy?.connection === connection) run.policy = event.policy;
    // one that is linked keeps its issue, also when its base is rebuilt
    if (!run.state.link) run.wanted ??= event.issueId;
    if (run.state.deliveries.includes(event.deliveryId)) return;
    const { deliveryId, event: name } = event;
    run.state = withDelivery(run.state, deliveryId);
    if (name === 'drift' || name === 'compare') run.comparing = { deliveryId, only: name === 'compare' };
    if (name !== 'compare') run.dirty = true;
  });
  setHandler(pauseLink, (payload) => {
    const paused = readPaused(payload);
    if (paused === undefined) return progress.ignore();
    run.state = { ...run.state, paused };
    if (!paused) run.dirty = true;
    if (progress.current() === 'idle') showWaiting();
  });
  setHandler(reprocess, () => {
    run.state = { ...run.state, answers: {} };
    run.dirty = true;
  });
  setHandler(resync, () => {
    run.state = { ...run.state, link: null, expected: [], parked: [], hold: null, answers: {} };
    run.dirty = true;
  });
  setHandler(unlink, () => void (run.leaving = true));
  progress.describe({ target: connection });

  for (;;) {
    progress.start('idle', toNote(run.state));
    showWaiting();
    const woken = await nextCause();
    if (run.leaving) {
      if (await leave(run)) return finish('unlinked');
      continue;
    }
    // the next run begins by looking at both sides
    if (mustContinueAsNew()) break;
    if (!woken && isOver()) return finish('closed');
    const outcome = await syncOnce(run);
    if (outcome !== undefined) return finish(outcome);
  }
  conflicts.voidAll('this goes on in a new run, where it is asked again');
  await approvals.shown(60_000);
  await condition(() => approvals.idle() && allHandlersFinished());
  return continueAsNew<typeof incidentSync>({ ...input, policy: run.policy, carried: run.state });

  /** @returns whether something was said; false: time has passed */
  async function nextCause(): Promise<boolean> {
    const isAsked = () => (run.dirty || run.comparing !== null) && !run.state.paused;
    const isWanted = () => isAsked() || run.leaving || mustContinueAsNew();
    const atMs = nextDueMs();
    if (Number.isFinite(atMs))
      return condition(isWanted, Math.max(1_000, atMs - Date.now()), { summary: 'what is due next' });
    await condition(isWanted);
    return true;
  }

  /** When something has to be done without an event, ms since 1970; Infinity: never. */
  function nextDueMs(): number {
    const { closedAt, parked, paused } = run.state;
    if (paused) return Infinity;
    return Math.min(
      closedAt === null ? Infinity : Date.parse(closedAt) + run.policy.tailDays * dayMs,
      parked.length > 0 ? Date.now() + retryParkedMs : Infinity,
      nextReminderMs(run.state, run.policy),
    );
  }

  function isOver(): boolean {
    const { closedAt } = run.state;
    return closedAt !== null && Date.now() - Date.parse(closedAt) >= run.policy.tailDays * dayMs;
  }

  function showWaiting() {
    const { parked, paused, hold, gone } = run.state;
    const [first] = parked;
    if (first) progress.waitFor(`incident:${first.reason.split(':')[0] ?? 'Unknown'}`);
    else if (paused) progress.waitFor('paused');
    else if (gone) progress.waitFor(`issue:${gone}`);
    else if (asked.code) progress.waitFor(asked.code, asked.dueBy);
    else progress.waitFor(hold ? `status:${hold.reason}` : '');
  }

  async function finish(outcome: string) {
    conflicts.voidAll('the sync of this incident has ended');
    await approvals.shown(60_000);
    progress.end(outcome.replaceAll(' ', '-'));
    return { outcome };
  }

  /** An open question would have to be asked again by the next run, so that it waits for longer. */
  function mustContinueAsNew(): boolean {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    const isLong = continueAsNewSuggested || historyLength > maxHistoryLength;
    if (!isLong || !approvals.idle()) return false;
    return !conflicts.isOpen() || historyLength > 2 * maxHistoryLength;
  }
}

setWorkflowOptions(versioned('AUTO_UPGRADE'), incidentSync);
