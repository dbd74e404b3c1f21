import { isCancellation } from '@temporalio/workflow';
import type { Ticket } from '../../activities/jira/port.ts';
import { notify as sendNotice } from '../notices/notify.ts';
import type { TicketComment } from '../shared/comment.ts';
import { failureDetails, failureMessage, failureType, nextStep } from '../shared/failures.ts';
import type { TestedInstaller } from './evidence.ts';
import type { PromotionOutcome } from './messages.ts';
import { stepNames } from './progress.ts';
import { toResumable } from './retry.ts';
import type { Begun, Run } from './run.ts';
import { StepFailed, TicketTaken } from './stop.ts';
import { failed, stopped, succeeded, supersededBy } from './texts.ts';

/** The ends of a round: each turns what happened into words on the ticket, an owner and a notice. */

/** P-25…P-28: nothing outside Jira is touched. The transition comes last: until then a crash leaves the ticket in ToDo. */
export async function askForInfo(
  run: Run,
  ticket: Ticket,
  reason: string,
  words: TicketComment,
): Promise<PromotionOutcome> {
  const { creatorAccountId: accountId, agentVersion } = ticket;
  run.progress.fail('version', reason);
  await run.comment('version', words);
  if (accountId)
    await run.call('jira', () =>
      run.jira.assignTicket({ ...run.where, assignee: { kind: 'account', accountId } }),
    );
  await run.call('jira', () => run.jira.transitionTicket({ ...run.where, to: 'infoNeeded' }));
  return { outcome: 'info-needed', given: agentVersion };
}

export async function reportSuccess(run: Run, begun: Begun, pipelineUrl: string): Promise<PromotionOutcome> {
  run.progress.start('report');
  const { accounts } = run.state;
  await Promise.all([
    run.comment('succeeded', succeeded(begun.version, accounts, pipelineUrl)),
    recordPublications(run),
  ]);
  await run.call('jira', () => run.jira.transitionTicket({ ...run.where, to: 'done' }));
  await notify(
    run,
    run.policy.notify.success,
    `Agent ${begun.version} is published (${begun.ticket.key})`,
    [],
  );
  run.progress.finish('report');
  return { outcome: 'done', version: begun.version, accounts };
}

/** Turns whatever ended the promotion into words on the ticket, an owner and a notice. */
export async function reportStop(
  run: Run,
  begun: Begun,
  error: unknown,
  installer: TestedInstaller | undefined,
): Promise<PromotionOutcome> {
  const step = stepNames[run.progress.current()];
  run.progress.fail(run.progress.current(), failureMessage(error));
  run.progress.start('report');
  if (error instanceof TicketTaken) return reportTaken(run, begun, error.message);
  if (await isTakenAway(run)) return reportTaken(run, begun, `a person moved the ticket during “${step}”`);
  const reason = isCancellation(error) ? 'the run was cancelled by an operator' : failureMessage(error);
  const facts = error instanceof StepFailed ? error.facts : failureDetails(error);
  const next =
    error instanceof StepFailed
      ? 'Correct the cause, then move the ticket to ToDo.'
      : nextStep(failureType(error));
  const { accounts } = run.state;
  await recordPublications(run);
  await run.comment('failed', failed({ step, reason, ...facts, nextStep: next }, accounts, run.runLink));
  await run.call('jira', () => run.jira.assignTicket({ ...run.where, assignee: { kind: 'on-call' } }));
  await run.call('jira', () => run.jira.transitionTicket({ ...run.where, to: 'failed' }));
  const lines = [`Step: ${step}`, `Cause: ${reason}`];
  await notify(
    run,
    run.policy.notify.failure,
    `Promotion of agent ${begun.version} failed (${begun.ticket.key})`,
    lines,
  );
  run.progress.finish('report');
  if (isCancellation(error)) throw error;
  const resumable = installer ? toResumable(begun, installer) : null;
  return { outcome: 'failed', step, reason, accounts, resumable };
}

/** In the line it goes back to its creator; in mid-run it fails like any other stop. */
export async function reportSuperseded(run: Run, ticket: Ticket, newer: string): Promise<PromotionOutcome> {
  await askForInfo(run, ticket, `superseded by ${newer}`, supersededBy(newer));
  return { outcome: 'superseded', by: newer, accounts: run.state.accounts };
}

/** The anchor of the drift sweep; nothing to record is no call. */
async function recordPublications(run: Run): Promise<void> {
  const { publications } = run.state;
  if (publications.length === 0) return;
  const { workflowId } = run;
  await run.call('jira', () => run.jira.recordPublications({ ...run.where, workflowId, publications }));
}

/** A status that a person forced is left as it is: one comment of what was written where (design §4). */
async function reportTaken(run: Run, begun: Begun, reason: string): Promise<PromotionOutcome> {
  const accounts = run.state.accounts.map((entry) =>
    entry.state === 'waiting' ? { ...entry, state: 'stopped' as const } : entry,
  );
  if ((await run.readTicket()) !== null) {
    await run.comment('stopped', stopped(reason, accounts));
    await recordPublications(run);
  }
  await notify(
    run,
    run.policy.notify.failure,
    `Promotion of agent ${begun.version} stopped (${begun.ticket.key})`,
    [`Reason: ${reason}`, ...accounts.map((entry) => `${entry.account}: ${entry.state}`)],
  );
  run.progress.finish('report');
  return { outcome: 'stopped', reason, accounts };
}

/** A failed write may just be the first sign that a person moved the ticket. */
async function isTakenAway(run: Run): Promise<boolean> {
  const ticket = await run.readTicket();
  return ticket === null || !ticket.inScope || ticket.status !== 'inProgress';
}

/** A workflow of its own delivers the notices: Slack being down holds neither the turn nor the next round. */
async function notify(run: Run, channels: readonly string[], title: string, lines: readonly string[]) {
  if (run.plan && channels.length > 0)
    return run.plan.note('slack', 'notice', `${channels.join(', ')}: ${title}`);
  const links = [{ label: 'Run', href: run.runLink }];
  await sendNotice({ key: run.key('notice'), channels, title, lines, links });
}
