import { z } from 'zod';
import type { Config } from '../../config/parse-config.ts';
import type { TicketToPromote } from '../../activities/temporal/start-promotion.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import type { TicketArgument } from './ticket-argument.ts';
import { openJira } from './vendors.ts';

export interface FoundTicket extends TicketToPromote {
  readonly summary: string;
  readonly statusName: string;
  /** False for another project or issue type than the configured one. */
  readonly inScope: boolean;
}

const Issue = z.object({
  id: z.string().regex(/^[0-9]+$/),
  key: z.string(),
  fields: z.object({
    summary: z.string(),
    status: z.object({ name: z.string() }),
    project: z.object({ key: z.string() }),
    issuetype: z.object({ name: z.string() }),
  }),
});

/** @throws CliError when the site is not configured, NotFound when Jira does not show the ticket */
export async function readJiraTicket(config: Config, argument: TicketArgument): Promise<FoundTicket> {
  const site = config.jira.sites.find(({ name }) => name === argument.site);
  if (!site) throw new CliError(exitCodes.usage, `no Jira site "${argument.site}" in the configuration`);
  const idOrKey = argument.kind === 'key' ? argument.key : argument.issueId;
  const path = `/rest/api/3/issue/${idOrKey}?fields=summary,status,project,issuetype`;
  const { id, key, fields } = await openJira(config, site).get(`read ${idOrKey}`, path, Issue);
  return {
    site: site.name,
    issueId: id,
    key,
    summary: fields.summary,
    statusName: fields.status.name,
    inScope: fields.project.key === site.project && fields.issuetype.name === site.issueType,
  };
}
