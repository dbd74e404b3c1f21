import type { ChangeTicket } from '../../activities/jira/changes/port.ts';
import { failureType } from '../shared/failures.ts';
import type { ChangeBuild } from './messages.ts';
import type { ChangeRun } from './run.ts';
import { ChangeEnded } from './stop.ts';
import { describeRequest } from './texts.ts';

/** Finds the ticket of this build, whoever made it, or makes it (C-4, C-5), and ties it to this run. */
export async function ensureTicket(run: ChangeRun): Promise<void> {
  const { build, policy, state, workflowId } = run;
  const { site } = policy;
  run.progress.start('ticket');
  const found = await run.call('jira', () => run.jiraReads.findChange({ site, build }));
  // what was said to an ended ticket of this build is not said to this one
  if (!run.isCarried) state.round = `${found.ended}`;
  const issueId = found.ticket?.issueId ?? (await createTicket(run));
  const { linked } = await run.call('jira', () => run.jira.linkChange({ site, issueId, workflowId }));
  if (!linked)
    throw new ChangeEnded({
      outcome: 'nothing-to-do',
      reason: `${found.ticket?.key ?? 'the ticket'} belongs to another run`,
      onTicket: true,
    });
  await readTicket(run, issueId);
}

/** The same ticket, asked about anew: another round. `0` → `0.1` → `0.2` */
export function nextRound(round: string): string {
  const [ticket = '0', times = '0'] = round.split('.');
  return `${ticket}.${Number(times) + 1}`;
}

async function createTicket(run: ChangeRun): Promise<string> {
  const { build, state, workflowId, policy } = run;
  const details = { ...state.given, summary: state.given.summary ?? summaryOf(build) };
  const order = { site: policy.site, key: run.key('ticket'), workflowId, build, details };
  const body = describeRequest(run.request, run.runLink);
  return (await run.call('jira', () => run.jira.createChange({ ...order, body }))).issueId;
}

export function summaryOf({ action, project, build, environment }: ChangeBuild): string {
  return `${action} ${project} ${build} to ${environment}`;
}

/** @throws ChangeEnded when a person took it away, declined or cancelled it */
export async function readTicket(run: ChangeRun, issueId = run.where().issueId): Promise<ChangeTicket> {
  const { site } = run.policy;
  let ticket: ChangeTicket;
  try {
    ticket = await run.call('jira', () => run.jiraReads.readChange({ site, issueId }));
  } catch (error) {
    if (failureType(error) !== 'NotFound') throw error;
    throw new ChangeEnded({ outcome: 'cancelled', reason: 'the ticket is gone', onTicket: true });
  }
  run.state.ticket = ticket;
  run.progress.describe({ ticket: ticket.key });
  ensureOpen(ticket);
  return ticket;
}

/** What people did to it in Jira counts as they meant it: to stop a change nobody needs more right than Jira asks for. */
function ensureOpen(ticket: ChangeTicket): void {
  const by = ticket.movedBy ?? 'somebody';
  const onTicket = true;
  if (!ticket.inScope)
    throw new ChangeEnded({ outcome: 'cancelled', reason: 'the ticket was moved away', onTicket });
  if (ticket.status === 'canceled')
    throw new ChangeEnded({ outcome: 'cancelled', reason: `cancelled by ${by}`, onTicket });
  if (ticket.status === 'declined')
    throw new ChangeEnded({ outcome: 'rejected', reason: 'declined in Jira', by, onTicket });
  if (ticket.status === 'resolved' || ticket.status === 'closed')
    throw new ChangeEnded({
      outcome: 'cancelled',
      reason: `moved to ${ticket.statusName} by ${by}`,
      onTicket,
    });
}

const compared = ['environment', 'project', 'buildJob', 'build', 'branch', 'sha', 'action'] as const;

/** Fields of the ticket that are not what was asked for (C-10…C-12): the ticket may have been edited. One line each. */
export function findMismatches(ticket: Pick<ChangeTicket, 'build'>, build: ChangeBuild): string[] {
  return compared.flatMap((name) => {
    const found = ticket.build[name];
    return found === build[name]
      ? []
      : [`${name}: the ticket says ${found ?? 'nothing'}, the build is ${build[name]}`];
  });
}
