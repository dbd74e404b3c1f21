import type { AcceptanceReading } from '../../workflows/finding-acceptance/messages.ts';
import { endOfDay, findRefusal, readRequestText } from '../../workflows/finding-acceptance/request.ts';
import { standingOf } from '../../workflows/halo-sync/standing.ts';
import type { FindingTicket } from '../../workflows/halo-sync/ticket.ts';
import { isGroupId } from '../findings/hash.ts';
import type { TicketRemark } from '../jira/findings/port.ts';
import { openSource, readTicket, type AcceptanceOptions, type AcceptanceSource } from './options.ts';
import type { AcceptanceRef } from './port.ts';

/** What the comment that asks says, and who wrote it. */
export interface ReadComment {
  readonly requester: string;
  readonly askedAt: string;
  readonly day: string;
  readonly until: string;
  readonly reason: string;
}

/** Only reads, so it may be repeated freely. The requester is whoever Jira says wrote the comment. */
export async function readAcceptanceRequest(
  options: AcceptanceOptions,
  input: AcceptanceRef & { readonly commentId: string },
): Promise<AcceptanceReading> {
  const source = openSource(options, input.source);
  const { site } = source;
  const ticket = await readTicket(source, input);
  const refuse = (reason: string): AcceptanceReading => ({
    ...{ state: 'refused', site, ticket: ticket?.key ?? input.issueId, reason },
  });
  if (!ticket) return refuse('the ticket is not that of this finding');
  const rules = options.rulesOf(input.source);
  if (!rules) return refuse(`nobody accepts risks of ${input.source}: its acceptance is not configured`);
  const objection = objectionTo(ticket, source);
  if (objection !== undefined) return refuse(objection);
  const comment = await readComment(options, input);
  if (typeof comment === 'string') return refuse(comment);
  const tooMuch = findRefusal(comment, rules.maxDays, options.now());
  if (tooMuch !== undefined) return refuse(tooMuch);
  const finding = await source.findings.describe(input.findingId);
  if (finding?.status !== 'active') return refuse('the source does not have this finding, or it is resolved');
  const { requester, askedAt, until, reason } = comment;
  const { name, severity } = finding;
  return {
    ...{ state: 'asked', site, ticket: ticket.key, finding: name, severity },
    ...{ requester, askedAt, until, reason },
  };
}

function objectionTo(ticket: FindingTicket, source: AcceptanceSource): string | undefined {
  if (isGroupId(ticket.findingId)) return 'it is the ticket of a group: each finding is accepted by itself';
  const standing = standingOf(ticket, { closedStatuses: [], hardClosedStatuses: source.hardClosedStatuses });
  if (standing === 'hard-closed') return `${ticket.key} is closed for good (${ticket.statusName})`;
  return undefined;
}

/** @returns why it is no request, in words */
export async function readComment(
  options: AcceptanceOptions,
  { source, issueId, commentId }: AcceptanceRef & { readonly commentId: string },
): Promise<ReadComment | string> {
  const remark = await openSource(options, source).tickets.readComment({ issueId, commentId });
  if (!remark) return 'the comment that asks is not there';
  const author = authorOf(remark, options);
  if ('objection' in author) return author.objection;
  const asked = readRequestText(remark.text);
  if (!asked) return 'the comment asks for no acceptance';
  return {
    requester: author.requester,
    askedAt: remark.createdAt,
    ...asked,
    until: endOfDay(asked.day) ?? '',
  };
}

function authorOf(
  { authorAccountId, isPerson, isEdited }: TicketRemark,
  { requesterOf, bots }: AcceptanceOptions,
): { readonly requester: string } | { readonly objection: string } {
  if (isEdited) return { objection: 'the comment that asks was edited afterwards: ask anew' };
  if (authorAccountId === null || !isPerson) return { objection: 'the comment that asks is no person’s' };
  const requester = requesterOf(authorAccountId);
  // whoever holds its token could hide behind it
  if (bots.includes(requester)) return { objection: 'the bot asks for nothing: use your own account' };
  return { requester };
}
