import {
  allHandlersFinished,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  log,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import type { FindingAcceptancePort } from '../../activities/finding-acceptance/port.ts';
import { resume, status, ticketChanged } from '../agent-promotion/messages.ts';
import type { ApprovalRequest, Settlement } from '../approval/approvals.ts';
import { createApprovals } from '../approval/create-approvals.ts';
import { isPolicy } from '../freeze/policy-form.ts';
import { recheck } from '../halo-sync/messages.ts';
import { activitiesOf } from '../shared/activities.ts';
import { createFailure, failureMessage } from '../shared/failures.ts';
import { haloSyncId, stepKey } from '../shared/names.ts';
import { createPatience } from '../shared/patience.ts';
import { createProgress } from '../shared/run-progress.ts';
import { versioned } from '../shared/versioning.ts';
import { judgeRevoke, readUnaccept } from './early-end.ts';
import {
  acceptance,
  unaccept,
  type AcceptanceEnd,
  type AcceptanceInput,
  type AcceptanceOutcome,
  type AcceptanceRequest,
  type AcceptanceView,
} from './messages.ts';
import { planHold, type HoldStep } from './request.ts';
import { createTelling, orReason } from './telling.ts';
import { dayOf, describeEnd, toEnded, toEvidence, toNotAccepted, toProblem, toReminder } from './texts.ts';

const stepNames = {
  read: 'Read the request',
  ask: 'Approval by people',
  accept: 'Write it on the ticket',
  hold: 'The risk is accepted',
  end: 'Look at the finding again',
} as const;

/** The webhook may not know of this project: comments on the ticket are read so often all the same. */
const lookEveryMs = 2 * 60 * 60_000;
const showAtMostMs = 60 * 60_000;

type Approved = Settlement & { readonly outcome: 'approved' };

/**
 * One accepted risk: reads the request, asks people, closes the finding's ticket under their grant, reminds 14 and 3 days before
 * the end, and has the finding looked at again when it is over. Runs for as long as the acceptance holds: where it does not run
 * any more, nothing is accepted. Signals: `decide` (the gateway; a `revoke` also later), `unaccept` (CLI), `ticketChanged` (the
 * webhook), `resume`.
 */
export async function findingAcceptance(input: AcceptanceInput): Promise<AcceptanceOutcome> {
  const { workflowId, runId } = workflowInfo();
  if (!isPolicy(input.policy)) throw createFailure('InvalidInput', 'findingAcceptance: policy is malformed');
  const { source, findingId, issueId, commentId } = input;
  const where = { source, findingId, issueId };
  const runLink = `${input.runLinkBase}${encodeURIComponent(workflowId)}/${runId}`;
  const key = (step: string) => stepKey(workflowId, runId, step);
  const progress = createProgress('finding-acceptance', stepNames);
  const patience = createPatience((code) => progress.waitFor(code));
  const halo = activitiesOf<FindingAcceptancePort>('halo', 'write');
  const tell = createTelling({ patience, key, issueId, runLink });
  let view: AcceptanceView = { state: 'reading', request: null, approvers: [] };
  let asked: ApprovalRequest | undefined;
  let ending: AcceptanceEnd | undefined;

  const approvals = createApprovals({
    patience,
    key,
    runLink,
    waitFor: (code, due) => progress.waitFor(code, due),
    // a decision that is carried out cannot be revoked, but what it began can
    onClaims(claims) {
      if (view.state !== 'accepted' || !asked) return undefined;
      const judged = judgeRevoke(claims, { requestId: asked.requestId, policy: input.policy, view });
      if (judged?.accepted) ending ??= { how: 'revoked', by: claims.principal, reason: claims.reason };
      return judged;
    },
  });
  setHandler(acceptance, () => view);
  setHandler(status, () => progress.report());
  setHandler(resume, () => patience.resume());
  setHandler(unaccept, (payload) => {
    const said = readUnaccept(payload);
    if (said) ending ??= { how: 'unaccepted', ...said };
    else progress.ignore();
  });
  setHandler(ticketChanged, () => {
    asked?.answered();
    approvals.ticketChanged();
  });

  const outcome = await play();
  view = { ...view, state: 'over' };
  progress.end(outcome.outcome);
  await approvals.shown(showAtMostMs);
  await condition(allHandlersFinished);
  return outcome;

  async function play(): Promise<AcceptanceOutcome> {
    progress.start('read');
    progress.describe({ target: source });
    const read = await patience.call('halo', () => halo.readAcceptanceRequest({ ...where, commentId }));
    progress.describe({ ticket: read.ticket });
    if (read.state === 'refused') return refuse(read, read.reason);
    const { state: _, ...request } = read;
    progress.finish('read', `by ${request.requester}, until ${dayOf(request.until)}`);
    view = { ...view, state: 'asking', request };
    const approved = await askPeople(request);
    return approved.outcome === 'approved' ? accept(request, approved) : approved;
  }

  async function askPeople(request: AcceptanceRequest): Promise<Approved | AcceptanceOutcome> {
    progress.start('ask');
    const question = await approvals.ask({
      name: 'acceptance',
      evidence: toEvidence(input, request, { runId, runLink }),
      policy: input.policy,
      ticket: { site: request.site, issueId },
    });
    asked = question;
    for (;;) {
      const settlement = await settle(question, request);
      if (settlement?.outcome === 'approved') {
        const final = await question.commit();
        if (final) return final;
        continue;
      }
      return notAccepted(question, request, settlement);
    }
  }

  /** @returns undefined: it was withdrawn, or its own time is over */
  async function settle(question: ApprovalRequest, { until }: AcceptanceRequest) {
    const settled = question.settled();
    for (;;) {
      const left = Date.parse(until) - Date.now();
      if (ending || left <= 0) return undefined;
      const summary = 'read the answers on the ticket';
      const waited = condition(() => ending !== undefined, Math.min(left, lookEveryMs), { summary });
      const found = await Promise.race([settled, waited.then(() => undefined)]);
      if (found) return found;
      approvals.ticketChanged();
    }
  }

  async function notAccepted(
    question: ApprovalRequest,
    request: AcceptanceRequest,
    settlement: Exclude<Settlement, Approved> | undefined,
  ): Promise<AcceptanceOutcome> {
    if (settlement?.outcome === 'rejected') {
      const { by, reason } = settlement;
      await tell.ticket(request, 'rejected', toNotAccepted(`rejected by ${by}: ${reason}`, runLink));
      return { outcome: 'rejected', by, reason };
    }
    const by = ending?.by ?? null;
    const text = by === null ? 'nobody decided in time' : `withdrawn by ${by}: ${ending?.reason ?? ''}`;
    question.void(text);
    await tell.ticket(request, 'not-accepted', toNotAccepted(text, runLink));
    return by === null ? { outcome: 'expired' } : { outcome: 'withdrawn', by, reason: ending?.reason ?? '' };
  }

  async function accept(request: AcceptanceRequest, approved: Approved): Promise<AcceptanceOutcome> {
    const { until } = request;
    const { grant, approvers } = approved;
    const write = (part: { readonly isConfirmation?: boolean } = {}) =>
      patience.call('halo', () =>
        halo.acceptFinding({ ...where, commentId, until, grant, runLink, ...part }),
      );
    progress.start('accept');
    const refused = await orReason(async () => {
      const { problem } = await write();
      if (problem !== null) await tell.ticket(request, 'problem', toProblem(problem));
    });
    if (refused !== undefined) return refuse(request, refused);
    progress.finish('accept', `by ${approvers.join(', ')}`.slice(0, 200));
    view = { state: 'accepted', request, approvers };
    asked?.note(`accepted until ${dayOf(until)}`);
    const end = await hold(request, () => write({ isConfirmation: true }));
    return over(request, end);
  }

  async function hold(request: AcceptanceRequest, confirm: () => Promise<unknown>): Promise<AcceptanceEnd> {
    progress.start('hold', `until ${dayOf(request.until)}`);
    for (const step of planHold(Date.now(), Date.parse(request.until))) {
      const left = step.at - Date.now();
      if (left > 0) await condition(() => ending !== undefined, left, { summary: summaries[step.what] });
      if (ending) return ending;
      if (step.what === 'confirm') {
        const problem = await orReason(confirm);
        if (problem !== undefined) log.warn('an acceptance cannot be confirmed', { problem });
      } else if (step.what === 'remind') await remind(request, step);
    }
    return ending ?? { how: 'expired', by: null, reason: null };
  }

  async function remind(request: AcceptanceRequest, { at }: HoldStep) {
    const day = new Date(at).toISOString().slice(0, 10);
    await tell.ticket(request, `remind-${day}`, toReminder(request));
    await tell.requester(request, `remind-${day}`, `It ends on ${dayOf(request.until)}.`);
  }

  async function over(request: AcceptanceRequest, end: AcceptanceEnd): Promise<AcceptanceOutcome> {
    progress.finish('hold', describeEnd(end).slice(0, 200));
    progress.start('end');
    const problem = await orReason(() => patience.call('halo', () => halo.endAcceptance(where)));
    if (problem !== undefined) log.warn('the end of an acceptance cannot be written', { problem });
    await tell.ticket(request, 'ended', toEnded(end, runLink));
    await askForLook();
    await tell.requester(request, 'ended', `It has ended: ${describeEnd(end)}.`);
    return { outcome: 'ended', until: request.until, ...end };
  }

  /** Nobody syncs that source now: its next pass of everything reopens the ticket. */
  async function askForLook() {
    try {
      await getExternalWorkflowHandle(haloSyncId(source)).signal(recheck, { ids: [findingId] });
    } catch (error) {
      if (isCancellation(error)) throw error;
      log.warn('the finding is looked at in the next reconcile', { source, reason: failureMessage(error) });
    }
  }

  async function refuse(place: { readonly site: string }, reason: string): Promise<AcceptanceOutcome> {
    progress.fail(progress.current(), reason);
    asked?.note(`not accepted: ${reason}`);
    await tell.ticket(place, 'refused', toNotAccepted(reason, runLink));
    return { outcome: 'refused', reason };
  }
}

const summaries: Readonly<Record<HoldStep['what'], string>> = {
  confirm: 'look whether the ticket still says so',
  remind: 'remind of the end of the acceptance',
  end: 'the end of the acceptance',
};

setWorkflowOptions(versioned('AUTO_UPGRADE'), findingAcceptance);
