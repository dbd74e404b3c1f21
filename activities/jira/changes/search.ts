import { searchAndReconsileIssuesUsingJqlPost } from '../api.ts';
import { jiraPropertyKey } from '../../../workflows/shared/names.ts';
import { quoteJql } from '../tickets.ts';
import { buildFields } from './port.ts';
import { FoundPage, type FoundIssue } from './schema.ts';
import { endNames, type ChangeField, type OpenChanges } from './scheme.ts';

/** Jira's index is late and its `~` compares words: whatever a search finds is compared, or read, again by the caller. */
export async function* searchPages(open: OpenChanges, jql: string): AsyncGenerator<readonly FoundIssue[]> {
  const ids = await open.fieldIds();
  const fields = ['summary', 'status', 'creator', 'updated', ...buildFields.map((field) => ids[field])];
  let nextPageToken: string | undefined;
  do {
    const token = nextPageToken === undefined ? {} : { nextPageToken };
    const page = await open.call('search change tickets', async () =>
      FoundPage.parse(
        await searchAndReconsileIssuesUsingJqlPost(open.client, {
          jql,
          fields,
          properties: [jiraPropertyKey],
          maxResults: 100,
          ...token,
        }),
      ),
    );
    yield page.issues;
    nextPageToken = page.nextPageToken ?? undefined;
  } while (nextPageToken !== undefined);
}

export async function searchAll(open: OpenChanges, jql: string): Promise<FoundIssue[]> {
  const found: FoundIssue[] = [];
  for await (const issues of searchPages(open, jql)) found.push(...issues);
  return found;
}

/** Every search is for change tickets only. */
export function changesWhere({ scheme }: OpenChanges, ...terms: readonly string[]): string {
  const scope = [`project = ${quoteJql(scheme.project)}`, `issuetype = ${quoteJql(scheme.issueType)}`];
  return [...scope, ...terms].join(' AND ');
}

export function isOpenTerm({ scheme }: OpenChanges): string {
  return `status NOT IN (${endNames(scheme).map(quoteJql).join(', ')})`;
}

/**
 * A phrase search: a field with exactly this value is always among what it finds, and others may be. Quotes and backslashes
 * would end the phrase.
 */
export async function fieldTerm(open: OpenChanges, field: ChangeField, value: string): Promise<string> {
  const id = (await open.fieldIds())[field].replace('customfield_', '');
  return `cf[${id}] ~ ${quoteJql(`"${value.replace(/[\\"]/g, ' ')}"`)}`;
}
