import {
  autoApprovalId,
  freezeId,
  promotionQueueId,
  searchAttributeNames,
  workflowTypes,
} from '../../../workflows/shared/names.ts';
import { inboxQuery } from '../../decisions/inbox.ts';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import { findRun } from '../find-run.ts';
import { requireTemporal, type Session } from '../session.ts';
import { parseTicketArgument, ticketPlaces } from '../ticket-argument.ts';

/**
 * The workflow that a person means: any workflow id of ours as it is; for a ticket the run of it that waits for people, such as
 * its rollback, else its promotion or its change approval.
 * @throws CliError not found, or naming the several that wait
 */
export async function findAsker(session: Session, typed: string): Promise<string> {
  if (isWorkflowId(typed)) {
    await requireTemporal(session);
    return typed;
  }
  const argument = parseTicketArgument(typed, ticketPlaces(session.config));
  await requireTemporal(session);
  if (argument.kind === 'id') return findRun(session, typed);
  const [found, ...others] = await findWaiting(session, argument.key);
  if (found === undefined) return findRun(session, typed);
  if (others.length === 0) return found;
  throw new CliError(
    exitCodes.usage,
    `${argument.key}: several runs wait for people: ${[found, ...others].join(', ')}`,
    'Give the workflow id of one of them.',
  );
}

/** `freeze`, `auto-approval`, `promotion-queue` and whatever has a prefix that is no web address. */
function isWorkflowId(typed: string): boolean {
  return (
    typed === freezeId ||
    typed === autoApprovalId ||
    typed === promotionQueueId ||
    /^(?!https?:)[a-z][a-z-]*:[\x21-\x7e]{1,180}$/.test(typed)
  );
}

/** @param key in the form of parseTicketArgument: letters, digits and a dash, so that it cannot break the query */
async function findWaiting({ temporal }: Session, key: string): Promise<string[]> {
  const query = `${inboxQuery} AND ${searchAttributeNames.ticket} = "${key}"`;
  const found: string[] = [];
  for await (const { workflowId, type } of temporal.client.workflow.list({ query, pageSize: 10 }))
    // a review of a decision is somebody else's question: it is named by its own id
    if (type !== workflowTypes.overrideReview) found.push(workflowId);
  return found;
}
