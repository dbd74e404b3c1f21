import { condition } from '@temporalio/workflow';
import { notify } from '../notices/notify.ts';
import { failureMessage, failureType } from '../shared/failures.ts';
import type { Allowed } from './asked-requests.ts';
import { setStatus } from './analyse.ts';
import { differences } from './begin.ts';
import type { ChangeOutcome } from './messages.ts';
import type { ChangeRun } from './run.ts';
import type { DeployEnd } from './signals.ts';
import { deployed, deployFailed } from './texts.ts';
import { readTicket } from './ticket.ts';

const pollMs = 30_000;

interface Ended extends DeployEnd {
  readonly reason: string;
}

/** The deploy itself: a job that Lockkeeper plays, or one that says how it ended. @returns undefined: it failed, and a person wants it tried again */
export async function deploy(run: ChangeRun, allowed: Allowed): Promise<ChangeOutcome | undefined> {
  const began = Date.now();
  run.progress.start('deploy');
  run.show('deploying', 'the deploy is on its way');
  await setStatus(run, 'running', 'deploying');
  const end = run.request.deployJobId === null ? await awaitResult(run) : await playJob(run, allowed);
  const seconds = Math.round((Date.now() - began) / 1000);
  if (end.result === 'success') return reportSuccess(run, allowed, { seconds, url: end.url });
  await reportFailure(run, end);
  return undefined;
}

/** CI reports it; a job that asks again, because it was repeated, gets the same answer. */
async function awaitResult(run: ChangeRun): Promise<Ended> {
  const { state, policy, progress } = run;
  progress.waitFor('ci:result');
  const ms = policy.deployDeadlineMinutes * 60_000;
  let late = false;
  for (;;) {
    const woken = () => state.ended !== undefined || state.attempts.length > 0 || state.dirty;
    const inTime = await (late
      ? condition(woken).then(() => true)
      : condition(woken, ms, { summary: 'the result of the deploy' }));
    answerAttempts(run);
    if (state.ended) return { ...state.ended, reason: 'CI reports a failure' };
    if (!inTime) late = await tellLate(run);
    if (state.dirty) {
      state.dirty = false;
      const { status, movedBy } = await readTicket(run);
      if (status === 'deployFailed')
        return { result: 'failure', url: null, reason: `so moved by ${movedBy ?? 'somebody'}` };
    }
  }
}

function answerAttempts(run: ChangeRun) {
  for (const attempt of run.state.attempts) {
    const wrong = differences(run, attempt);
    run.answer(attempt, wrong.length > 0 ? 'mismatch' : 'go', wrong.join('; ') || 'approved and valid');
  }
}

async function tellLate(run: ChangeRun): Promise<true> {
  const text = `CI has not said how the deploy ended for ${run.policy.deployDeadlineMinutes} minutes: say it with \`lockkeeper gate deployed\``;
  await run.comment('late', [{ type: 'paragraph', text }]);
  await tell(run, run.policy.notify.failure, 'No result of a deploy', [text]);
  return true;
}

/** A manual job of GitLab: no runner was held while people decided. */
async function playJob(run: ChangeRun, allowed: Allowed): Promise<Ended> {
  const { request, build, policy, state } = run;
  const { pipelineId, deployJobId: jobId, project } = request;
  if (pipelineId === null || jobId === null) throw new TypeError('no job to play');
  const permission = { build, policy, ...allowed };
  let url: string | null = null;
  try {
    ({ webUrl: url } = await run.call('gitlab', () =>
      run.gitlab.playDeployJob({ pipelineId, jobId, permission }),
    ));
  } catch (error) {
    if (!['PolicyViolation', 'NotFound', 'Conflict', 'PermissionDenied'].includes(failureType(error)))
      throw error;
    return { result: 'failure', url, reason: failureMessage(error) };
  }
  run.progress.waitFor('gitlab:job');
  const until = Date.now() + policy.deployDeadlineMinutes * 60_000;
  for (;;) {
    state.dirty = false;
    const job = await run.call('gitlab', () => run.gitlabReads.readJob({ project, jobId }));
    if (job.state === 'success') return { result: 'success', url: job.webUrl, reason: '' };
    if (job.state === 'failed' || job.state === 'canceled')
      return { result: 'failure', url: job.webUrl, reason: `the job ended as ${job.status}` };
    if (Date.now() > until)
      return {
        result: 'failure',
        url: job.webUrl,
        reason: `the job did not end within ${policy.deployDeadlineMinutes} minutes`,
      };
    // the job itself may ask, as its first step
    answerAttempts(run);
    await condition(() => state.dirty || state.attempts.length > 0, pollMs, { summary: 'the deploy job' });
  }
}

async function reportSuccess(
  run: ChangeRun,
  { automatic, approvers }: Allowed,
  { seconds, url }: { seconds: number; url: string | null },
): Promise<ChangeOutcome> {
  const { policy, state } = run;
  run.progress.finish('deploy', `${seconds} s`);
  run.progress.start('report');
  const by = automatic
    ? `Approved by policy ${policy.name}, version ${policy.version}.`
    : `Approved by ${approvers.join(', ')}.`;
  await run.comment('deployed', deployed({ seconds, by, url, runLink: run.runLink }));
  for (const to of ['resolved', 'closed'] as const)
    await run.call('jira', () => run.jira.moveChange({ ...run.where(), to }));
  await setStatus(run, 'success', `deployed in ${seconds} s`);
  run.show('deployed', `deployed in ${seconds} s`);
  await tell(run, policy.notify.success, 'Deployed', [by]);
  run.progress.finish('report');
  return { outcome: 'deployed', ticket: state.ticket?.key ?? '', automatic, approvers, seconds };
}

/** The ticket stays open and asks: forward or back. Waits for a person's answer. @throws ChangeEnded: back */
async function reportFailure(run: ChangeRun, { reason, url }: Ended): Promise<void> {
  const { state, build, policy, progress } = run;
  progress.fail('deploy', reason);
  run.show('deploy-failed', `the deploy failed: ${reason}`);
  const history = await run.call('jira', () => run.jiraReads.readHistory({ ...run.where(), build }));
  const before = history.lastApproved;
  await run.comment(
    'deploy-failed',
    deployFailed({ reason, url, before: before && `${before.ticket} (${before.sha.slice(0, 8)})` }),
  );
  await run.call('jira', () => run.jira.moveChange({ ...run.where(), to: 'deployFailed' }));
  await setStatus(run, 'failed', 'the deploy failed');
  await tell(run, policy.notify.failure, 'The deploy failed', [reason]);
  progress.waitFor('person:requester');
  for (;;) {
    state.dirty = false;
    const { status } = await readTicket(run);
    if (status === 'waiting' || status === 'draft') break;
    await condition(() => state.dirty || state.attempts.length > 0);
    for (const attempt of state.attempts)
      run.answer(attempt, 'not-approved', 'the deploy failed: move the ticket to Waiting for approval first');
  }
}

async function tell(run: ChangeRun, channels: readonly string[], title: string, lines: readonly string[]) {
  const { ticket } = run.state;
  const links = [{ label: 'Run', href: run.runLink }];
  const named = `${title}: ${run.request.project} ${run.request.build} to ${run.request.environment} (${ticket?.key ?? ''})`;
  await notify({
    key: run.key(`notice-${title.replaceAll(' ', '-').toLowerCase()}`),
    channels,
    title: named,
    lines,
    links,
  });
}
