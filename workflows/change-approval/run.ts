import { setHandler, workflowInfo } from '@temporalio/workflow';
import type { GitlabChangesPort } from '../../activities/gitlab/changes/port.ts';
import type { ChangeTicket, JiraChangesPort } from '../../activities/jira/changes/port.ts';
import type { TicketRef } from '../../activities/jira/port.ts';
import type { TemporalPort } from '../../activities/temporal/port.ts';
import { createApprovals } from '../approval/create-approvals.ts';
import { activitiesOf } from '../shared/activities.ts';
import type { TicketComment } from '../shared/comment.ts';
import { text } from '../shared/guards.ts';
import { stepKey } from '../shared/names.ts';
import { createPatience } from '../shared/patience.ts';
import {
  beginDeploy,
  codeChanged,
  deployEnded,
  detailsGiven,
  gate,
  holdsChanged,
  planReported,
  resume,
  status,
  ticketChanged,
} from './messages.ts';
import type { BeginAnswer, ChangeInput, GateState, GateView, GivenDetails, Verdict } from './messages.ts';
import { createChangeProgress } from './progress.ts';
import { toBeginAttempt, toDeployEnd, toDetails, toPlanReport } from './signals.ts';
import type { BeginAttempt, DeployEnd } from './signals.ts';

const rememberedDeliveries = 200;
const shownAttempts = 20;

/** One run of `changeApproval`: its state, its handlers and its ways to the outside. */
export type ChangeRun = ReturnType<typeof createChangeRun>;

export function createChangeRun({ request, policy, carried }: ChangeInput) {
  const { workflowId, runId } = workflowInfo();
  const progress = createChangeProgress();
  const patience = createPatience((code) => progress.waitFor(code));
  const alive = { heartbeatSeconds: policy.heartbeatSeconds };
  const runLink = `${policy.runLinkBase}${encodeURIComponent(workflowId)}/${runId}`;
  const state = {
    deliveries: [...(carried?.deliveries ?? [])],
    round: carried?.round ?? '0',
    /** Something that the analysis reads has changed since it was last made. */
    dirty: true,
    given: request.given,
    plan: carried?.plan ?? null,
    /** To be answered, in the order of their arrival. */
    attempts: [] as BeginAttempt[],
    answers: [] as BeginAnswer[],
    ended: undefined as DeployEnd | undefined,
    ticket: undefined as ChangeTicket | undefined,
    verdict: null as Verdict | null,
    gate: { state: 'preparing', text: 'the change ticket is being prepared' } as Pick<
      GateView,
      'state' | 'text'
    >,
    missing: [] as (keyof GivenDetails)[],
    allowed: null as Pick<GateView, 'grant' | 'planGrant' | 'automatic'> | null,
    planState: 'accepted' as 'accepted' | 'review' | 'rejected',
  };
  const key = (step: string) => stepKey(workflowId, state.round, step);
  const approvals = createApprovals({
    patience,
    key,
    runLink,
    waitFor: (code, dueBy) => progress.waitFor(code, dueBy),
    heartbeatSeconds: policy.heartbeatSeconds,
  });

  /** A delivery is counted once; the payload is a hint, never the state. */
  function hint(payload: unknown) {
    const id = text(payload, 'deliveryId');
    if (id === undefined) return progress.ignore();
    if (state.deliveries.includes(id)) return;
    state.deliveries = [...state.deliveries, id].slice(-rememberedDeliveries);
    state.dirty = true;
  }

  setHandler(ticketChanged, (payload) => {
    hint(payload);
    approvals.ticketChanged();
  });
  setHandler(codeChanged, hint);
  setHandler(holdsChanged, () => void (state.dirty = true));
  setHandler(beginDeploy, (payload) => {
    const attempt = toBeginAttempt(payload);
    if (!attempt) return progress.ignore();
    const known = [...state.attempts, ...state.answers].some((one) => one.attempt === attempt.attempt);
    if (!known) state.attempts.push(attempt);
  });
  setHandler(planReported, (payload) => {
    const report = toPlanReport(payload);
    if (!report) return progress.ignore();
    // an equal plan keeps what was approved (C-42…C-44), and what was shown: its reasons may come in another order
    if (report.digest === state.plan?.digest && report.risky === state.plan.risky) return;
    state.dirty = true;
    state.plan = report;
  });
  setHandler(deployEnded, (payload) => {
    const end = toDeployEnd(payload);
    if (end) state.ended ??= end;
    else progress.ignore();
  });
  setHandler(detailsGiven, (payload) => {
    const details = toDetails(payload);
    if (!details) return progress.ignore();
    state.given = { ...state.given, ...details };
    state.dirty = true;
  });
  setHandler(resume, () => patience.resume());
  setHandler(status, () => progress.report());
  setHandler(gate, () => toView());

  function toView(): GateView {
    const { ticket, plan } = state;
    return {
      ...state.gate,
      ticket: ticket?.key ?? null,
      ticketUrl: ticket?.url ?? null,
      runLink,
      waitingOn: progress.report().waitingOn,
      missing: state.missing,
      verdict: state.verdict,
      attempts: state.answers,
      plan: plan && { digest: plan.digest, risky: plan.risky, state: state.planState },
      grant: state.allowed?.grant ?? null,
      planGrant: state.allowed?.planGrant ?? null,
      automatic: state.allowed?.automatic ?? false,
    };
  }

  const jira = activitiesOf<JiraChangesPort>('jira', 'write', alive);

  return {
    request,
    policy,
    isCarried: carried !== undefined,
    build: toBuild(request),
    workflowId,
    runId,
    runLink,
    state,
    progress,
    approvals,
    key,
    call: patience.call,
    jira,
    jiraReads: activitiesOf<JiraChangesPort>('jira', 'read', alive),
    gitlab: activitiesOf<GitlabChangesPort>('gitlab', 'write', alive),
    /** A thousand commits take their time under a rate limit. */
    gitlabReads: activitiesOf<GitlabChangesPort>('gitlab', 'read', { ...alive, startToCloseMs: 30 * 60_000 }),
    temporal: activitiesOf<TemporalPort>('temporal', 'read', alive),
    where(): TicketRef {
      if (!state.ticket) throw new TypeError('the ticket is not known yet');
      const { site, issueId } = state.ticket;
      return { site, issueId };
    },
    show(now: GateState, said: string) {
      state.gate = { state: now, text: said };
    },
    answer(attempt: BeginAttempt, answer: BeginAnswer['answer'], said: string) {
      state.attempts = state.attempts.filter((one) => one !== attempt);
      state.answers = [...state.answers, { attempt: attempt.attempt, answer, text: said }].slice(
        -shownAttempts,
      );
    },
    /** One comment per name and round, edited in place. */
    async comment(name: string, body: TicketComment): Promise<void> {
      const { ticket } = state;
      if (!ticket) return;
      const where = { site: ticket.site, issueId: ticket.issueId };
      await patience.call('jira', () => jira.writeComment({ ...where, key: key(`comment-${name}`), body }));
    },
  };
}

function toBuild({ environment, project, buildJob, build, branch, sha, action }: ChangeInput['request']) {
  return { environment, project, buildJob, build, branch, sha, action };
}
