import type { Config } from '../../config/parse-config.ts';
import { parseAgentPromotionId } from '../../workflows/shared/names.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';

/** What a person typed for a ticket: a key, a URL, a numeric id or a workflow id. */
export type TicketArgument =
  | { readonly kind: 'key'; readonly site: string; readonly key: string }
  | { readonly kind: 'id'; readonly site: string; readonly issueId: string };

type Site = Pick<Config['jira']['sites'][number], 'name' | 'baseUrl' | 'project'>;

/** Where a ticket can be that people name: the sites' own projects, and the one of the changes. */
export function ticketPlaces({ jira, processes }: Pick<Config, 'jira' | 'processes'>): readonly Site[] {
  const { change } = processes;
  const site = change && jira.sites.find(({ name }) => name === change.site);
  return site ? [...jira.sites, { ...site, project: change.project }] : jira.sites;
}

/** @throws CliError naming the accepted forms */
export function parseTicketArgument(typed: string, sites: readonly Site[]): TicketArgument {
  const workflow = parseAgentPromotionId(typed);
  if (workflow) return { kind: 'id', ...workflow };
  if (URL.canParse(typed)) return parseUrl(new URL(typed), sites);
  if (/^[0-9]{1,19}$/.test(typed)) return { kind: 'id', site: onlySite(sites).name, issueId: typed };
  return parseKey(typed, sites);
}

function parseUrl(url: URL, sites: readonly Site[]): TicketArgument {
  const site = sites.find(({ baseUrl }) => new URL(baseUrl).origin === url.origin);
  if (!site) throw wrong(`${url.origin} is none of the configured Jira sites`);
  const key = url.searchParams.get('selectedIssue') ?? /\/browse\/([^/]+)/.exec(url.pathname)?.[1];
  if (key === undefined) throw wrong('this URL names no ticket');
  return parseKey(key, [site]);
}

function parseKey(typed: string, sites: readonly Site[]): TicketArgument {
  const key = typed.toUpperCase();
  const project = /^([A-Z][A-Z0-9_]*)-[0-9]{1,19}$/.exec(key)?.[1];
  if (project === undefined) throw wrong(`"${typed}" is no ticket`);
  const named = sites.filter((site) => site.project === project);
  return { kind: 'key', site: onlySite(named.length > 0 ? named : sites).name, key };
}

function onlySite(sites: readonly Site[]): Site {
  const [first] = sites;
  if (first && sites.every(({ name }) => name === first.name)) return first;
  throw wrong('more than one Jira site is configured');
}

function wrong(message: string): CliError {
  const fix = 'Give a key (DEVOPS-77), the ticket’s URL, its numeric id, or agent-promotion:<site>:<id>.';
  return new CliError(exitCodes.usage, message, fix);
}
