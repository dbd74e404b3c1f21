import type { Config } from '../../../config/parse-config.ts';
import { isRecord, text } from '../../../workflows/shared/guards.ts';
import { WebhookRefusal } from '../refusal.ts';
import type { ChangeScope } from './changes.ts';
import type { JiraScope } from './events.ts';

type JiraSite = Config['jira']['sites'][number];

/**
 * The site that a delivery is about: the one in the URL, else the one whose base URL and project the issue
 * names, else the only one.
 * @throws WebhookRefusal unknown-site
 */
export function findSite(config: Config, named: string | undefined, body: unknown): JiraSite {
  const { sites } = config.jira;
  const issue = isRecord(body) ? body['issue'] : undefined;
  const near =
    named === undefined ? findByUrl(sites, text(issue, 'self')) : sites.filter(({ name }) => name === named);
  // several projects of one Jira are several sites here: the key says which
  const project = (text(issue, 'key') ?? text(body, 'issueKey') ?? '').replace(/-[0-9]+$/, '');
  const site = near.find((one) => one.project === project) ?? near[0];
  if (site) return site;
  const known = sites.map(({ name }) => `/webhooks/jira/${name}`).join(', ');
  throw new WebhookRefusal('unknown-site', `no configured Jira site fits; post to one of ${known}`);
}

function findByUrl(sites: readonly JiraSite[], self: string | undefined): readonly JiraSite[] {
  const origins = new Set(sites.map(({ baseUrl }) => new URL(baseUrl).origin));
  if (self === undefined || !URL.canParse(self)) return origins.size === 1 ? sites : [];
  const { origin } = new URL(self);
  return sites.filter(({ baseUrl }) => new URL(baseUrl).origin === origin);
}

export function toScope(config: Config, site: JiraSite): JiraScope {
  return {
    project: site.project,
    issueType: site.issueType,
    toDo: site.statuses.toDo,
    botAccountId: config.people.find(({ name }) => name === site.bot)?.jira,
  };
}

/** Change tickets live in a project of their own at the site that `processes.change` names. */
export function toChangeScope(config: Config, site: JiraSite): ChangeScope | undefined {
  const { change } = config.processes;
  const own = config.jira.sites.find(({ name }) => name === change?.site);
  // one Jira may stand under several names
  if (!change || own?.baseUrl !== site.baseUrl) return undefined;
  const { project } = change;
  return { site: change.site, project, botAccountId: toScope(config, own).botAccountId };
}
