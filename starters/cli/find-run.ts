import { parseChangeApprovalId, searchAttributeNames, workflowTypes } from '../../workflows/shared/names.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import { findPromotion } from './find-promotion.ts';
import { requireTemporal, type Session } from './session.ts';
import { parseTicketArgument, ticketPlaces } from './ticket-argument.ts';

/**
 * The workflow id of a ticket's run: the change approval of a change ticket, else the promotion. A change ticket's newest run, for
 * a build may be asked for again.
 * @throws CliError not found
 */
export async function findRun(session: Session, typed: string): Promise<string> {
  if (parseChangeApprovalId(typed)) {
    await requireTemporal(session);
    return typed;
  }
  const { change } = session.config.processes;
  const argument = parseTicketArgument(typed, ticketPlaces(session.config));
  if (argument.kind === 'id' || !argument.key.startsWith(`${change?.project}-`))
    return findPromotion(session, typed);
  await requireTemporal(session);
  const found = await findChange(session, argument.key);
  if (found !== undefined) return found;
  throw new CliError(
    exitCodes.notFound,
    `no change approval of ${argument.key} in Temporal`,
    'Ask for it with: lockkeeper gate request',
  );
}

/** @param key in the form of parseTicketArgument: letters, digits and a dash, so that it cannot break the query */
async function findChange({ temporal }: Session, key: string): Promise<string | undefined> {
  const query = `WorkflowType = "${workflowTypes.changeApproval}" AND ${searchAttributeNames.ticket} = "${key}"`;
  for await (const { workflowId } of temporal.client.workflow.list({ query, pageSize: 1 })) return workflowId;
  return undefined;
}
