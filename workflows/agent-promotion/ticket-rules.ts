import type { Ticket } from '../../activities/jira/port.ts';

/** What a fresh look at the ticket means for a run that is under way. */
export type TicketVerdict =
  | { readonly kind: 'go on' }
  /** A person took the ticket away: no further writes, the status stays as it is. */
  | { readonly kind: 'taken'; readonly reason: string }
  /** Still ours, but it asks for something else now. */
  | { readonly kind: 'changed'; readonly reason: string };

/**
 * @param ticket as it is now; null when it is gone
 * @param begun what the run set out with
 */
export function judgeTicket(ticket: Ticket | null, begun: { version: string }): TicketVerdict {
  if (ticket === null) return { kind: 'taken', reason: 'the ticket was deleted' };
  if (!ticket.inScope) return { kind: 'taken', reason: `the ticket was moved and is ${ticket.key} now` };
  if (ticket.status !== 'inProgress')
    return { kind: 'taken', reason: `the ticket was set to ${ticket.statusName} by a person` };
  if (ticket.agentVersion !== begun.version)
    return { kind: 'changed', reason: 'Agent-Version was edited while the promotion ran' };
  return { kind: 'go on' };
}

/** Whether a waiting run must begin anew: it left ToDo, was edited or entered ToDo again. */
export function isStillWaiting(ticket: Ticket | null, begun: { version: string; round: string }): boolean {
  return (
    ticket !== null &&
    ticket.inScope &&
    ticket.status === 'toDo' &&
    ticket.agentVersion === begun.version &&
    ticket.round === begun.round
  );
}
