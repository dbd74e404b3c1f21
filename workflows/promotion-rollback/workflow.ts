import {
  CancellationScope,
  allHandlersFinished,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import type { JiraPort, Publication } from '../../activities/jira/port.ts';
import type { S3Port } from '../../activities/s3/port.ts';
import type { TemporalPort } from '../../activities/temporal/port.ts';
import { resume, status, ticketChanged, turnGranted } from '../agent-promotion/messages.ts';
import type { ApprovalRequest } from '../approval/approvals.ts';
import { createApprovals } from '../approval/create-approvals.ts';
import type { Evidence } from '../approval/messages.ts';
import { release } from '../promotion-queue/messages.ts';
import { activitiesOf } from '../shared/activities.ts';
import { paragraph, type TicketComment } from '../shared/comment.ts';
import { failureMessage } from '../shared/failures.ts';
import { wholeNumber } from '../shared/guards.ts';
import { agentPromotionId, promotionQueueId, stepKey } from '../shared/names.ts';
import { createPatience } from '../shared/patience.ts';
import type { Turn } from '../shared/turn.ts';
import { versioned } from '../shared/versioning.ts';
import type { RollbackInput, RollbackOutcome, RolledBackAccount } from './messages.ts';
import { planRollback, type RollbackPlan } from './plan.ts';
import { createProgress } from '../shared/run-progress.ts';

type PossiblePlan = RollbackPlan & { readonly possible: true };

const stepNames = {
  plan: 'Read what every account has',
  approve: 'Approval by people',
  write: 'Name the former version in every manifest',
} as const;

const joinAgainMs = 10 * 60 * 1000;
const showAtMostMs = 60 * 60 * 1000;

/**
 * Takes a promotion back after people have approved it: account by account in reverse wave order, under the turn, the
 * manifest names the former version again. A freeze does not hold it: going back is what one may need then. One account's
 * failure does not keep it from the others. Signals: `decide` (the gateway), `turnGranted` (the queue), `ticketChanged`, `resume`.
 */
export async function promotionRollback(input: RollbackInput): Promise<RollbackOutcome> {
  const { workflowId, runId } = workflowInfo();
  const { policy, site, issueId } = input;
  const where = { site, issueId };
  const progress = createProgress('promotion-rollback', stepNames);
  const patience = createPatience((code) => progress.waitFor(code));
  const jira = activitiesOf<JiraPort>('jira', 'write');
  const s3 = activitiesOf<S3Port>('aws-promotion', 'write', { startToCloseMs: 60 * 60_000 });
  const temporal = activitiesOf<TemporalPort>('temporal', 'write');
  const runLink = `${policy.runLinkBase}${encodeURIComponent(workflowId)}/${runId}`;
  const key = (step: string) => stepKey(workflowId, input.requestedAt, step);
  let grantedToken = 0;
  let asked: ApprovalRequest | undefined;
  const approvals = createApprovals({
    patience,
    key,
    runLink,
    waitFor: (code, due) => progress.waitFor(code, due),
  });
  setHandler(
    turnGranted,
    (payload) => void (grantedToken = Math.max(grantedToken, wholeNumber(payload, 'token') ?? 0)),
  );
  setHandler(ticketChanged, () => {
    // before its comments are read: the same event may also bring the question for information
    asked?.answered();
    approvals.ticketChanged();
  });
  setHandler(resume, () => patience.resume());
  setHandler(status, () => progress.report());

  const outcome = await play();
  progress.end(outcome.outcome);
  await approvals.shown(showAtMostMs);
  await condition(allHandlersFinished);
  return outcome;

  async function play(): Promise<RollbackOutcome> {
    const rules = policy.rollback;
    if (!rules) return { outcome: 'refused', reason: 'processes.promotion.rollback names no approval' };
    const ticket = await patience.call('jira', () => jira.readTicket(where));
    progress.describe({ ticket: ticket.key, target: `rollback of ${ticket.key}` });
    progress.start('plan');
    const plan = await look();
    if (!plan.possible) return { outcome: 'refused', reason: plan.reason };
    progress.finish('plan', `${plan.fromVersion} → ${plan.toVersion}`);
    progress.start('approve');
    const evidence = toEvidence(plan, ticket.key);
    const request = await approvals.ask({
      name: 'rollback',
      evidence,
      policy: rules,
      ticket: where,
      revocable: 'until the first account is written',
    });
    asked = request;
    for (;;) {
      const settlement = await request.settled();
      if (settlement.outcome === 'rejected')
        return end('rejected', `by ${settlement.by}: ${settlement.reason}`);
      if (settlement.outcome !== 'approved') return end(settlement.outcome, 'nobody approved it in time');
      const turn = await takeTurn(ticket);
      try {
        if (JSON.stringify(await look()) !== JSON.stringify(plan)) {
          request.void('production has changed since it was shown');
          return await end('void', 'production has changed since it was shown: ask again');
        }
        const final = await request.commit();
        if (!final) continue;
        progress.finish('approve', final.approvers.join(', '));
        const accounts = await rollBack(plan, turn, { ticket: ticket.key, ...final });
        const done = accounts.every(({ state }) => state !== 'failed');
        request.note(done ? 'rolled back' : 'rolled back in part');
        await report(plan, accounts);
        const { fromVersion, toVersion } = plan;
        return { outcome: done ? 'rolled-back' : 'partly-rolled-back', fromVersion, toVersion, accounts };
      } finally {
        await CancellationScope.nonCancellable(leave);
      }
    }
  }

  /** Read afresh, in the order of the waves. */
  async function look(): Promise<RollbackPlan> {
    const names = policy.waves.flatMap((wave) => wave.accounts);
    const accounts = await Promise.all(
      names.map((account) => patience.call('aws', () => s3.readAccount({ account }))),
    );
    return planRollback(accounts, { workflowId: agentPromotionId(site, issueId) }, input.toVersion);
  }

  async function takeTurn(ticket: { key: string; enteredAt: string; round: string }): Promise<Turn> {
    const { round, enteredAt } = ticket;
    // a rollback goes before promotions: production is to be mended
    const request = { workflowId, runId, round, enteredAt, ticket: ticket.key, priority: 20 };
    for (;;) {
      const joined = await patience.call('temporal', () => temporal.joinQueue(request));
      if (joined.state === 'granted') return toTurn(joined.token);
      progress.waitFor(`turn:${joined.ahead.length}`);
      if (await condition(() => grantedToken > joined.lastToken, joinAgainMs)) return toTurn(grantedToken);
    }
  }

  function toTurn(token: number): Turn {
    progress.waitFor('');
    return { queueId: promotionQueueId, workflowId, runId, token };
  }

  async function leave() {
    try {
      await getExternalWorkflowHandle(promotionQueueId).signal(release, { workflowId, runId });
    } catch (error) {
      if (isCancellation(error)) throw error;
    }
  }

  async function rollBack(
    plan: PossiblePlan,
    turn: Turn,
    approved: {
      ticket: string;
      grant: Parameters<S3Port['rollBackManifest']>[0]['permission']['grant'];
      approvers: readonly string[];
    },
  ): Promise<RolledBackAccount[]> {
    const { fromVersion, toVersion } = plan;
    const { ticket, grant, approvers } = approved;
    const requestId = grant?.requestId ?? '';
    const entry = {
      uploaded_at: `${new Date(Date.now()).toISOString().slice(0, 19)}Z`,
      ticket,
      workflow_id: workflowId,
      entry_id: `${workflowId}/${requestId}`,
      run_id: runId,
      approval: { request_id: requestId, approvers },
    };
    const permission = { policy, wave: 'rollback', grant, exception: null };
    const done: RolledBackAccount[] = plan.left.map(({ account, why }) => ({
      account,
      state: 'left',
      detail: why,
    }));
    const publications: Publication[] = [];
    for (const account of plan.accounts) {
      progress.start('write', account);
      try {
        const { outcome, manifestVersionId } = await patience.call('aws', () =>
          s3.rollBackManifest({ account, fromVersion, toVersion, entry, permission, turn }),
        );
        const state = outcome === 'published' ? 'rolled-back' : 'already-rolled-back';
        done.push({ account, state, detail: `${fromVersion} → ${toVersion}` });
        const after = await patience.call('aws', () => s3.readAccount({ account }));
        const { sha256 = '', s3_version_id: s3VersionId = '' } = after.entry ?? {};
        publications.push({ account, version: toVersion, sha256, s3VersionId, manifestVersionId });
      } catch (error) {
        if (isCancellation(error)) throw error;
        done.push({ account, state: 'failed', detail: failureMessage(error).slice(0, 500) });
      }
    }
    if (publications.length > 0)
      await patience.call('jira', () => jira.recordPublications({ ...where, workflowId, publications }));
    progress.finish('write', `${publications.length} of ${plan.accounts.length} accounts`);
    return done;
  }

  async function end(outcome: 'rejected' | 'expired' | 'void', reason: string): Promise<RollbackOutcome> {
    progress.fail('approve', reason);
    await comment('ended', [paragraph(`The rollback was not made: ${outcome}, ${reason}.`)]);
    return { outcome, reason };
  }

  async function report(plan: PossiblePlan, accounts: readonly RolledBackAccount[]) {
    const rows = accounts.map(({ account, state, detail }) => [account, state, detail]);
    await comment('done', [
      paragraph(`Rolled back from ${plan.fromVersion} to ${plan.toVersion}. Reason: ${input.reason}`),
      { type: 'table', header: ['Account', 'State', 'Detail'], rows },
      { type: 'link', before: 'Run: ', label: 'workflow history', href: runLink },
    ]);
  }

  async function comment(step: string, body: TicketComment) {
    await patience.call('jira', () => jira.commentTicket({ ...where, key: key(`comment-${step}`), body }));
  }

  function toEvidence(plan: PossiblePlan, ticket: string): Evidence {
    const { fromVersion, toVersion, accounts, left } = plan;
    return {
      kind: 'promotion-rollback',
      title: `Roll ${accounts.join(', ')} back from agent ${fromVersion} to ${toVersion} (${ticket})`,
      subject: { runId, ticket, fromVersion, toVersion, accounts },
      facts: [
        { label: 'Reason', value: input.reason },
        { label: 'From', value: fromVersion },
        { label: 'To', value: toVersion },
        { label: 'Order', value: accounts.join(', ') },
        ...left.map(({ account, why }) => ({ label: `${account} is left alone`, value: why })),
      ],
      links: [{ label: 'Run', href: runLink }],
      requester: input.requester,
      authors: [],
      changers: [],
    };
  }
}

setWorkflowOptions(versioned('PINNED'), promotionRollback);
