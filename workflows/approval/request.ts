import { condition, workflowInfo } from '@temporalio/workflow';
import type { Question, Settlement } from './approvals.ts';
import { deadlineOf, isLate, startClock } from './clock.ts';
import { detach } from './detach.ts';
import { createJiraView } from './jira-view.ts';
import { attestedGroups, isClosed, judge, openLedger, withAnswer, type Ledger } from './ledger.ts';
import type { DecisionClaims, RefusalRule, RequestView } from './messages.ts';
import { createReach } from './reach.ts';
import { runRequestClock } from './request-clock.ts';
import { isRepeat, toNote, toSettlement, type Accepted } from './settlement.ts';
import type { RequestContext, RunningRequest, Taken } from './running-request.ts';
import { createSlackView } from './slack-view.ts';
import { toRequestView } from './view.ts';

/** Opens a request: its decisions, its clock and its views, each going on by itself until it is closed. */
export function openRequest(
  question: Question,
  ids: { readonly requestId: string; readonly evidenceDigest: string },
  context: RequestContext,
): RunningRequest {
  const { evidence, policy, ticket, name, counts = 'approve' } = question;
  const { requester, authors, changers } = evidence;
  const { inbox, slack, jira, reads, planReminders, breakGlass } = context;
  const openedAt = new Date(Date.now()).toISOString();
  const choices = (evidence.choices ?? []).map(({ id }) => id);
  let ledger = openLedger({ ...ids, policy, people: { requester, authors, changers }, counts, choices });
  let accepted: readonly Accepted[] = [];
  let rejectedBy: DecisionClaims | null = null;
  let voidReason = '';
  let note: string | null = null;
  let refusals = 0;
  let visible = false;
  let undelivered = false;
  let changes = 0;

  const isAsked = () => visible && (ledger.status === 'open' || ledger.status === 'info-requested');
  const closed = () => isClosed(ledger);
  const settlement = () => toSettlement(ledger, { evidence, accepted, rejectedBy, voidReason });
  const reach = createReach({
    channels: ticket ? ['slack', 'jira'] : ['slack'],
    isWaiting: () => ledger.status === 'open',
    onChange: touch,
  });
  const shared = { view, isOpen: isAsked };
  const slackView = createSlackView({
    ...shared,
    slack,
    courier: reach.courier('slack'),
    quiet: inbox.quiet,
  });
  const jiraView =
    ticket &&
    createJiraView({
      ...shared,
      ticket,
      jira,
      reads,
      // the one does not wait for the other
      couriers: { ask: reach.courier('jira'), read: reach.courier('jira') },
      requestId: ids.requestId,
      groups: attestedGroups(policy),
      isClosed: closed,
      onEnvelopes: inbox.add,
    });

  function view(): RequestView {
    // before people were asked it is what it will be
    const clock = visible ? startClock(reach.clock(), Date.now()) : reach.clock();
    return toRequestView(ledger, {
      workflowId: workflowInfo().workflowId,
      key: context.key(name),
      runLink: context.runLink,
      evidence,
      openedAt,
      deadlineMs: ledger.status === 'open' ? deadlineOf(clock, policy.expiresAfterMinutes) : null,
      rejectedBy,
      refusals,
      note,
      revocable: question.revocable ?? null,
    });
  }

  function touch() {
    if (visible) {
      slackView.changed();
      jiraView?.changed();
    }
    context.onChange();
  }

  function show() {
    if (visible) return;
    visible = true;
    detach(() =>
      runRequestClock({ policy, planReminders, clock: reach.clock, isClosed: closed, ...clockActs }),
    );
  }

  const clockActs = {
    async catchUp(atMostMs: number) {
      await jiraView?.read(atMostMs);
      await condition(inbox.idle);
      reach.sync(Date.now());
    },
    onUndelivered(is: boolean) {
      undelivered = is;
      context.onChange();
    },
    onReminder(to: 'thread' | 'dm' | 'on-call', rung: number) {
      slackView.remind({ key: context.key(`${name}-remind-${rung + 1}`), to });
      context.onAwaited();
    },
    onExpired: () => restate({ ...ledger, status: 'expired' }, Date.now()),
  };

  /** @param atMs when it was said: a worker may hear of it later */
  function restate(next: Ledger, atMs: number) {
    ledger = next;
    reach.sync(Math.min(atMs, Date.now()));
    changes += 1;
    const mine = changes;
    touch();
    detach(async () => {
      await condition(inbox.idle);
      const settled = mine === changes ? settlement() : undefined;
      if (settled) context.onSettled(settled, view(), mine);
    });
  }

  function refuse(rule: RefusalRule, text: string, claims: DecisionClaims): Taken {
    const repeat = rule === 'replayed' && isRepeat(ledger, claims);
    if (!repeat) refusals += 1;
    if (!repeat) touch();
    return { accepted: false, rule, text, repeat };
  }

  async function take(claims: DecisionClaims, envelope: string): Promise<Taken> {
    reach.sync(Date.now());
    const before = judge(ledger, claims);
    if (!before.accepted) return refuse(before.rule, before.text, claims);
    if (ledger.status === 'open' && isLate(reach.clock(), policy.expiresAfterMinutes, claims.iat))
      return refuse('expired', 'it was said after the deadline', claims);
    const breaksGlass = claims.verb === 'override' && counts === 'approve';
    const objection = breaksGlass ? await breakGlass.findObjection(claims) : undefined;
    if (objection !== undefined) return refuse('review-overdue', objection, claims);
    // the run may have closed it while we looked
    const judged = judge(ledger, claims);
    if (!judged.accepted) return refuse(judged.rule, judged.text, claims);
    accepted = [...accepted, { claims, envelope }];
    note = toNote(claims);
    if (claims.verb === 'reject') rejectedBy = claims;
    show();
    restate(judged.ledger, claims.iat * 1000);
    if (breaksGlass) await breakGlass.startReview(claims, ledger, evidence);
    return { accepted: true, text: judged.text };
  }

  async function settled(): Promise<Settlement> {
    context.onAwaited();
    for (;;) {
      await condition(() => inbox.idle() && settlement() !== undefined);
      const found = settlement();
      if (found && inbox.idle()) return found;
    }
  }

  async function commit() {
    if (ledger.status !== 'committed') {
      await jiraView?.readThrough((act) => context.insist('jira', act));
      while (!inbox.idle()) await condition(inbox.idle);
      finish();
    }
    const found = closed() ? settlement() : undefined;
    return found?.outcome === 'approved' ? found : undefined;
  }

  /** What is approved stays so. */
  function finish() {
    if (ledger.status !== 'approved') return;
    ledger = { ...ledger, status: 'committed' };
    touch();
  }

  function close(reason: string, said: string) {
    if (closed()) return;
    voidReason = reason;
    note = said;
    restate({ ...ledger, status: 'void' }, Date.now());
  }

  if (!question.silent) {
    show();
    touch();
  }
  return {
    question,
    view,
    take,
    look: () => jiraView?.look(),
    isAsked,
    isUndelivered: () => undelivered,
    end() {
      finish();
      close('the run has ended', note ?? 'the run has ended');
    },
    upToDate: () => !visible || (slackView.upToDate() && (jiraView?.upToDate() ?? true)),
    api: {
      ...ids,
      settled,
      settlement,
      commit,
      reasons: () =>
        view()
          .decisions.flatMap(({ verb, reason }) => (verb === 'approve' && reason !== null ? [reason] : []))
          .join('; '),
      void: (reason) => close(reason, reason),
      note(text) {
        note = text;
        touch();
      },
      answered() {
        if (ledger.status !== 'info-requested') return;
        note = null;
        restate(withAnswer(ledger), Date.now());
      },
      async heard(atMostMs) {
        await jiraView?.read(atMostMs);
        await condition(inbox.idle, atMostMs, { summary: 'judge the answers on the ticket' });
      },
    },
  };
}
