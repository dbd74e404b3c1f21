import { asyncLocalStorage } from '@temporalio/activity';
import type { FindingTicket, TicketMark } from '../../workflows/halo-sync/ticket.ts';
import type { PageContext } from './context.ts';

/**
 * The tickets without acceptances that nobody gave: whoever may edit a ticket can write its mark. One whose time is over only
 * says why the ticket is reopened, and is believed.
 */
export async function dropForged(
  page: PageContext,
  tickets: readonly FindingTicket[],
): Promise<readonly FindingTicket[]> {
  return Promise.all(tickets.map((ticket) => checkOne(page, ticket)));
}

async function checkOne(page: PageContext, ticket: FindingTicket): Promise<FindingTicket> {
  const { mark, key, findingId } = ticket;
  if (!mark || !isAccepted(mark, page.now()) || (await page.checkAcceptance(ticket))) return ticket;
  page.tally.count('forged');
  asyncLocalStorage.getStore()?.log.warn('a ticket says that its risk is accepted, and nobody accepted it', {
    key,
    findingId,
    acceptance: mark.accepted?.acceptance,
  });
  const { accepted: _, ...rest } = mark;
  return { ...ticket, mark: rest };
}

/** Whether the mark says so, and its time is not over. */
function isAccepted({ accepted }: TicketMark, nowMs: number): boolean {
  return accepted !== undefined && Date.parse(accepted.until) > nowMs;
}
