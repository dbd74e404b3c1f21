import { paragraph, type TicketComment } from '../../workflows/shared/comment.ts';
import { createFailure, failureMessage, failureType } from '../../workflows/shared/failures.ts';
import type { FindingTicket, TicketMark } from '../../workflows/halo-sync/ticket.ts';
import { violation } from '../decisions/grant.ts';
import type { Execution } from '../decisions/permission.ts';
import {
  acceptedLabel,
  openSource,
  readTicket,
  type AcceptanceOptions,
  type AcceptanceSource,
} from './options.ts';
import type { FindingAcceptancePort } from './port.ts';
import { readComment, type ReadComment } from './read-request.ts';

type Input = Parameters<FindingAcceptancePort['acceptFinding']>[0];

/** Jira takes 32,768 characters in a property; the frame around the mark has some. */
const longestMark = 32_000;

/**
 * Mark, label and comment stand or fall together in one call, and the mark tells a repeat that they stand; being closed already
 * is success. Asked again later it mends a mark that another write has replaced.
 */
export async function acceptFinding(
  options: AcceptanceOptions,
  input: Input,
  execution: Execution,
): Promise<{ written: boolean; problem: string | null }> {
  const source = openSource(options, input.source);
  const ticket = await readTicket(source, input);
  if (!ticket)
    throw createFailure('NotFound', `jira: issue ${input.issueId} is not the ticket of this finding`);
  const comment = await readComment(options, input);
  if (typeof comment === 'string') throw violation(comment);
  const { source: name, findingId, issueId, commentId, until } = input;
  const { requester, askedAt } = comment;
  const write = { source: name, findingId, issueId, commentId, until, requester, askedAt };
  const { approvers } = await options.check(write, input.grant, execution);
  const mark = toMark(ticket, input, execution, options.now());
  const stands =
    ticket.mark?.accepted?.acceptance === execution.workflowId && ticket.mark.accepted.until === until;
  if (stands && input.isConfirmation === true) return { written: false, problem: null };
  if (!stands)
    await source.tickets.edit({
      issueId,
      comment: toComment(comment, approvers, input.runLink),
      ...{ fields: [], description: null, dueDate: null, addLabels: [acceptedLabel] },
      mark,
    });
  return {
    written: !stands,
    problem: await close(source, issueId, stands && ticket.mark ? ticket.mark : mark),
  };
}

function toMark(
  { mark }: FindingTicket,
  { source, findingId, until, grant }: Input,
  { workflowId }: Execution,
  nowMs: number,
): TicketMark {
  const own: TicketMark = {
    // one that was never written by us is as unknown as its content
    ...(mark ?? { source, findingId, contentHash: '', latestHash: null, reopened: 0 }),
    left: 'closed',
    at: new Date(nowMs).toISOString(),
    accepted: { until, acceptance: workflowId, grant },
  };
  if (JSON.stringify(own).length <= longestMark) return own;
  throw createFailure('InvalidInput', 'the grant is too large for the ticket: ask anew, with fewer words', {
    details: { system: 'jira', action: 'accept a finding' },
  });
}

/** @returns why not, in words: accepted it is all the same */
async function close({ tickets, close: to }: AcceptanceSource, issueId: string, mark: TicketMark) {
  try {
    await tickets.move({ issueId, to, comment: null, mark });
    return null;
  } catch (error) {
    if (!['Conflict', 'InvalidInput', 'PermissionDenied'].includes(failureType(error))) throw error;
    return failureMessage(error).slice(0, 500);
  }
}

function toComment(
  { day, reason, requester }: ReadComment,
  approvers: readonly string[],
  runLink: string,
): TicketComment {
  return [
    paragraph(`The risk of this finding is accepted until ${day} (end of the day, UTC).`),
    {
      type: 'table',
      header: ['What', 'Value'],
      rows: [
        ['Asked for by', requester],
        ['Approved by', approvers.join(', ')],
        ['Reason', reason],
      ],
    },
    { type: 'link', before: 'Run: ', label: 'workflow history', href: runLink },
  ];
}
