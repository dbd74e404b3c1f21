import { startIntake } from '../../../activities/temporal/start-incident.ts';
import type { ConnectionConfig } from '../../../config/incident-schema.ts';
import type { Config } from '../../../config/parse-config.ts';
import { findPerson } from '../../../config/people.ts';
import { isRecord, text } from '../../../workflows/shared/guards.ts';
import type { Handled, WebhookContext } from '../delivery.ts';
import { authorOf } from './author.ts';
import { ownWords } from './events.ts';

/** Each of these is a hint to look at the issue; what it says is not looked at. */
const heard = /^(?:jira:issue_(?:created|updated|deleted)|(?:comment|attachment|issuelink)_[a-z]{1,30})$/;

type JiraSite = Config['jira']['sites'][number];
type Parts = Pick<WebhookContext, 'temporal' | 'config'>;

/** Keys of the projects in which a connection has issues. */
export function projectsOf({ project, routes }: Pick<ConnectionConfig, 'project' | 'routes'>): string[] {
  return [...new Set([project, ...routes.flatMap((route) => route.project ?? [])])];
}

/**
 * A signed webhook about an issue of a connection's project; one that was moved out of it counts, too.
 * @returns undefined: it is about no such issue
 */
export async function tellIntakes(
  body: unknown,
  site: JiraSite,
  deliveryId: string,
  parts: Parts,
): Promise<Handled | undefined> {
  const issue = isRecord(body) ? body['issue'] : undefined;
  const [issueId, key] = [text(issue, 'id'), text(issue, 'key')];
  const event = text(body, 'webhookEvent') ?? '';
  // events of attachments and links may name no issue: Jira sends jira:issue_updated besides
  if (issueId === undefined || key === undefined || !heard.test(event)) return undefined;
  const named = { issueId, keys: [key, ...formerKeys(body)] };
  return tell(named, { site, event, deliveryId, author: authorOf(body) }, parts);
}

/** The same of Jira Automation's web request: {issueId, issueKey, actor?, event?}. */
export async function tellIntakesOfRule(
  body: unknown,
  site: JiraSite,
  deliveryId: string,
  parts: Parts,
): Promise<Handled | undefined> {
  const [issueId, key] = [text(body, 'issueId'), text(body, 'issueKey')];
  if (issueId === undefined || key === undefined) return undefined;
  const event = text(body, 'event') ?? 'automation';
  return tell({ issueId, keys: [key] }, { site, event, deliveryId, author: text(body, 'actor') }, parts);
}

async function tell(
  { issueId, keys }: { issueId: string; keys: readonly string[] },
  hint: { site: JiraSite; event: string; deliveryId: string; author: string | undefined },
  { temporal, config }: Parts,
): Promise<Handled | undefined> {
  const own = findConnections(config, hint.site, keys);
  if (own.length === 0 || !/^[0-9]{1,19}$/.test(issueId)) return undefined;
  // our own writes come back as events and must start nothing
  const bot = findPerson(config, { name: hint.site.bot })?.jira;
  if (bot !== undefined && hint.author === bot) return { result: 'ignored', reason: ownWords };
  const { event, deliveryId } = hint;
  const ids = await Promise.all(
    own.map(({ name }) => startIntake(temporal, config, { connection: name, issueId, deliveryId, event })),
  );
  return { result: 'started', ...(ids.length === 1 && ids[0] ? { workflowId: ids[0] } : {}) };
}

function findConnections(config: Config, { baseUrl }: JiraSite, keys: readonly string[]): ConnectionConfig[] {
  const projects = keys.flatMap((key) => /^([A-Z][A-Z0-9_]*)-[0-9]{1,19}$/.exec(key)?.[1] ?? []);
  return (config.processes.incidents?.connections ?? []).filter((connection) => {
    // one Jira may stand under several names
    const site = config.jira.sites.find(({ name }) => name === connection.site);
    return site?.baseUrl === baseUrl && projectsOf(connection).some((one) => projects.includes(one));
  });
}

/** Of an issue that was moved to another project: Jira's change log calls the field `Key`. */
function formerKeys(body: unknown): string[] {
  const changelog = isRecord(body) ? body['changelog'] : undefined;
  const items = isRecord(changelog) ? changelog['items'] : undefined;
  if (!Array.isArray(items)) return [];
  return items.flatMap((item: unknown) =>
    text(item, 'field')?.toLowerCase() === 'key' ? (text(item, 'fromString') ?? []) : [],
  );
}
