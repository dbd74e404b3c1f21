import { createHash } from 'node:crypto';
import { CancelledFailure, asyncLocalStorage, sleep } from '@temporalio/activity';
import { createIssue, searchAndReconsileIssuesUsingJqlPost } from './api.ts';
import type { TicketComment } from '../../workflows/shared/comment.ts';
import { failureType, type FailureType } from '../../workflows/shared/failures.ts';
import { jiraPropertyKey } from '../../workflows/shared/names.ts';
import { cutText, toPlainText } from '../plain-text.ts';
import { toAdf } from './adf.ts';
import { CreatedIssue, LabelledPage } from './schema.ts';
import type { OpenAccess } from './site.ts';
import { quoteJql } from './tickets.ts';

export interface TicketOrder {
  readonly key: string;
  /** Project key. */
  readonly project: string;
  readonly issueType: string;
  readonly summary: string;
  readonly body: TicketComment;
  readonly labels: readonly string[];
  /** Further fields by id, as Jira takes them. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Further members of the entity property. */
  readonly property?: Readonly<Record<string, unknown>>;
}

export interface EnsuredTicket {
  readonly issueId: string;
  readonly ticket: string;
  readonly created: boolean;
}

/** When to look again for an issue that Jira may have created: the search index is late (design §5). */
const laterLooksMs = [5_000, 10_000, 20_000, 40_000, 60_000, 60_000];
/** After these Jira may have created the issue: no answer, or one that we do not understand. */
const unknownOutcomes: readonly FailureType[] = ['Unavailable', 'Unknown', 'UnsupportedResponse'];

/**
 * One open issue per key. The create call cannot carry an idempotency key, so it is made once an attempt, carries label and
 * property with the key, and is looked for before and, after an unknown outcome, for three minutes afterwards. A repeat of
 * the activity is such an outcome too: the worker may have died right after the call. The worker heartbeats meanwhile.
 */
export async function ensureTicket(
  open: OpenAccess,
  order: TicketOrder,
  pause: (ms: number) => Promise<void> = sleep,
): Promise<EnsuredTicket> {
  const isRepeat = (asyncLocalStorage.getStore()?.info.attempt ?? 1) > 1;
  const there =
    (await findTicket(open, order)) ?? (isRepeat ? await lookAgain(open, order, pause) : undefined);
  if (there) return there;
  try {
    const { id, key } = await create(open, order);
    return { issueId: id, ticket: key, created: true };
  } catch (error) {
    if (error instanceof CancelledFailure || !unknownOutcomes.includes(failureType(error))) throw error;
    const adopted = await lookAgain(open, order, pause);
    if (adopted) return adopted;
    throw error;
  }
}

async function lookAgain(open: OpenAccess, order: TicketOrder, pause: (ms: number) => Promise<void>) {
  for (const ms of laterLooksMs) {
    await pause(ms);
    const found = await findTicket(open, order);
    if (found) return found;
  }
  return undefined;
}

/**
 * The oldest open issue of the key. A label is anybody's to set, and a planted one must not silence a report: only issues that
 * our own account created, with our property, count.
 */
async function findTicket(
  open: OpenAccess,
  { key, project }: Pick<TicketOrder, 'key' | 'project'>,
): Promise<EnsuredTicket | undefined> {
  const bot = await open.botAccountId();
  const jql = `project = ${quoteJql(project)} AND labels = ${quoteJql(labelOf(key))} ORDER BY created ASC`;
  const { issues } = await open.call('look for the ticket', async () =>
    LabelledPage.parse(
      await searchAndReconsileIssuesUsingJqlPost(open.client, {
        jql,
        fields: ['status', 'creator'],
        properties: [jiraPropertyKey],
        maxResults: 100,
      }),
    ),
  );
  const ours = issues.find(
    ({ fields, properties }) =>
      fields.creator?.accountId === bot &&
      fields.status.statusCategory.key !== 'done' &&
      keyOf(properties?.[jiraPropertyKey]) === key,
  );
  return ours && { issueId: ours.id, ticket: ours.key, created: false };
}

async function create(open: OpenAccess, order: TicketOrder) {
  const { key, project, issueType, summary, body, labels, fields = {}, property = {} } = order;
  return open.call('create a ticket', async () =>
    CreatedIssue.parse(
      await createIssue(open.client, {
        fields: {
          ...fields,
          project: { key: project },
          issuetype: { name: issueType },
          // one line, at most Jira's 255 characters
          summary: cutText(toPlainText(summary).replace(/\s+/g, ' ').trim(), 250),
          description: toAdf(body),
          labels: [...new Set([labelOf(key), ...labels])],
        },
        properties: [{ key: jiraPropertyKey, value: { ...property, key, version: 1 } }],
      }),
    ),
  );
}

/** A label takes no blanks and is for looking up only; the property has the key itself. */
function labelOf(key: string): string {
  return `lk-${createHash('sha256').update(key).digest('hex').slice(0, 32)}`;
}

function keyOf(property: unknown): unknown {
  return typeof property === 'object' && property !== null && 'key' in property ? property.key : undefined;
}
