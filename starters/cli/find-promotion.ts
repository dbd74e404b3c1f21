import { agentPromotionId, searchAttributeNames, workflowTypes } from '../../workflows/shared/names.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import { readJiraTicket } from './jira-ticket.ts';
import { requireTemporal, type Session } from './session.ts';
import { parseTicketArgument } from './ticket-argument.ts';

/**
 * The workflow id of a ticket's promotion. A key is looked up in Temporal first, so that this works while Jira is down.
 * @throws CliError not found
 */
export async function findPromotion(session: Session, typed: string): Promise<string> {
  const argument = parseTicketArgument(typed, session.config.jira.sites);
  await requireTemporal(session);
  if (argument.kind === 'id') return agentPromotionId(argument.site, argument.issueId);
  const found = await findByKey(session, argument.key);
  if (found !== undefined) return found;
  if (!session.config.secrets.jiraApiToken)
    throw new CliError(
      exitCodes.notFound,
      `no promotion of ${argument.key} in Temporal`,
      startHint(argument.key),
    );
  const ticket = await readJiraTicket(session.config, argument);
  return agentPromotionId(ticket.site, ticket.issueId);
}

/** @param key in the form of parseTicketArgument: letters, digits and a dash, so that it cannot break the query */
async function findByKey({ temporal }: Session, key: string): Promise<string | undefined> {
  const { ticket } = searchAttributeNames;
  const query = `WorkflowType = "${workflowTypes.agentPromotion}" AND ${ticket} = "${key}"`;
  for await (const { workflowId } of temporal.client.workflow.list({ query, pageSize: 1 })) return workflowId;
  return undefined;
}

function startHint(key: string): string {
  return `Start it with: lockkeeper start promotion ${key}`;
}
