import type { Evidence } from '../approval/messages.ts';
import { paragraph, type CommentBlock, type TicketComment } from '../shared/comment.ts';
import type { AcceptanceEnd, AcceptanceInput, AcceptanceRequest } from './messages.ts';

/** What people are told about an accepted risk; names of findings and reasons are data. */

export function dayOf(until: string): string {
  return until.slice(0, 10);
}

/** Its subject is what the guard compares with the write. */
export function toEvidence(
  { source, findingId, issueId, commentId }: AcceptanceInput,
  request: AcceptanceRequest,
  run: { readonly runId: string; readonly runLink: string },
): Evidence {
  const { ticket, finding, severity, until, reason, requester } = request;
  return {
    kind: 'finding-acceptance',
    title: `Accept the finding "${finding.slice(0, 120)}" until ${dayOf(until)} (${ticket})`,
    subject: { runId: run.runId, source, findingId, issueId, commentId, until },
    facts: [
      { label: 'Finding', value: finding },
      { label: 'Id at the source', value: `${source}: ${findingId}` },
      { label: 'Ticket', value: ticket },
      { label: 'Severity', value: severity },
      { label: 'Accepted until', value: `${dayOf(until)} (end of the day, UTC)` },
      { label: 'Reason', value: reason },
    ],
    links: [{ label: 'Run', href: run.runLink }],
    requester,
    authors: [],
    changers: [],
  };
}

export function toNotAccepted(text: string, runLink: string): TicketComment {
  return [paragraph(`The risk of this finding is not accepted: ${text}.`), linkTo(runLink)];
}

export function toProblem(problem: string): TicketComment {
  return [paragraph(`The risk is accepted, but this ticket could not be closed: ${problem}`)];
}

export function toReminder({ until, reason, requester }: AcceptanceRequest): TicketComment {
  return [
    paragraph(`The acceptance of this finding ends on ${dayOf(until)}; then its ticket is reopened.`),
    paragraph(`It was asked for by ${requester}: ${reason}`),
    paragraph('Whoever wants it longer asks again when it has ended: each acceptance is decided anew.'),
  ];
}

export function toEnded(end: AcceptanceEnd, runLink: string): TicketComment {
  return [
    paragraph(`The acceptance of this finding has ended: ${describeEnd(end)}.`),
    paragraph('The finding is looked at again, and the ticket is reopened if it is still there.'),
    linkTo(runLink),
  ];
}

export function describeEnd({ how, by, reason }: AcceptanceEnd): string {
  if (how === 'expired') return 'its time is over';
  const who = how === 'revoked' ? `revoked by ${by ?? ''}` : `taken back by ${by ?? ''}`;
  return reason === null ? who : `${who}: ${reason}`;
}

function linkTo(href: string): CommentBlock {
  return { type: 'link', before: 'Run: ', label: 'workflow history', href };
}
