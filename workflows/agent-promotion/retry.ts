import type { Ticket } from '../../activities/jira/port.ts';
import type { TestedInstaller } from './evidence.ts';
import type { AccountOutcome, Resumable } from './messages.ts';
import type { Begun, Run } from './run.ts';
import { StepFailed } from './stop.ts';
import { resumed } from './texts.ts';

/** What the run before this one left to do. */
export interface LastRun {
  readonly resumable: Resumable;
  readonly accounts: readonly AccountOutcome[];
}

/**
 * `retry --failed-only`: what the newest closed run of this workflow tested and did not publish everywhere. Temporal keeps
 * it; the input of a run cannot bring bytes along. @returns undefined when there is nothing to take up
 */
export async function readResumable(run: Run): Promise<LastRun | undefined> {
  const { workflowId } = run;
  const outcome = await run.call('temporal', () => run.temporal.readLastOutcome({ workflowId }));
  if (outcome?.outcome !== 'failed' || outcome.resumable === null) return undefined;
  const { resumable, accounts } = outcome;
  run.state.accounts = accounts
    .filter(({ state }) => !state.includes('published'))
    .map(({ account }) => ({ account, state: 'waiting', detail: '' }));
  return { resumable, accounts };
}

/** The ticket when it asks for this run: in ToDo; for a retry also in Failed, from where it is moved to ToDo first. */
export async function readAsked(
  run: Run,
  last: LastRun | undefined,
): Promise<{ readonly ticket: Ticket } | { readonly ticket: undefined; readonly statusName: string }> {
  const ticket = await run.readTicket();
  const statusName = ticket?.statusName ?? 'deleted';
  if (!ticket?.inScope) return { ticket: undefined, statusName };
  if (ticket.status === 'toDo') return { ticket };
  if (!last || ticket.status !== 'failed' || ticket.agentVersion !== last.resumable.version)
    return { ticket: undefined, statusName };
  await run.call('jira', () => run.jira.transitionTicket({ ...run.where, to: 'toDo' }));
  const again = await run.readTicket();
  return again?.status === 'toDo' ? { ticket: again } : { ticket: undefined, statusName };
}

/** The bytes that were tested then; publishing compares them again, byte by byte. */
export async function resumeLast(run: Run, begun: Begun, { resumable }: LastRun): Promise<TestedInstaller> {
  const { tested, pipelineUrl, instanceId, version } = resumable;
  if (version !== begun.version)
    throw new StepFailed('Agent-Version was edited since the last run: move the ticket to ToDo instead', {
      expected: version,
      found: begun.version,
    });
  for (const step of ['fetch', 'testCopy', 'pipeline', 'instance'] as const) run.progress.skip(step);
  const accounts = run.state.accounts.map(({ account }) => account);
  await run.comment('resumed', resumed(version, accounts, run.runLink));
  return { tested, signature: 'of an earlier run', pipelineUrl, instanceId };
}

export function toResumable(
  { version }: Begun,
  { tested, pipelineUrl, instanceId }: TestedInstaller,
): Resumable {
  return { version, tested, pipelineUrl, instanceId };
}
