import {
  CancellationScope,
  allHandlersFinished,
  condition,
  continueAsNew,
  setWorkflowOptions,
} from '@temporalio/workflow';
import type { Ticket } from '../../activities/jira/port.ts';
import { failureMessage } from '../shared/failures.ts';
import type { Turn } from '../shared/turn.ts';
import { versioned } from '../shared/versioning.ts';
import { toPromotionEvidence, type TestedInstaller } from './evidence.ts';
import { createGate, type Gate } from './gate.ts';
import type { PromotionInput, PromotionOutcome } from './messages.ts';
import { ensureNotOvertaken, judgeProduction, readAccounts } from './production.ts';
import { ensureStillWanted, publishEverywhere } from './publish.ts';
import { askForInfo, reportStop, reportSuccess, reportSuperseded } from './report.ts';
import { readAsked, readResumable, resumeLast, type LastRun } from './retry.ts';
import { createRun, type Begun, type Run } from './run.ts';
import { fetchInstaller, testOnInstance, verifyInPipeline } from './stages.ts';
import { Superseded } from './stop.ts';
import { askForVersion, refusedVersion, started, tested } from './texts.ts';
import { isStillWaiting, judgeTicket } from './ticket-rules.ts';
import { isHotfix, keepTurn, leaveLine, takeTurn } from './turn.ts';
import { parseAgentVersion } from './version.ts';

/**
 * Promotes one security-agent installer, asked for by one Jira ticket (requirements P-1…P-75): check the version, wait for
 * the turn, pin the bytes, verify them in the customer's pipeline and on a real instance, let people approve where the
 * policy says so, publish wave by wave to every production account, report. One run is one round: one entry of the ticket
 * into ToDo.
 *
 * Signals: `ticketChanged`, `pipelineChanged` (starters), `decide` (the decision gateway), `turnGranted`, `placeChanged`,
 * `superseded`, `turnTaken` (the queue), `holdsChanged` (freeze), `pauseWaves`, `resumeWaves`, `skipWave`, `resume` (an operator).
 * Time-outs: pipeline, test instance and approval have a deadline by policy; everything else waits for as long as a vendor is down.
 */
export async function agentPromotion(input: PromotionInput): Promise<PromotionOutcome> {
  const run = createRun(input);
  let outcome = await playRound(run);
  // the place in line was given up because the ticket changed
  while (outcome === 'again') outcome = await playRound(run);
  run.progress.end(outcome.outcome);
  if (run.plan) return { outcome: 'planned', would: outcome.outcome, writes: run.plan.writes };

  await run.approvals.shown(showAtMostMs);
  await condition(allHandlersFinished);
  if (run.state.ticketDirty && (await isAskedAgain(run))) {
    const { site, issueId, policy } = input;
    const carried = { deliveries: run.state.deliveries };
    await continueAsNew<typeof agentPromotion>({ site, issueId, policy, carried });
  }
  return outcome;
}

/** A view that a vendor does not take for so long stays as it is: the run is over. */
const showAtMostMs = 60 * 60 * 1000;

async function playRound(run: Run): Promise<PromotionOutcome | 'again'> {
  const last = run.input.retry ? await readResumable(run) : undefined;
  if (run.input.retry && !last) return { outcome: 'nothing-to-do', statusName: 'nothing to retry' };
  const asked = await readAsked(run, last);
  if (!asked.ticket) return { outcome: 'nothing-to-do', statusName: asked.statusName };
  const { ticket } = asked;
  run.state.round = ticket.round;
  run.progress.describe({ ticket: ticket.key });
  run.progress.start('version');
  const check = parseAgentVersion(ticket.agentVersion);
  if (!check.valid) return askForInfo(run, ticket, check.reason, askForVersion);
  const begun: Begun = { ticket, version: check.version };
  run.progress.describe({ target: `agent ${check.version}` });
  run.progress.finish('version', check.version);
  await run.call('jira', () => run.jira.assignTicket({ ...run.where, assignee: { kind: 'bot' } }));

  run.progress.start('turn');
  try {
    const wanted = { version: begun.version, round: ticket.round };
    const turn = await takeTurn(run, begun, (now) => isStillWaiting(now, wanted));
    if (!turn) return 'again';
    run.progress.finish('turn');
    const verdict = await judgeProduction(run, begun, last);
    if (!verdict.ok) return await askForInfo(run, ticket, verdict.reason, refusedVersion(verdict.reason));
    return await promoteUnderTurn(run, begun, turn, last);
  } catch (error) {
    if (error instanceof Superseded) return await reportSuperseded(run, ticket, error.by);
    throw error;
  } finally {
    await CancellationScope.nonCancellable(() => leaveLine(run));
  }
}

async function promoteUnderTurn(
  run: Run,
  begun: Begun,
  first: Turn,
  last: LastRun | undefined,
): Promise<PromotionOutcome> {
  const isWanted = (ticket: Ticket | null) => judgeTicket(ticket, begun).kind === 'go on';
  const onGone = () => ensureStillWanted(run, begun);
  const turn = keepTurn(run, begun, first, { isWanted, onGone });
  let gate: Gate | undefined;
  let installer: TestedInstaller | undefined;
  try {
    await run.call('jira', () => run.jira.transitionTicket({ ...run.where, to: 'inProgress', turn: first }));
    await run.call('jira', () => run.jira.linkTicket({ ...run.where, workflowId: run.workflowId }));
    installer = last ? await resumeLast(run, begun, last) : await testInstaller(run, begun, first);
    const shown = installer;
    const evidence = async (accounts: readonly string[]) =>
      toPromotionEvidence(begun, shown, await readAccounts(run, accounts), {
        ...run,
        hotfix: isHotfix(run, begun.ticket),
      });
    const ensureWanted = async (accounts: readonly string[] = []) => {
      await onGone();
      await ensureNotOvertaken(run, begun, accounts);
    };
    gate = createGate({ run, begun, turn, evidence, ensureWanted });
    if (!needsApproval(run)) run.progress.skip('approve');
    await publishEverywhere({ run, begun, installer, turn, gate });
    const outcome = await reportSuccess(run, begun, shown.pipelineUrl);
    gate.end(`published to ${run.state.publications.length} accounts`);
    return outcome;
  } catch (error) {
    gate?.end(failureMessage(error).slice(0, 300));
    return await CancellationScope.nonCancellable(() => reportStop(run, begun, error, installer));
  }
}

/** The whole chain of proofs for new bytes. */
async function testInstaller(run: Run, begun: Begun, turn: Turn): Promise<TestedInstaller> {
  await run.comment('started', started(begun.version, run.runLink));
  const objects = await fetchInstaller(run, begun, turn);
  const pipelineUrl = await verifyInPipeline(run, begun, objects, turn);
  await ensureStillWanted(run, begun);
  const instanceId = await testOnInstance(run, begun, objects.copy, turn);
  await run.comment('tested', tested(begun.version, instanceId, needsApproval(run)));
  return { tested: objects.copy, signature: objects.pinned.signature, pipelineUrl, instanceId };
}

function needsApproval({ policy }: Run): boolean {
  return policy.approval !== null || policy.waves.some((wave) => wave.approval !== null);
}

async function isAskedAgain(run: Run): Promise<boolean> {
  const ticket = await run.readTicket();
  return ticket !== null && ticket.inScope && ticket.status === 'toDo';
}

setWorkflowOptions(versioned('PINNED'), agentPromotion);
