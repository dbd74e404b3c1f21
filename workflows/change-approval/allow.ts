import { condition, workflowInfo } from '@temporalio/workflow';
import type { ApprovalRequest, Settlement } from '../approval/approvals.ts';
import { retryStatusChecks, type Analysis } from './analyse.ts';
import { createAskedRequests, type Allowed } from './asked-requests.ts';
import { toChangeEvidence, toPlanEvidence } from './evidence.ts';
import type { ChangeRun } from './run.ts';
import { ChangeEnded } from './stop.ts';
import { mismatch, notEnough, riskyPlan } from './texts.ts';
import { readTicket } from './ticket.ts';
import { answerEarly, waitForChange } from './wait.ts';

/** How a build comes to be allowed: by policy alone, or by people; and a risky plan always by people. */
export interface Allower {
  /** @returns undefined: something has changed, or time has passed: analyse again · @throws ChangeEnded */
  seek(analysis: Analysis): Promise<Allowed | undefined>;
  /** The point of no return: what was allowed is still so, by what was found just now. */
  commit(analysis: Analysis): Promise<Allowed | undefined>;
  /** For the views of every request; what is open is void. */
  end(text: string): void;
  /** After a failed deploy: everything is asked about anew. */
  reset(): void;
}

const lookAgainMs = 10 * 60_000;
/** So often a scan that has not ended is waited for before people are asked all the same. */
const pendingLooks = 6;
const attestedWithinMs = 60_000;

