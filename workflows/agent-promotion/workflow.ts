import {
  CancellationScope,
  ParentClosePolicy,
  allHandlersFinished,
  condition,
  continueAsNew,
  isCancellation,
  setWorkflowOptions,
  startChild,
} from '@temporalio/workflow';
import { versioned } from '../shared/versioning.ts';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Ticket } from '../../activities/jira/port.ts';
import { failureDetails, failureMessage, failureType, nextStep } from '../shared/failures.ts';
import { deliverNotice } from '../notices/workflow.ts';
import { noticeId } from '../shared/names.ts';
import type { Turn } from '../shared/turn.ts';
import type { PromotionInput, PromotionOutcome } from './messages.ts';
import { stepNames } from './progress.ts';
import { ensureStillWanted, publishEverywhere } from './publish.ts';
import { createRun, type Begun, type Run } from './run.ts';
import { fetchInstaller, testOnInstance, verifyInPipeline } from './stages.ts';
import { StepFailed, TicketTaken } from './stop.ts';
import { askForVersion, failed, started, stopped, succeeded, tested } from './texts.ts';
import { leaveLine, takeTurn } from './turn.ts';
import { parseAgentVersion } from './version.ts';

/**
 * Promotes one security-agent installer, asked for by one Jira ticket (requirements P-1…P-75): check the version, wait for
 * the turn, pin the bytes, verify them in the customer's pipeline and on a real instance, publish them to every production
 * account, report. One run is one round: one entry of the ticket into ToDo.
 *
 * Signals: `ticketChanged`, `pipelineChanged` (starters), `turnGranted`, `placeChanged` (the queue), `resume` (an operator).
 * Time-outs: pipeline and test instance have a deadline by policy; everything else waits for as long as a vendor is down.
 */
export async function agentPromotion(input: PromotionInput): Promise<PromotionOutcome> {
  const run = createRun(input);
  let outcome = await playRound(run);
  // the place in line was given up because the ticket changed
  while (outcome === 'again') outcome = await playRound(run);
  run.progress.end(outcome.outcome);

  await condition(allHandlersFinished);
  if (run.state.ticketDirty && (await isAskedAgain(run)))
    await continueAsNew<typeof agentPromotion>({ ...input, carried: { deliveries: run.state.deliveries } });
  return outcome;
}

async function playRound(run: Run): Promise<PromotionOutcome | 'again'> {
  const ticket = await run.readTicket();
  if (ticket?.status !== 'toDo' || !ticket.inScope)
    return { outcome: 'nothing-to-do', statusName: ticket?.statusName ?? 'deleted' };
  run.state.round = ticket.round;
  run.progress.describe({ ticket: ticket.key });
  run.progress.start('version');
  const check = parseAgentVersion(ticket.agentVersion);
  if (!check.valid) return askForValidVersion(run, ticket, check.reason);
  const begun: Begun = { ticket, version: check.version };
  run.progress.describe({ target: `agent ${check.version}` });
  run.progress.finish('version', check.version);
  await run.call('jira', () => run.jira.assignTicket({ ...run.where, assignee: { kind: 'bot' } }));

  run.progress.start('turn');
  try {
    const turn = await takeTurn(run, begun);
    if (!turn) return 'again';
    run.progress.finish('turn');
    return await promoteUnderTurn(run, begun, turn);
  } finally {
    await CancellationScope.nonCancellable(() => leaveLine(run));
  }
}

async function promoteUnderTurn(run: Run, begun: Begun, turn: Turn): Promise<PromotionOutcome> {
  try {
    await run.call('jira', () => run.jira.transitionTicket({ ...run.where, to: 'inProgress', turn }));
    await run.call('jira', () => run.jira.linkTicket({ ...run.where, workflowId: run.workflowId }));
    await run.comment('started', started(begun.version, run.runLink));
    const objects = await fetchInstaller(run, begun, turn);
    const pipelineUrl = await verifyInPipeline(run, begun, objects, turn);
    await ensureStillWanted(run, begun);
    const instanceId = await testOnInstance(run, begun, objects.copy, turn);
    await run.comment('tested', tested(begun.version, instanceId));
    await publishEverywhere(run, begun, objects.copy, turn, pipelineUrl);
    return await reportSuccess(run, begun, turn, pipelineUrl);
  } catch (error) {
    return CancellationScope.nonCancellable(() => reportStop(run, begun, error));
  }
}

/** P-25…P-28: nothing outside Jira is touched. The transition comes last: until then a crash leaves the ticket in ToDo. */
async function askForValidVersion(run: Run, ticket: Ticket, reason: string): Promise<PromotionOutcome> {
  const { creatorAccountId: accountId, agentVersion } = ticket;
  run.progress.fail('version', reason);
  await run.comment('version', askForVersion);
  if (accountId)
    await run.call('jira', () =>
      run.jira.assignTicket({ ...run.where, assignee: { kind: 'account', accountId } }),
    );
  await run.call('jira', () => run.jira.transitionTicket({ ...run.where, to: 'infoNeeded' }));
  return { outcome: 'info-needed', given: agentVersion };
}

async function reportSuccess(
  run: Run,
  begun: Begun,
  turn: Turn,
  pipelineUrl: string,
): Promise<PromotionOutcome> {
  run.progress.start('report');
  const { accounts } = run.state;
  await run.comment('succeeded', succeeded(begun.version, accounts, pipelineUrl));
  await run.call('jira', () => run.jira.transitionTicket({ ...run.where, to: 'done', turn }));
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
async function reportStop(run: Run, begun: Begun, error: unknown): Promise<PromotionOutcome> {
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
  return { outcome: 'failed', step, reason, accounts };
}

/** A status that a person forced is left as it is: one comment of what was written where (design §4). */
async function reportTaken(run: Run, begun: Begun, reason: string): Promise<PromotionOutcome> {
  const accounts = run.state.accounts.map((entry) =>
    entry.state === 'waiting' ? { ...entry, state: 'stopped' as const } : entry,
  );
  if ((await run.readTicket()) !== null) await run.comment('stopped', stopped(reason, accounts));
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
  if (channels.length === 0) return;
  const links = [{ label: 'Run', href: run.runLink }];
  await startChild(deliverNotice, {
    workflowId: noticeId(run.key('notice')),
    args: [{ key: run.key('notice'), channels, title, lines, links }],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: title,
  }).catch(ignoreStarted);
}

/** A reset run reports again; its notice is on its way already. */
function ignoreStarted(error: unknown) {
  if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
}

async function isAskedAgain(run: Run): Promise<boolean> {
  const ticket = await run.readTicket();
  return ticket !== null && ticket.inScope && ticket.status === 'toDo';
}

setWorkflowOptions(versioned('PINNED'), agentPromotion);
