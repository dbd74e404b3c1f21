import { isCancellation, log, setWorkflowOptions } from '@temporalio/workflow';
import { versioned } from '../shared/versioning.ts';
import type { JiraPort, TicketSummary } from '../../activities/jira/port.ts';
import type { TemporalPort } from '../../activities/temporal/port.ts';
import { activitiesOf } from '../shared/activities.ts';
import { paragraph } from '../shared/comment.ts';
import { failureMessage, failureType } from '../shared/failures.ts';
import { agentPromotionId, stepKey } from '../shared/names.ts';

export interface PromotionSweepInput {
  /** Jira sites by name. */
  readonly sites: readonly string[];
}

export interface PromotionSweepResult {
  readonly waiting: number;
  readonly started: number;
  /** Keys of the tickets that were failed, because their run is gone. */
  readonly orphans: readonly string[];
  /** Keys of the orphans that Jira did not let us fail; the next pass tries again. */
  readonly unresolved: readonly string[];
}

/**
 * The safety net under the webhooks, one short pass a minute: tickets in ToDo get a run; tickets In Progress whose run is
 * gone (terminated, say) are failed with a comment, so that no ticket waits for ever.
 */
export async function promotionSweep({ sites }: PromotionSweepInput): Promise<PromotionSweepResult> {
  const jira = activitiesOf<JiraPort>('jira', 'read');
  const temporal = activitiesOf<TemporalPort>('temporal', 'read');
  const total = { waiting: 0, started: 0, orphans: [] as string[], unresolved: [] as string[] };
  for (const site of sites) {
    const tickets = await jira.findTickets({ site, status: 'toDo' });
    const { started } = await temporal.startPromotions({ tickets, reason: 'promotion-sweep' });
    total.waiting += tickets.length;
    total.started += started;
    const inProgress = await jira.findTickets({ site, status: 'inProgress' });
    for (const orphan of await temporal.findOrphans({ tickets: inProgress })) await resolve(orphan);
  }
  return total;

  /** One ticket that cannot be written does not keep the sweep from the others. */
  async function resolve(orphan: TicketSummary) {
    try {
      if (await failOrphan(orphan)) total.orphans.push(orphan.key);
    } catch (error) {
      if (isCancellation(error)) throw error;
      if (failureType(error) === 'NotFound') return;
      log.warn('an orphan could not be failed', { ticket: orphan.key, reason: failureMessage(error) });
      total.unresolved.push(orphan.key);
    }
  }

  /** The search index may be late: the ticket itself decides, and a run that began since then keeps it. */
  async function failOrphan(orphan: TicketSummary): Promise<boolean> {
    const where = { site: orphan.site, issueId: orphan.issueId };
    const ticket = await jira.readTicket(where);
    if (ticket.status !== 'inProgress' || !ticket.inScope) return false;
    if ((await temporal.findOrphans({ tickets: [orphan] })).length === 0) return false;
    const key = stepKey(agentPromotionId(orphan.site, orphan.issueId), ticket.round, 'comment-orphan');
    await jira.commentTicket({ ...where, key, body: orphanComment });
    await jira.assignTicket({ ...where, assignee: { kind: 'on-call' } });
    await jira.transitionTicket({ ...where, to: 'failed' });
    return true;
  }
}

const orphanComment = [
  paragraph(
    'Promotion failed: its run has ended without a result (terminated, or the ticket was set to In Progress by hand).',
  ),
  paragraph(
    'Production accounts may have been written in part. To try again, move the ticket to ToDo: what is published already is left alone.',
  ),
];

setWorkflowOptions(versioned('PINNED'), promotionSweep);
