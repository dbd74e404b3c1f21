import { searchAndReconsileIssuesUsingJqlPost } from '../api.ts';
import { jiraPropertyKey } from '../../../workflows/shared/names.ts';
import { quoteJql } from '../tickets.ts';
import { readMark } from './mark.ts';
import type { OpenIncidents } from './open-incidents.ts';
import type { IncidentTickets } from './port.ts';
import { FoundPage } from './schema.ts';

type Found = FoundPage['issues'];

/**
 * A read, as late as the index is. A label is anybody's to set, and a planted one must not pass for the case's issue: only what our
 * own account created, with our property, counts.
 */
export async function findMarked(
  open: OpenIncidents,
  label: string,
): Promise<Awaited<ReturnType<IncidentTickets['findMarked']>>> {
  const bot = await open.botAccountId();
  const issues = await searchAll(open, `labels = ${quoteJql(label)} ORDER BY created ASC, key ASC`);
  return issues.flatMap(({ id, key, fields, properties }) => {
    const mark = readMark(properties?.[jiraPropertyKey], open.connection);
    return mark && fields.creator?.accountId === bot ? [{ issueId: id, key, mark }] : [];
  });
}

/** A read. The index is late, so whoever asks each minute asks for more than a minute. */
export async function findChanged(
  open: OpenIncidents,
  withinMinutes: number,
): Promise<Awaited<ReturnType<IncidentTickets['findChanged']>>> {
  const minutes = Math.max(1, Math.ceil(withinMinutes));
  const projects = open.projects.map(quoteJql).join(', ');
  const issues = await searchAll(
    open,
    `project in (${projects}) AND updated >= "-${minutes}m" ORDER BY created ASC, key ASC`,
  );
  return issues.map(({ id, key, fields, properties }) => ({
    ...{ issueId: id, key, issueType: fields.issuetype.name, labels: fields.labels ?? [] },
    updatedAt: fields.updated,
    mark: readMark(properties?.[jiraPropertyKey], open.connection),
  }));
}

async function searchAll(open: OpenIncidents, jql: string): Promise<Found> {
  const found: Found = [];
  let nextPageToken: string | undefined;
  do {
    const token = nextPageToken === undefined ? {} : { nextPageToken };
    const page = await open.call('search issues of incidents', async () =>
      FoundPage.parse(
        await searchAndReconsileIssuesUsingJqlPost(open.client, {
          jql,
          fields: ['issuetype', 'labels', 'creator', 'updated'],
          properties: [jiraPropertyKey],
          maxResults: 100,
          ...token,
        }),
      ),
    );
    found.push(...page.issues);
    nextPageToken = page.nextPageToken ?? undefined;
  } while (nextPageToken !== undefined);
  return found;
}
