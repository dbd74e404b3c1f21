import { z } from 'zod';
import type { FindingSourceConfig } from '../../../config/halo-schema.ts';
import type { Rest } from '../rest.ts';
import { CheckFailed } from './check.ts';
import type { IssueType, Place } from './jira-project.ts';

const Found = z.object({ issues: z.array(z.object({ id: z.string() })) });
const Transitions = z.object({
  transitions: z.array(z.object({ name: z.string(), to: z.object({ name: z.string() }) })),
});

interface Moves {
  readonly type: IssueType;
  readonly source: FindingSourceConfig;
  readonly path: string;
}

/**
 * A workflow's transitions are a Jira administrator's to read; the bot sees those of a ticket. So the names are compared with
 * the type's statuses, and where one is none, with what its newest open or closed ticket offers.
 */
export async function checkMoves(jira: Rest, place: Place, { type, source, path }: Moves): Promise<string> {
  // no way leads out of a hard-closed one
  const hard = source.hardClosedStatuses.filter((name) =>
    type.statuses.some((one) => isAlike(one.name, name)),
  );
  const closed = `statusCategory = Done${hard.length > 0 ? ` AND status NOT IN (${hard.map(quote).join(', ')})` : ''}`;
  const said = await Promise.all(
    (['close', 'reopen'] as const).map(async (key) => {
      const wanted = source[key];
      if (type.statuses.some(({ name }) => isAlike(name, wanted))) return `${wanted} is a status`;
      const offered = await readOffers(jira, place, key === 'close' ? 'statusCategory != Done' : closed);
      if (offered === undefined) return `${wanted} is no status, and no ticket shows the transitions`;
      if (offered.some((name) => isAlike(name, wanted))) return `${wanted} is a transition`;
      throw new CheckFailed(
        `${wanted} is neither a status nor a transition`,
        `Set ${path}.${key} to one of: ${offered.join(', ') || 'no transition leads on; see the workflow'}.`,
      );
    }),
  );
  return said.join('; ');
}

/** @returns undefined: there is no such ticket */
async function readOffers(
  jira: Rest,
  { project, issueType }: Place,
  state: string,
): Promise<readonly string[] | undefined> {
  const jql = `project = ${project} AND issuetype = ${quote(issueType)} AND ${state} ORDER BY created DESC`;
  const query = new URLSearchParams({ jql, maxResults: '1', fields: 'status' });
  const { issues } = await jira.get(
    `look for a ticket in ${project}`,
    `/rest/api/3/search/jql?${query.toString()}`,
    Found,
  );
  const [ticket] = issues;
  if (!ticket) return undefined;
  const url = `/rest/api/3/issue/${encodeURIComponent(ticket.id)}/transitions`;
  const { transitions } = await jira.get(`list transitions in ${project}`, url, Transitions);
  return [...new Set(transitions.flatMap(({ name, to }) => [name, to.name]))];
}

/** As JQL takes a text of ours. */
function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

const isAlike = (one: string, other: string) => one.trim().toLowerCase() === other.trim().toLowerCase();
