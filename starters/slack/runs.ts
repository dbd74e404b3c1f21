import type { Client } from '@temporalio/client';
import { toLink } from '../../activities/slack/notice.ts';
import { oneLine, toSlackDate } from '../../activities/slack/request-words.ts';
import { runLinkBase } from '../../config/promotion-policy.ts';
import type { Config } from '../../config/parse-config.ts';
import { holds } from '../../workflows/freeze/messages.ts';
import { agentPromotionId, freezeId, searchAttributeNames } from '../../workflows/shared/names.ts';
import { attributes } from '../../workflows/shared/search-attributes.ts';
import { CliError } from '../cli/cli-error.ts';
import { parseTicketArgument, ticketPlaces } from '../cli/ticket-argument.ts';
import type { InboxEntry } from '../decisions/inbox.ts';

export interface RunsContext {
  readonly config: Config;
  readonly client: Pick<Client, 'workflow' | 'withDeadline'>;
}

const mostRuns = 20;
const withinMs = 5_000;

/** `status`: from Temporal's visibility, so that it answers while no worker runs; only the holds need one. */
export async function describeStatus(ticket: string | undefined, context: RunsContext): Promise<string> {
  if (ticket === undefined) {
    const query = `ExecutionStatus = "Running" AND ${searchAttributeNames.process} IS NOT NULL`;
    const [held, runs] = await Promise.all([describeHolds(context), describeRuns(query, context)]);
    return [...held, ...(runs.length === 0 ? ['Nothing runs.'] : runs)].join('\n');
  }
  const query = toQuery(ticket, context.config);
  if (typeof query !== 'string') return query.problem;
  const runs = await describeRuns(query, context);
  return runs.length === 0 ? `Nothing is known of ${oneLine(ticket)}.` : runs.join('\n');
}

/** What waits for a person, as lines. */
export function describeInbox(entries: readonly InboxEntry[], config: Config): string[] {
  const lines = entries.slice(0, mostRuns).map(({ workflowId, ticket, target, groups, dueBy, risk }) => {
    const what = [ticket || workflowId, target, risk === 'high' ? 'high risk' : '']
      .filter(Boolean)
      .map(oneLine)
      .join(', ');
    const due = dueBy === null ? '' : `, until ${toSlackDate(dueBy)}`;
    return `• ${what}: waits for ${groups.map(oneLine).join(', ')}${due} ${toRunLink(workflowId, config)}`;
  });
  const left = entries.length - lines.length;
  return left > 0 ? [...lines, `… and ${left} more`] : lines;
}

async function describeRuns(query: string, { config, client }: RunsContext): Promise<string[]> {
  return client.withDeadline(Date.now() + withinMs, async () => {
    const lines: string[] = [];
    for await (const { workflowId, status, typedSearchAttributes: known } of client.workflow.list({
      query,
      pageSize: mostRuns,
    })) {
      const what = known.get(attributes.ticket) ?? workflowId;
      const state =
        status.name === 'RUNNING' ? (known.get(attributes.phase) ?? 'running') : status.name.toLowerCase();
      const waits = known.get(attributes.waitingOn);
      const words = [state, waits && status.name === 'RUNNING' ? `waits for ${waits}` : '']
        .filter(Boolean)
        .map(oneLine);
      lines.push(`• ${oneLine(what)}: ${words.join(', ')} ${toRunLink(workflowId, config)}`);
      if (lines.length === mostRuns) break;
    }
    return lines;
  });
}

async function describeHolds({ config, client }: RunsContext): Promise<string[]> {
  if (!config.freeze) return [];
  const handle = client.workflow.getHandle(freezeId);
  const found = await client
    .withDeadline(Date.now() + withinMs, () => handle.query(holds))
    .catch(() => undefined);
  if (!found) return ['Whether something is held is not known: no worker answers.'];
  return found.map(({ id, source, reason, until }) => {
    const end = until === null ? 'until it is lifted' : `until ${toSlackDate(until)}`;
    return `:snowflake: \`${oneLine(id.slice(0, 8))}\` held by ${oneLine(source)} ${end}: ${oneLine(reason)}`;
  });
}

/** What people type is checked before it becomes part of a query. */
function toQuery(typed: string, config: Config): string | { readonly problem: string } {
  try {
    const argument = parseTicketArgument(typed, ticketPlaces(config));
    if (argument.kind === 'key') return `${searchAttributeNames.ticket} = "${argument.key}"`;
    if (!config.jira.sites.some(({ name }) => name === argument.site))
      return { problem: 'This names no site that is configured.' };
    return `WorkflowId = "${agentPromotionId(argument.site, argument.issueId)}"`;
  } catch (error) {
    if (error instanceof CliError) return { problem: oneLine(`${error.message}. ${error.fix ?? ''}`) };
    throw error;
  }
}

function toRunLink(workflowId: string, config: Config): string {
  return toLink({ label: 'run', href: `${runLinkBase(config)}${encodeURIComponent(workflowId)}` });
}
