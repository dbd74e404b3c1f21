import { getChangeLogs, getIssue, searchAndReconsileIssuesUsingJqlPost } from './api.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { readPages } from './pages.ts';
import { promotionStatuses, type PromotionStatus, type Ticket, type TicketSummary } from './port.ts';
import { findRound, isStatus } from './rounds.ts';
import {
  ChangePage,
  PromotionIssue,
  SearchPage,
  type Change,
  type ChangeItem,
  type JiraStatus,
} from './schema.ts';
import type { JiraSite, OpenAccess, OpenSite } from './site.ts';

const maxVersionLength = 255;

/** @returns the name in the configuration; undefined for somebody it does not name */
export type PersonOf = (accountId: string) => string | null | undefined;

/** The ticket and its whole change log, read afresh. */
export async function readTicket(open: OpenSite, issueId: string, personOf: PersonOf): Promise<Ticket> {
  const { site } = open;
  const fieldId = await open.agentVersionFieldId();
  const decides = { id: fieldId, name: site.agentVersionField };
  const issue = await readIssue(open, issueId, fieldId);
  const { summary, status, project, issuetype, creator, assignee, created, labels } = issue.fields;
  const changes = await readChanges(open, issueId);
  return {
    site: site.name,
    issueId,
    key: issue.key,
    summary,
    inScope: project.key === site.project && issuetype.name === site.issueType,
    status: toPromotionStatus(site, status),
    statusName: status.name,
    agentVersion: toVersion(issue.fields[fieldId], site.agentVersionField),
    creatorAccountId: creator?.accountId ?? null,
    assigneeAccountId: assignee?.accountId ?? null,
    creator: creator ? toPrincipal(creator.accountId, personOf) : null,
    changers: await findChangers(open, changes, [decides], personOf),
    labels: labels ?? [],
    ...findRound(changes, { toDo: site.statuses.toDo, current: status, created }),
  };
}

async function readIssue(open: OpenSite, issueId: string, fieldId: string): Promise<PromotionIssue> {
  const fields = [
    'summary',
    'status',
    'project',
    'issuetype',
    'creator',
    'assignee',
    'created',
    'labels',
    fieldId,
  ];
  return open.call(`read issue ${issueId}`, async () =>
    PromotionIssue.parse(await getIssue(open.client, { issueIdOrKey: issueId, fields })),
  );
}

/** The whole change log. */
export async function readChanges(open: OpenAccess, issueId: string): Promise<Change[]> {
  return readPages(async (startAt) => {
    const page = await open.call(`read change log of issue ${issueId}`, async () =>
      ChangePage.parse(await getChangeLogs(open.client, { issueIdOrKey: issueId, startAt, maxResults: 100 })),
    );
    return { items: page.values, total: page.total, isLast: page.isLast };
  });
}

/** One human is one principal, whatever the way he comes by; somebody unknown is told from everybody else by his account. */
export function toPrincipal(accountId: string, personOf: PersonOf): string {
  return personOf(accountId) ?? `jira:${accountId}`;
}

export interface FieldName {
  readonly id: string;
  readonly name: string;
}

/** Who set any of the fields since the ticket was created: the first value is its creator's. Our own account changes nothing. */
export async function findChangers(
  open: OpenAccess,
  changes: readonly Change[],
  fields: readonly FieldName[],
  personOf: PersonOf,
): Promise<string[]> {
  const made = changes.filter(({ items }) => items.some((item) => changesField(item, fields)));
  if (made.length === 0) return [];
  const bot = await open.botAccountId();
  const accounts = made.map(({ author }) => author?.accountId ?? 'unknown').filter((one) => one !== bot);
  return [...new Set(accounts.map((one) => toPrincipal(one, personOf)))];
}

export function changesField(item: ChangeItem, fields: readonly FieldName[]): boolean {
  return fields.some((field) => isField(item, field));
}

/** Old entries of a change log have no field id. */
function isField(item: ChangeItem, { id, name }: FieldName): boolean {
  return item.fieldId === undefined ? item.field === name : item.fieldId === id;
}

function toPromotionStatus(site: JiraSite, status: JiraStatus): PromotionStatus | 'other' {
  return promotionStatuses.find((one) => isStatus(site.statuses[one], status)) ?? 'other';
}

function toVersion(value: unknown, fieldName: string): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string') return value.slice(0, maxVersionLength);
  throw createFailure('UnsupportedResponse', `jira: field ${fieldName} is not a single line of text`, {
    details: { system: 'jira', action: 'read ticket', expected: 'text', found: typeof value },
  });
}

/** All tickets of the site's project and type in a status, oldest first. */
export async function findTickets(open: OpenSite, status: PromotionStatus): Promise<TicketSummary[]> {
  const { site } = open;
  const jql = [
    `project = ${quoteJql(site.project)}`,
    `issuetype = ${quoteJql(site.issueType)}`,
    `status = ${quoteJql(site.statuses[status])}`,
  ].join(' AND ');
  const found: TicketSummary[] = [];
  let nextPageToken: string | undefined;
  do {
    const page = await searchPage(open, `${jql} ORDER BY created ASC, key ASC`, nextPageToken);
    for (const { id, key, fields } of page.issues)
      found.push({ site: site.name, issueId: id, key, statusName: fields.status.name });
    nextPageToken = page.nextPageToken ?? undefined;
  } while (nextPageToken !== undefined);
  return found;
}

async function searchPage(open: OpenSite, jql: string, nextPageToken: string | undefined) {
  return open.call('search tickets', async () =>
    SearchPage.parse(
      await searchAndReconsileIssuesUsingJqlPost(open.client, {
        jql,
        fields: ['status'],
        maxResults: 100,
        ...(nextPageToken === undefined ? {} : { nextPageToken }),
      }),
    ),
  );
}

/** A JQL string: quotes and backslashes escaped, line breaks and other control characters dropped. */
export function quoteJql(value: string): string {
  return `"${value.replace(/\p{Cc}/gu, '').replace(/[\\"]/g, '\\$&')}"`;
}
