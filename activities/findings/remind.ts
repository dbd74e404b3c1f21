import { reminderOf } from '../../workflows/halo-sync/due.ts';
import { toDueComment } from '../../workflows/halo-sync/texts.ts';
import type { FindingTicket } from '../../workflows/halo-sync/ticket.ts';
import { mapBounded } from '../bounded.ts';
import { isOwnFailure, type PageContext } from './context.ts';

/**
 * Comments tickets that are due soon, in the one call that notes it in their mark: a repeat finds the mark. What Jira refuses for one
 * ticket is counted; tomorrow's reminders try it again.
 */
export async function remind(page: PageContext, tickets: readonly FindingTicket[]): Promise<void> {
  const { remindAt = [], concurrency } = page.input.policy;
  page.tally.count('listed', tickets.length);
  await mapBounded(tickets, concurrency, async (ticket) => {
    const reminder = reminderOf(ticket, remindAt, page.now());
    if (!reminder || !ticket.mark) return;
    page.tally.count('reminded');
    if (page.input.dryRun) return;
    const { due, percent } = reminder;
    try {
      await page.tickets.edit({
        issueId: ticket.issueId,
        ...{ comment: toDueComment(reminder), description: null, fields: [], dueDate: null, addLabels: [] },
        mark: { ...ticket.mark, reminded: { due, percent }, at: new Date(page.now()).toISOString() },
      });
      page.tally.wrote(ticket.findingId, ticket.issueId);
    } catch (error) {
      if (!isOwnFailure(error)) throw error;
      page.tally.count('reminded', -1);
      page.tally.count('skipped');
    }
  });
}
