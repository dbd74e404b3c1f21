import { failureMessage, failureType } from '../shared/failures.ts';
import { isCancellation, log } from '@temporalio/workflow';
import type { CommitStatusState } from '../../activities/gitlab/changes/port.ts';
import type { ChangeFacts } from './facts.ts';
import { judgeChange } from './judge-change.ts';
import type { GivenDetails, Verdict } from './messages.ts';
import type { ChangeRun } from './run.ts';
import { askForDetails, scanStatus } from './texts.ts';
import { findMismatches, readTicket, summaryOf } from './ticket.ts';
import { toVerdictComment } from './verdict-comment.ts';
import { workDetails } from './work-details.ts';

/** What an analysis found; `facts` are what was true at that moment. */
export interface Analysis {
  readonly facts: ChangeFacts;
  readonly verdict: Verdict;
}

/** For the operator and for GitLab, a few words. */
const found: Readonly<Record<Verdict['recommends'], string>> = {
  approve: 'approval is recommended',
  manual: 'people decide',
  wait: 'not everything is known yet',
};

/** Everything is read afresh and judged; the ticket, its one comment and the commit's status say what was found (C-15…C-22). */
export async function analyse(run: ChangeRun): Promise<Analysis> {
  run.state.dirty = false;
  run.progress.start('analyse');
  const facts = await collect(run);
  const verdict = judgeChange(facts);
  run.state.verdict = verdict;
  run.progress.finish('analyse', found[verdict.recommends]);
  const { ticket } = facts;
  const comment = toVerdictComment(verdict, {
    ticket: ticket.key,
    facts,
    runLink: run.runLink,
    plan: run.state.plan,
  });
  await run.comment('verdict', comment);
  await setStatus(run, 'pending', `${found[verdict.recommends]}: ${ticket.key}`);
  run.progress.describe({ risk: riskOf(run, verdict) });
  return { facts, verdict };
}

/** That of what people are asked about. */
function riskOf({ state, policy }: ChangeRun, { recommends }: Verdict): 'normal' | 'high' {
  if (state.plan?.risky) return policy.planApproval.risk;
  return recommends === 'approve' ? 'normal' : policy.approval.risk;
}

async function collect(run: ChangeRun): Promise<ChangeFacts> {
  const { request, policy, build } = run;
  const { project, sha } = request;
  const ticket = await readTicket(run);
  const where = run.where();
  const history = await run.call('jira', () => run.jiraReads.readHistory({ ...where, build }));
  const [ci, code, scans, holds] = await Promise.all([
    run.call('gitlab', () => run.gitlabReads.readBuild({ build, pipelineId: request.pipelineId })),
    run.call('gitlab', () =>
      run.gitlabReads.reviewCode({
        project,
        from: history.lastApproved?.sha ?? null,
        to: sha,
        rules: policy.review,
      }),
    ),
    run.call('gitlab', () => run.gitlabReads.readScans({ project, sha, rules: policy.scans })),
    readHolds(run),
  ]);
  const facts = {
    request,
    policy,
    build: ci,
    code,
    scans,
    history,
    holds,
    now: new Date(Date.now()).toISOString(),
    ticket: { key: ticket.key, mismatches: findMismatches(ticket, build), missing: [] as string[] },
  };
  const missing = await fillTicket(run, facts);
  return { ...facts, ticket: { ...facts.ticket, missing } };
}

function readHolds(run: ChangeRun): Promise<ChangeFacts['holds']> {
  if (!run.policy.freezes) return Promise.resolve({ open: true, holds: [] });
  return run.call('temporal', () => run.temporal.readHolds({ hotfix: false }));
}

/** What can be worked out is filled in; what cannot is asked for on the ticket (C-6, C-7). */
async function fillTicket(run: ChangeRun, facts: ChangeFacts): Promise<readonly (keyof GivenDetails)[]> {
  const { state } = run;
  const request = { ...facts.request, given: state.given };
  const details = { ...workDetails({ ...facts, request }), ...state.given };
  const summary = details.summary ?? summaryOf(run.build);
  await run.call('jira', () =>
    run.jira.fillChange({
      ...run.where(),
      details: { ...details, summary },
      scanStatus: scanStatus(facts.scans.scans),
    }),
  );
  const ticket = await readTicket(run);
  const missing: (keyof GivenDetails)[] = [
    ...(ticket.details.justification === null ? (['justification'] as const) : []),
    ...(ticket.details.rollbackPlan === null ? (['rollbackPlan'] as const) : []),
  ];
  if (missing.length > 0 || state.missing.length > 0) await run.comment('details', askForDetails(missing));
  state.missing = missing;
  if (missing.length === 0) run.progress.finish('ticket', ticket.key);
  return missing;
}

/** A status that GitLab does not take keeps no change: the ticket has the verdict too. */
export async function setStatus(
  run: ChangeRun,
  state: CommitStatusState,
  description: string,
): Promise<void> {
  const { project, sha, environment } = run.request;
  const status = { project, sha, name: `lockkeeper/${environment}`, state, targetUrl: run.runLink };
  await courteously(run, 'set the commit status', () =>
    run.gitlab.setCommitStatus({ ...status, description: description.slice(0, 140) }),
  );
}

/** External status checks were answered at once, with no: GitLab asks again now. */
export async function retryStatusChecks(run: ChangeRun): Promise<void> {
  const { project, sha } = run.request;
  await courteously(run, 'have status checks asked again', () =>
    run.gitlab.retryStatusChecks({ project, sha }),
  );
}

async function courteously(run: ChangeRun, what: string, act: () => Promise<unknown>) {
  try {
    await run.call('gitlab', act);
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.warn(`cannot ${what}`, { type: failureType(error), reason: failureMessage(error) });
  }
}
