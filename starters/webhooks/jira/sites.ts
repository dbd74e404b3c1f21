import type { Config } from '../../../config/parse-config.ts';
import { isRecord, text } from '../../../workflows/shared/guards.ts';
import { WebhookRefusal } from '../refusal.ts';
import type { JiraScope } from './events.ts';

type JiraSite = Config['jira']['sites'][number];

/**
 * The site that a delivery is about: the one in the URL, else the one whose base URL the issue names, else the only one.
 * @throws WebhookRefusal unknown-site
 */
export function findSite(config: Config, named: string | undefined, body: unknown): JiraSite {
  const { sites } = config.jira;
  const self = isRecord(body) ? text(body['issue'], 'self') : undefined;
  const site = named !== undefined ? sites.find(({ name }) => name === named) : findByUrl(sites, self);
  if (site) return site;
  const known = sites.map(({ name }) => `/webhooks/jira/${name}`).join(', ');
  throw new WebhookRefusal('unknown-site', `no configured Jira site fits; post to one of ${known}`);
}

function findByUrl(sites: readonly JiraSite[], self: string | undefined): JiraSite | undefined {
  if (self === undefined || !URL.canParse(self)) return sites.length === 1 ? sites[0] : undefined;
  const { origin } = new URL(self);
  return sites.find(({ baseUrl }) => new URL(baseUrl).origin === origin);
}

export function toScope(config: Config, site: JiraSite): JiraScope {
  return {
    project: site.project,
    issueType: site.issueType,
    toDo: site.statuses.toDo,
    botAccountId: config.people.find(({ name }) => name === site.bot)?.jira,
  };
}
