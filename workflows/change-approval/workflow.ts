import {
  CancellationScope,
  allHandlersFinished,
  condition,
  continueAsNew,
  isCancellation,
  log,
  setWorkflowOptions,
} from '@temporalio/workflow';
import { failureMessage } from '../shared/failures.ts';
import { versioned } from '../shared/versioning.ts';
import { createAllower, isTooLong, type Allower } from './allow.ts';
import { analyse, setStatus } from './analyse.ts';
import { begin } from './begin.ts';
import { deploy } from './deploy.ts';
import type { ChangeInput, ChangeOutcome, GateState } from './messages.ts';
import { createChangeRun, type ChangeRun } from './run.ts';
import { ChangeEnded, type ChangeEnd } from './stop.ts';
import { ended } from './texts.ts';
import { ensureTicket, nextRound } from './ticket.ts';

/** A view that a vendor does not take for so long stays as it is: the run is over. */
const showAtMostMs = 60 * 60_000;

/**
 * One build on its way into one controlled environment (requirements C-1…C-46): its change ticket is found or made, the bot
 * analyses commits, scans and conditions and writes one comment, people (or a named policy) approve exactly this build, a risky
 * Terraform plan is approved on its own, everything is compared once more before the deploy, and the ticket is resolved and closed.
 *
 * Signals: `ticketChanged`, `codeChanged` (starters and sweep), `beginDeploy`, `planReported`, `deployEnded`, `detailsGiven` (the
 * gate's routes), `decide` (the decision gateway), `holdsChanged`, `resume`. Query `gate`: what CI jobs are told.
 * Time-outs: an approval expires by its policy; a deploy that nobody reports is asked about; everything else waits.
 */
export async function changeApproval(input: ChangeInput): Promise<ChangeOutcome> {
  const run = createChangeRun(input);
  const allower = createAllower(run);
  const { project, environment } = input.request;
  run.progress.describe({ target: `${project}@${environment}`.slice(0, 200) });
  let outcome: ChangeOutcome | 'anew';
  try {
    outcome = await play(run, allower);
  } catch (error) {
    outcome = await CancellationScope.nonCancellable(() => reportEnd(run, allower, error));
  }
  if (outcome === 'anew') return beginAnew(run, allower, input);
  allower.end(outcome.outcome);
  run.progress.end(outcome.outcome);
  await run.approvals.shown(showAtMostMs);
  await condition(allHandlersFinished);
  return outcome;
}

async function play(run: ChangeRun, allower: Allower): Promise<ChangeOutcome | 'anew'> {
  await ensureTicket(run);
  for (;;) {
    if (isTooLong()) return 'anew';
    const analysis = await analyse(run);
    if (!(await allower.seek(analysis))) continue;
    const allowed = await begin(run, allower);
    if (!allowed) continue;
    const outcome = await deploy(run, allowed);
    if (outcome) return outcome;
    // forward: the same ticket, asked about anew
    allower.end('the deploy failed');
    run.state.round = nextRound(run.state.round);
    allower.reset();
  }
}

/** Months of edits made the history long: people are asked again by a fresh run of the same id. */
async function beginAnew(run: ChangeRun, allower: Allower, { request, policy }: ChangeInput): Promise<never> {
  allower.end('asked again by a fresh run');
  await condition(() => run.approvals.idle() && allHandlersFinished());
  const { deliveries, round, plan, given } = run.state;
  return continueAsNew<typeof changeApproval>({
    request: { ...request, given },
    policy,
    carried: { deliveries, round: nextRound(round), plan },
  });
}

const shownAs: Readonly<Record<ChangeEnd['outcome'], GateState>> = {
  rejected: 'rejected',
  cancelled: 'cancelled',
  expired: 'expired',
  'nothing-to-do': 'cancelled',
};

/** Whatever ended it is said on the ticket, to GitLab and to the CI job. A cancelled run is cancelled afterwards, too. */
async function reportEnd(run: ChangeRun, allower: Allower, error: unknown): Promise<ChangeOutcome> {
  const end = toEnd(error);
  const { outcome, reason, by = '' } = end;
  run.show(shownAs[outcome], reason);
  run.progress.fail(run.progress.current(), reason);
  for (const attempt of run.state.attempts) run.answer(attempt, 'not-approved', reason);
  allower.end(reason);
  await tryTo('comment on the ticket', () => run.comment('ended', ended(reason)));
  if (!end.onTicket) await tryTo('move the ticket', () => moveToEnd(run, outcome));
  await setStatus(run, outcome === 'rejected' ? 'failed' : 'canceled', reason);
  if (isCancellation(error)) throw error;
  const ticket = run.state.ticket?.key ?? '';
  if (outcome === 'rejected') return { outcome, ticket, by, reason };
  if (outcome === 'expired') return { outcome, ticket };
  return outcome === 'cancelled' ? { outcome, ticket, reason } : { outcome, reason };
}

function toEnd(error: unknown): ChangeEnd {
  if (error instanceof ChangeEnded) return error.end;
  if (isCancellation(error)) return { outcome: 'cancelled', reason: 'the run was cancelled by an operator' };
  // a mistake in our own code fails the task and is tried again with the next version
  if (error instanceof TypeError) throw error;
  return { outcome: 'cancelled', reason: failureMessage(error) };
}

async function moveToEnd(run: ChangeRun, outcome: ChangeEnd['outcome']) {
  if (!run.state.ticket) return;
  const to = outcome === 'rejected' ? 'declined' : 'canceled';
  await run.call('jira', () => run.jira.moveChange({ ...run.where(), to }));
}

/** Not every status has a listed way to the end: then the comment says it. */
async function tryTo(what: string, act: () => Promise<void>) {
  try {
    await act();
  } catch (error) {
    log.warn(`cannot ${what}`, { reason: failureMessage(error) });
  }
}

setWorkflowOptions(versioned('AUTO_UPGRADE'), changeApproval);
