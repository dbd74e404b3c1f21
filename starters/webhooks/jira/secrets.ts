import { tellSecretTicket } from '../../../activities/temporal/start-secrets.ts';
import type { Config } from '../../../config/parse-config.ts';
import { findPerson } from '../../../config/people.ts';
import type { SecretAuditConfig } from '../../../config/secret-schema.ts';
import { isRecord, text } from '../../../workflows/shared/guards.ts';
import type { Handled, WebhookContext } from '../delivery.ts';
import { authorOf } from './author.ts';
import { ownWords } from './events.ts';

/** A comment approves nothing. */
const heard = ['jira:issue_created', 'jira:issue_updated', 'jira:issue_deleted'];

type JiraSite = Config['jira']['sites'][number];

/**
 * A signed webhook about a ticket that may approve changes of secrets; one that was moved away, or has another type now, counts too: an
 * approval may have gone with it.
 * @returns undefined: it is about no such ticket
 */
export async function tellSecretTickets(
  body: unknown,
  site: JiraSite,
  deliveryId: string,
  { temporal, config }: Pick<WebhookContext, 'temporal' | 'config'>,
): Promise<Handled | undefined> {
  const { secrets } = config.processes;
  const issue = isRecord(body) ? body['issue'] : undefined;
  const issueId = text(issue, 'id') ?? '';
  const event = text(body, 'webhookEvent') ?? '';
  if (!secrets || !heard.includes(event) || !/^[0-9]{1,19}$/.test(issueId)) return undefined;
  const own = config.jira.sites.find(({ name }) => name === secrets.site);
  // one Jira may stand under several names
  if (own?.baseUrl !== site.baseUrl || !isTicket(body, secrets)) return undefined;
  const bot = findPerson(config, { name: own.bot })?.jira;
  if (bot !== undefined && authorOf(body) === bot) return { result: 'ignored', reason: ownWords };
  const workflowId = await tellSecretTicket(temporal, config, { issueId, deliveryId, event });
  return { result: 'started', workflowId };
}

function isTicket(body: unknown, { project, issueType }: SecretAuditConfig): boolean {
  const issue = isRecord(body) ? body['issue'] : undefined;
  const fields = isRecord(issue) ? issue['fields'] : undefined;
  const type = isRecord(fields) ? text(fields['issuetype'], 'name') : undefined;
  const keys = [text(issue, 'key') ?? '', ...formerly(body, 'key')];
  const types = [type, ...formerly(body, 'issuetype')];
  return keys.some((key) => key.startsWith(`${project}-`)) && types.includes(issueType);
}

/** What a field of this change was called before: Jira writes `Key` beside `issuetype`. */
function formerly(body: unknown, name: string): string[] {
  const changelog = isRecord(body) ? body['changelog'] : undefined;
  const items = isRecord(changelog) ? changelog['items'] : undefined;
  if (!Array.isArray(items)) return [];
  return items.flatMap((item: unknown) =>
    text(item, 'field')?.toLowerCase() === name ? (text(item, 'fromString') ?? []) : [],
  );
}