export function createAllower(run: ChangeRun): Allower {
  const { state, policy, progress } = run;
  const asked = createAskedRequests(run);
  let looks = 0;
  let approvedAt: string | undefined;

  async function seek(analysis: Analysis): Promise<Allowed | undefined> {
    if (await mustWait(analysis)) return undefined;
    const inReview = state.ticket?.status === 'manualReview' && !state.plan?.risky;
    // manual review means people: of the plan, if that is why, else of the change, and anew
    if (inReview && asked.isUsed('change')) asked.drop('change', 'the ticket was sent to manual review');
    const automatic = !inReview && (await isAutomatic(analysis));
    const main = automatic
      ? undefined
      : await asked.ask('change', toChangeEvidence(analysis, run), policy.approval);
    const plan = await askAboutPlan(analysis);
    if (main && !(await answered(main, 'approve'))) return undefined;
    if (plan && !(await answered(plan, 'plan'))) return undefined;
    return allow(analysis, automatic);
  }

  /** @returns true when it waited: nobody is asked about what is incomplete, wrong, or not known yet */
  async function mustWait({ facts, verdict }: Analysis): Promise<boolean> {
    const { missing } = facts.ticket;
    if (missing.length > 0) {
      const text = `required data is missing: ${missing.join(', ')}`;
      await waitForChange(run, { state: 'needs-info', text, code: 'requester:info' });
      return true;
    }
    if (state.ticket?.status === 'draft')
      await run.call('jira', () => run.jira.moveChange({ ...run.where(), to: 'waiting' }));
    const wrong = verdict.checks.filter(({ id, verdict: of }) => blocking.includes(id) && of === 'fail');
    if (wrong.length > 0) {
      const text = 'the build or the ticket is not what was asked for';
      await run.comment('mismatch', mismatch(wrong.flatMap(({ found }) => found)));
      for (const name of ['change', 'plan'] as const) asked.drop(name, text);
      state.allowed = null;
      await waitForChange(run, { state: 'waiting', text, code: 'requester:mismatch' });
      return true;
    }
    if (verdict.recommends !== 'wait' || looks >= pendingLooks) return false;
    looks += 1;
    const text = 'something that decides is not known yet: a scan, a build or the end of a hold';
    await waitForChange(run, { state: 'analysing', text, code: 'gitlab:pending', ms: lookAgainMs });
    return true;
  }

  /** Off, or nobody answers: people decide (C-24). */
  async function isAutomatic({ verdict }: Analysis): Promise<boolean> {
    if (!policy.autoApprove || verdict.recommends !== 'approve') return false;
    return (await run.call('temporal', () => run.temporal.readAutoApproval())).on;
  }

  async function askAboutPlan({ facts }: Analysis): Promise<ApprovalRequest | undefined> {
    const { plan } = state;
    if (!plan?.risky) {
      asked.drop('plan', 'the plan is not risky any more');
      state.planState = 'accepted';
      return undefined;
    }
    const request = await asked.ask('plan', toPlanEvidence(facts, plan, run), policy.planApproval);
    if (request.settlement()?.outcome === 'approved') return request;
    state.planState = 'review';
    progress.start('plan');
    await run.comment('plan', riskyPlan(plan));
    if (state.ticket?.status === 'approved') await toManualReview();
    return request;
  }

  async function toManualReview() {
    await run.call('jira', () => run.jira.moveChange({ ...run.where(), to: 'manualReview' }));
    await readTicket(run);
  }

  /** @returns false: look at everything again */
  async function answered(request: ApprovalRequest, step: 'approve' | 'plan'): Promise<boolean> {
    if (await isApprovedInJiraOnly(request)) return false;
    if (!request.settlement()) {
      progress.start(step);
      if (step === 'plan') run.show('plan-review', 'the plan waits for its approval');
      else run.show('waiting', 'people decide');
    }
    const settlement = await settle(request);
    if (!settlement || settlement.outcome === 'void') return false;
    progress.describe({ decision: settlement.outcome });
    if (settlement.outcome === 'approved') {
      progress.finish(step, `by ${settlement.approvers.join(', ')}`.slice(0, 200));
      if (step === 'plan') state.planState = 'accepted';
      return true;
    }
    if (step === 'plan') state.planState = 'rejected';
    if (settlement.outcome === 'expired')
      throw new ChangeEnded({ outcome: 'expired', reason: 'nobody decided in time' });
    const { by, reason } = settlement;
    throw new ChangeEnded({
      outcome: 'rejected',
      by,
      reason: step === 'plan' ? `the plan: ${reason}` : reason,
    });
  }

  async function settle(request: ApprovalRequest): Promise<Settlement | undefined> {
    const settled = request.settled();
    for (;;) {
      const changed = condition(() => state.dirty || state.attempts.length > 0 || isTooLong());
      const found = await Promise.race([settled, changed.then(() => undefined)]);
      if (found) return found;
      answerEarly(run, 'it is not approved yet');
      // the event may also bring the question for information
      request.answered();
      if (state.dirty || isTooLong()) return undefined;
    }
  }

  /** Somebody moved the ticket to Approved: what he said is read and counted, but the status alone allows nothing. */
  async function isApprovedInJiraOnly(request: ApprovalRequest): Promise<boolean> {
    if (state.ticket?.status !== 'approved' || request.settlement()) return false;
    await request.heard(attestedWithinMs);
    if (request.settlement()) return false;
    await run.comment('status', notEnough('not everybody whose approval is needed has decided'));
    await toManualReview();
    state.dirty = true;
    return true;
  }

  async function allow({ facts }: Analysis, automatic: boolean): Promise<Allowed> {
    const allowed = asked.current(automatic);
    const { grant, planGrant, approvers } = allowed;
    approvedAt ??= new Date(Date.now()).toISOString();
    const approval = {
      ...run.where(),
      permission: { build: run.build, policy, ...allowed },
      approvers,
      authors: facts.code.authors,
      requester: facts.request.requester.person,
      at: approvedAt,
    };
    const evidenceDigest = automatic ? undefined : asked.digest();
    if (evidenceDigest !== undefined)
      await run.call('jira', () => run.jira.fillChange({ ...run.where(), details: {}, evidenceDigest }));
    await run.call('jira', () => run.jira.approveChange(approval));
    asked.markUsed();
    state.allowed = { grant, planGrant, automatic };
    progress.describe({ decision: automatic ? 'automatic' : 'approved' });
    if (automatic) progress.finish('approve', `by policy ${policy.name}@${policy.version}`);
    await retryStatusChecks(run);
    run.show('approved', `approved by ${automatic ? `policy ${policy.name}` : approvers.join(', ')}`);
    return allowed;
  }

  async function commit(analysis: Analysis): Promise<Allowed | undefined> {
    const automatic = !asked.has('change');
    if (automatic && !(await isAutomatic(analysis))) return undefined;
    if (!automatic && !(await asked.commit('change', toChangeEvidence(analysis, run)))) return undefined;
    const { plan } = state;
    if (plan?.risky && !(await asked.commit('plan', toPlanEvidence(analysis.facts, plan, run))))
      return undefined;
    return asked.current(automatic);
  }

  return {
    seek,
    commit,
    end: (text) => asked.end(text),
    reset() {
      asked.reset();
      state.allowed = null;
      state.plan = null;
      approvedAt = undefined;
      looks = 0;
    },
  };
}

/** Without these it is not even the build that was asked for: nobody can approve it. */
const blocking: readonly string[] = ['ticket', 'build'];

/** Months of waiting: the run begins anew, and people are asked again. */
export function isTooLong(): boolean {
  return workflowInfo().continueAsNewSuggested;
}
