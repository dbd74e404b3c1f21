import { z } from 'zod';
import { idHash, isGroupId } from '../../activities/findings/hash.ts';
import { readMark } from '../../activities/jira/findings/mark.ts';
import { quoteJql } from '../../activities/jira/tickets.ts';
import type { TicketMark } from '../../workflows/halo-sync/ticket.ts';
import { findingLabel, jiraPropertyKey } from '../../workflows/shared/names.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import type { Rest } from './rest.ts';
import type { Session } from './session.ts';
import { openJira } from './vendors.ts';

/** A finding's ticket as the operator's own account sees it. */
export interface OwnTicket {
  readonly issueId: string;
  readonly key: string;
  readonly summary: string;
  readonly mark: TicketMark;
}

const Issue = z.object({
  id: z.string().regex(/^[0-9]+$/),
  key: z.string(),
  fields: z.object({ summary: z.string().nullish() }),
  properties: z.record(z.string(), z.unknown()).nullish(),
});
const Page = z.object({ issues: z.array(Issue), nextPageToken: z.string().nullish() });
const wanted = `fields=summary&properties=${jiraPropertyKey}`;

/** The site of that source, with the operator's own credentials. @throws CliError */
export function openSourceSite({ config }: Pick<Session, 'config'>, siteName: string): Rest {
  const site = config.jira.sites.find(({ name }) => name === siteName);
  if (!site) throw new CliError(exitCodes.usage, `no Jira site "${siteName}" in the configuration`);
  return openJira(config, site);
}

/** @param typed a ticket's key, or a finding's id · @throws CliError when it is no finding's ticket of that source */
export async function findTicket(jira: Rest, source: string, typed: string): Promise<OwnTicket> {
  const isKey = /^[A-Za-z][A-Za-z0-9_]*-[0-9]{1,19}$/.test(typed);
  const found = isKey
    ? [await jira.get(`read ${typed}`, `/rest/api/3/issue/${typed.toUpperCase()}?${wanted}`, Issue)]
    : await searchIssues(jira, `labels = ${quoteJql(findingLabel(idHash(typed)))}`);
  const tickets = found
    .flatMap(toTicket)
    .filter(({ mark }) => mark.source === source && (isKey || mark.findingId === typed));
  const [ticket, ...others] = tickets;
  if (!ticket)
    throw new CliError(
      exitCodes.notFound,
      `${typed}: no ticket of a finding of ${source}`,
      'Give the ticket’s key, or the finding’s id; a ticket that was made by hand is known after the next pass.',
    );
  if (others.length > 0)
    throw new CliError(
      exitCodes.usage,
      `${typed} has several tickets: ${tickets.map(({ key }) => key).join(', ')}`,
      'Give the key of one of them.',
    );
  if (isGroupId(ticket.mark.findingId))
    throw new CliError(
      exitCodes.usage,
      `${ticket.key} is the ticket of a group`,
      'A finding is accepted by itself: send it to a ticket of its own by a route.',
    );
  return ticket;
}

/** All pages. The index may be a little late. */
export async function searchTickets(jira: Rest, jql: string): Promise<readonly OwnTicket[]> {
  return (await searchIssues(jira, jql)).flatMap(toTicket);
}

async function searchIssues(jira: Rest, jql: string): Promise<z.infer<typeof Issue>[]> {
  const issues: z.infer<typeof Issue>[] = [];
  let token: string | undefined;
  do {
    const query = new URLSearchParams({ jql, maxResults: '100' });
    if (token !== undefined) query.set('nextPageToken', token);
    const path = `/rest/api/3/search/jql?${query.toString()}&${wanted}`;
    const page = await jira.get('search tickets of findings', path, Page);
    issues.push(...page.issues);
    token = page.nextPageToken ?? undefined;
  } while (token !== undefined);
  return issues;
}

/** What has no mark of ours is no finding's ticket. */
function toTicket({ id, key, fields, properties }: z.infer<typeof Issue>): OwnTicket[] {
  const mark = readMark(properties?.[jiraPropertyKey]);
  return mark ? [{ issueId: id, key, summary: fields.summary ?? '', mark }] : [];
}
