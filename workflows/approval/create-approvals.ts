import { condition, setHandler, uuid4, CancellationScope } from '@temporalio/workflow';
import type { DecisionsPort } from '../../activities/decisions/port.ts';
import type { JiraPort } from '../../activities/jira/port.ts';
import type { SlackPort } from '../../activities/slack/port.ts';
import { activitiesOf } from '../shared/activities.ts';
import { paragraph } from '../shared/comment.ts';
import { createAnswers } from './answers.ts';
import type { ApprovalRequest, Approvals, ApprovalsOptions, Settlement } from './approvals.ts';
import { createBreakGlass } from './break-glass.ts';
import { createInbox } from './inbox.ts';
import { decide, decision, decisions, requests } from './messages.ts';
import type { DecisionClaims, DecisionRecord, RefusalRule, RequestView } from './messages.ts';
import { addRecord, findAnswer } from './records.ts';
import { openRequest } from './request.ts';
import type { RequestContext, RunningRequest } from './running-request.ts';
import { isSameWait, toWaitingOn, type WaitingOn } from './waiting-on.ts';
import { toIso } from './view.ts';

const nobodyReached: WaitingOn = { code: 'slack:Unavailable', dueBy: undefined };
const mostTaken = 1_000;

/** Human decisions for one run: sets the handlers of `decide`, `decision`, `requests` and `decisions` (design §3). */
export function createApprovals(options: ApprovalsOptions): Approvals {
  const { key, runLink, patience, waitFor, onClaims, heartbeatSeconds } = options;
  const alive = heartbeatSeconds === undefined ? {} : { heartbeatSeconds };
  const slack = activitiesOf<SlackPort>('slack', 'write', alive);
  const jira = activitiesOf<JiraPort>('jira', 'write', alive);
  // no local activities: several at once, or one that a query or a cancelled timer meets, are not replayed alike (docs/decisions)
  const decisionsHere = activitiesOf<DecisionsPort>('temporal', 'read', alive);
  const all: RunningRequest[] = [];
  const answers = { slack: createAnswers('slack'), jira: createAnswers('jira') };
  let records: readonly DecisionRecord[] = [];
  /** By `onClaims`: requests know their own. */
  let taken: readonly string[] = [];
  let waiting: WaitingOn = { code: '', dueBy: undefined };

  const inbox = createInbox({
    verify: (input) => decisionsHere.verifyDecisions(input),
    onClaims: take,
    onRefused: (jti, rule, text) => record({ jti, state: 'refused', rule, text }),
  });
  const context: RequestContext = {
    slack,
    jira,
    reads: activitiesOf<JiraPort>('jira', 'read', alive),
    planReminders: (input) => decisionsHere.planReminders(input),
    breakGlass: createBreakGlass(runLink),
    inbox,
    key,
    runLink,
    insist: patience.call,
    onChange: () => showWaiting(false),
    onAwaited: () => showWaiting(true),
    onSettled: tellRequester,
  };

  function record(known: Pick<DecisionRecord, 'jti' | 'state' | 'rule' | 'text'>, claims?: DecisionClaims) {
    const { verb = null, principal = null, via = null } = claims ?? {};
    const at = toIso(claims ? claims.iat * 1000 : Date.now());
    records = addRecord(records, { ...known, verb, principal, via, at });
  }

  async function take(claims: DecisionClaims, envelope: string): Promise<void> {
    const { jti } = claims;
    const request = all.find(({ api }) => api.requestId === claims.requestId);
    const answer = takeHere(claims) ?? (request ? await request.take(claims, envelope) : noSuchRequest);
    const { accepted, text } = answer;
    if (accepted) return record({ jti, state: 'accepted', rule: null, text }, claims);
    record({ jti, state: 'refused', rule: answer.rule, text }, claims);
    if (!('repeat' in answer && answer.repeat)) answerRefusal(claims, answer, request);
  }

  function takeHere(claims: DecisionClaims) {
    if (taken.includes(claims.jti)) return repeated;
    const answer = onClaims?.(claims);
    if (answer?.accepted) taken = [...taken, claims.jti].slice(-mostTaken);
    return answer;
  }

  /** Once per decision and rule; whoever spoke by CLI asks for the answer himself. */
  function answerRefusal(
    { jti, via, principal, verb }: DecisionClaims,
    { rule, text }: { readonly rule: RefusalRule; readonly text: string },
    request: RunningRequest | undefined,
  ) {
    const answerKey = key(`refusal-${rule}-${jti.slice(0, 64)}`);
    const ticket = request?.question.ticket;
    const title = 'Your decision does not count';
    if (via === 'slack' && request) {
      const view = request.view();
      answers.slack.tell(() => slack.tellRefusal({ key: answerKey, view, principal, text }));
    } else if (via === 'slack') {
      const links = [{ label: 'Run', href: runLink }];
      answers.slack.tell(() =>
        slack.tellPerson({ key: answerKey, person: principal, title, lines: [text], links }),
      );
    } else if (via === 'jira' && ticket) {
      const body = [paragraph(`The ${verb} of ${principal} does not count: ${text}.`)];
      answers.jira.tell(() => jira.commentTicket({ ...ticket, key: answerKey, body }));
    }
  }

  function tellRequester(settlement: Settlement, view: RequestView, nth: number) {
    const { requester, title } = view.evidence;
    if (requester === null || requester.startsWith('jira:') || settlement.outcome === 'void') return;
    const tellKey = `${view.key}-settled-${nth}`;
    const said = describeSettlement(settlement);
    const links = [{ label: 'Run', href: runLink }];
    answers.slack.tell(() =>
      slack.tellPerson({
        key: tellKey,
        person: requester,
        title: said.title,
        lines: [title, ...said.lines],
        links,
      }),
    );
  }

  /** @param again shown even if it is what was shown before: something else may be shown now */
  function showWaiting(again: boolean) {
    const open = all.filter((request) => request.isAsked());
    const undelivered = open.some((request) => request.isUndelivered());
    const next = undelivered ? nobodyReached : toWaitingOn(open.map((request) => request.view()));
    // `` may stand for anything else that the run waits for: it is said once
    if (isSameWait(next, waiting) && !(again && next.code !== '')) return;
    waiting = next;
    waitFor(next.code, next.dueBy);
  }

  setHandler(decision, (jti) => findAnswer(records, jti));
  setHandler(decisions, () => records);
  setHandler(requests, () => all.map((request) => request.view()));
  setHandler(decide, inbox.receive);

  return {
    idle: inbox.idle,
    async ask(question): Promise<ApprovalRequest> {
      const { digest } = await decisionsHere.digestEvidence({ evidence: question.evidence });
      const request = openRequest(question, { requestId: uuid4(), evidenceDigest: digest }, context);
      all.push(request);
      showWaiting(false);
      return request.api;
    },
    ticketChanged() {
      for (const request of all) request.look();
    },
    shown: (atMostMs) =>
      CancellationScope.nonCancellable(async () => {
        for (const request of all) request.end();
        const done = () =>
          inbox.quiet() &&
          answers.slack.idle() &&
          answers.jira.idle() &&
          all.every((request) => request.upToDate());
        await condition(done, atMostMs, { summary: 'show people how it ended' });
      }),
  };
}

const repeated = {
  accepted: false,
  rule: 'replayed',
  text: 'this decision was taken before',
  repeat: true,
} as const;
const noSuchRequest = {
  accepted: false,
  rule: 'other-request',
  text: 'it answers a request that this run does not have: look what it asks now',
} as const;

function describeSettlement(settlement: Settlement): { title: string; lines: readonly string[] } {
  if (settlement.outcome === 'approved') {
    const by = settlement.approvers.join(', ');
    return { title: settlement.overridden ? 'Overridden (break-glass)' : 'Approved', lines: [`By ${by}`] };
  }
  if (settlement.outcome === 'rejected')
    return { title: 'Rejected', lines: [`By ${settlement.by}: ${settlement.reason}`] };
  return { title: 'Expired', lines: ['Nobody decided in time.'] };
}
