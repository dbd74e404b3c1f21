import { bulkFetchIssues, getIssue, searchAndReconsileIssuesUsingJqlPost } from '../api.ts';
import { createFailure, failureType } from '../../../workflows/shared/failures.ts';
import type { FindingTicket } from '../../../workflows/halo-sync/ticket.ts';
import { findingLabel, jiraPropertyKey } from '../../../workflows/shared/names.ts';
import { chunksOf } from '../../bounded.ts';
import { idHash } from '../../findings/hash.ts';
import { quoteJql } from '../tickets.ts';
import { readMark } from './mark.ts';
import type { OpenFindings } from './open-findings.ts';
import { FetchedTickets, IdPage, PlacedIssue, TicketPage, type FoundTicket } from './schema.ts';

type Found = ReadonlyMap<string, readonly FindingTicket[]>;

const idsPerSearch = 100;
/** Jira's limit for issues with fields, and for one bulk fetch. */
const ticketsPerPage = 1_000;
const idsPerPage = 5_000;
const ticketsPerFetch = 100;
const systemFields = [
  ...['status', 'project', 'issuetype', 'created', 'creator', 'statuscategorychangedate', 'duedate'],
];

/**
 * A read; one call for a hundred ids in the usual case. The field is one of text, which knows no `=` and no `in`: each id is a
 * phrase, which finds what holds its words in a row, and equality is checked here. An id without a word is looked for by label.
 */
export async function lookUp(open: OpenFindings, findingIds: readonly string[]): Promise<Found> {
  const { id } = await open.idField();
  const field = `cf[${id.replace('customfield_', '')}]`;
  const wanted = new Set(findingIds);
  const found: FindingTicket[] = [];
  for (const ids of chunksOf([...wanted], idsPerSearch)) {
    const jql = ids.map((one) => phraseTerm(field, one)).join(' OR ');
    const issues = await searchAll(open, `${jql} ORDER BY created DESC`);
    found.push(...(await toTickets(open, issues)));
  }
  return groupBy(
    findingIds,
    found.filter(({ findingId }) => wanted.has(findingId)),
  );
}

/** Quotes and backslashes would end the phrase; every other sign parts words, which is what it does in the field as well. */
function phraseTerm(field: string, id: string): string {
  const words = id.replace(/[\\"\p{Cc}]/gu, ' ').toWellFormed();
  if (!/[\p{L}\p{N}]/u.test(words)) return `labels = ${quoteJql(findingLabel(idHash(id)))}`;
  return `${field} ~ ${quoteJql(`"${words}"`)}`;
}

/**
 * A read, as late as the index is. A label is anybody's to set, and a planted one must not pass for a ticket: only what our own
 * account created, with this source's mark of this very finding, counts.
 */
export async function findLabelled(open: OpenFindings, findingIds: readonly string[]): Promise<Found> {
  const wanted = new Set(findingIds);
  const found: FindingTicket[] = [];
  for (const ids of chunksOf([...wanted], idsPerSearch)) {
    const labels = ids.map((one) => quoteJql(findingLabel(idHash(one)))).join(', ');
    const issues = await searchAll(open, `labels in (${labels}) ORDER BY created DESC`);
    const ours = (await toTickets(open, issues)).filter(({ isOurs }) => isOurs);
    found.push(...ours.map((ticket) => ({ ...ticket, findingId: ticket.mark?.findingId ?? '' })));
  }
  return groupBy(
    findingIds,
    found.filter(({ findingId }) => wanted.has(findingId)),
  );
}

/** A read of the issues themselves, not of the index. What was deleted is left out; what Jira could not read now is an error. */
export async function readMany(
  open: OpenFindings,
  issueIds: readonly string[],
): Promise<readonly FindingTicket[]> {
  const { id } = await open.idField();
  const found: FoundTicket[] = [];
  for (const ids of chunksOf([...new Set(issueIds)], ticketsPerFetch)) {
    const { issues, issueErrors } = await open.call(`read ${ids.length} tickets`, async () =>
      FetchedTickets.parse(
        await bulkFetchIssues(open.client, {
          issueIdsOrKeys: ids,
          fields: [...systemFields, id],
          properties: [jiraPropertyKey],
        }),
      ),
    );
    for (const error of issueErrors ?? []) await assertGone(open, error.id);
    found.push(...(issues ?? []));
  }
  return toTickets(open, found);
}

/** A ticket that is taken for deleted is created again: Jira must say so itself. */
async function assertGone(open: OpenFindings, issueId: string): Promise<void> {
  try {
    await open.call(`look for issue ${issueId}`, async () =>
      PlacedIssue.parse(
        await getIssue(open.client, {
          issueIdOrKey: issueId,
          fields: ['status', 'project', 'issuetype'],
        }),
      ),
    );
  } catch (error) {
    if (failureType(error) === 'NotFound') return;
    throw error;
  }
  throw createFailure(
    'Unavailable',
    `jira: read tickets: issue ${issueId} could not be read with the others`,
    {
      details: { system: 'jira', action: 'read tickets' },
    },
  );
}

/** Of a search for ids alone: its pages are Jira's largest, and its tokens are no other search's. */
const idsCursor = 'ids:';

/**
 * A read. @param cursor Jira's token of the next page: of this very search
 * @param known tickets that the caller has seen. With it only ids are searched for, and what it does not know is read by id: of many
 * open tickets hardly one is unknown
 */
export async function listOpen(open: OpenFindings, cursor: string | null, known?: ReadonlySet<string>) {
  const { id } = await open.idField();
  const field = `cf[${id.replace('customfield_', '')}]`;
  const jql = `${field} is not EMPTY AND statusCategory != Done ORDER BY created ASC, key ASC`;
  if (known === undefined && cursor?.startsWith(idsCursor) !== true) {
    const { issues, nextPageToken } = await searchPage(open, jql, cursor ?? undefined);
    return { tickets: await toTickets(open, issues), next: nextPageToken ?? null };
  }
  const { ids, nextPageToken } = await searchIds(open, jql, cursor?.slice(idsCursor.length));
  const read = await readMany(
    open,
    ids.filter((issueId) => known?.has(issueId) !== true),
  );
  return {
    // the issue itself may be newer than the index
    tickets: read.filter(({ isDone }) => !isDone),
    next: nextPageToken === null ? null : `${idsCursor}${nextPageToken}`,
  };
}

/** A read. @param cursor as that of `listOpen` */
export async function listDue(open: OpenFindings, cursor: string | null) {
  const { id } = await open.idField();
  const field = `cf[${id.replace('customfield_', '')}]`;
  const jql = `${field} is not EMPTY AND statusCategory != Done AND duedate is not EMPTY ORDER BY duedate ASC, key ASC`;
  const { issues, nextPageToken } = await searchPage(open, jql, cursor ?? undefined);
  return { tickets: await toTickets(open, issues), next: nextPageToken ?? null };
}

async function searchIds(open: OpenFindings, jql: string, nextPageToken: string | undefined) {
  const { issues, nextPageToken: next } = await open.call('list open tickets of findings', async () =>
    IdPage.parse(
      await searchAndReconsileIssuesUsingJqlPost(open.client, {
        jql,
        fields: ['id'],
        maxResults: idsPerPage,
        ...(nextPageToken === undefined ? {} : { nextPageToken }),
      }),
    ),
  );
  return { ids: issues.map(({ id }) => id), nextPageToken: next ?? null };
}

async function searchAll(open: OpenFindings, jql: string): Promise<FoundTicket[]> {
  const found: FoundTicket[] = [];
  let token: string | undefined;
  do {
    const page = await searchPage(open, jql, token);
    found.push(...page.issues);
    token = page.nextPageToken ?? undefined;
  } while (token !== undefined);
  return found;
}

async function searchPage(open: OpenFindings, jql: string, nextPageToken: string | undefined) {
  const { id } = await open.idField();
  return open.call('search tickets of findings', async () =>
    TicketPage.parse(
      await searchAndReconsileIssuesUsingJqlPost(open.client, {
        jql,
        fields: [...systemFields, id],
        properties: [jiraPropertyKey],
        maxResults: ticketsPerPage,
        ...(nextPageToken === undefined ? {} : { nextPageToken }),
      }),
    ),
  );
}

/** Without those of other sources: one id may mean two findings at two of them. */
async function toTickets(open: OpenFindings, issues: readonly FoundTicket[]): Promise<FindingTicket[]> {
  if (issues.length === 0) return [];
  const idField = await open.idField();
  const bot = await open.botAccountId();
  return issues.flatMap(({ id, key, fields, properties }) => {
    const mark = readMark(properties?.[jiraPropertyKey]);
    const written = fields[idField.id];
    const findingId = typeof written === 'string' && written !== '' ? written : mark?.findingId;
    if (findingId === undefined || (mark && mark.source !== open.source)) return [];
    const { status, project, issuetype, created, creator, statuscategorychangedate, duedate } = fields;
    open.places.set(id, { key, project: project.key, issueType: issuetype.name, status, mark });
    return {
      issueId: id,
      key,
      project: project.key,
      findingId,
      statusName: status.name,
      isDone: status.statusCategory.key === 'done',
      createdAt: created,
      movedAt: statuscategorychangedate ?? null,
      dueDate: duedate ?? null,
      isOurs: creator?.accountId === bot && mark !== null,
      mark,
    };
  });
}

/** Each id has its list, newest first. */
function groupBy(findingIds: readonly string[], tickets: readonly FindingTicket[]): Found {
  const lists = new Map<string, FindingTicket[]>(findingIds.map((id) => [id, []]));
  for (const ticket of tickets.toSorted(newestFirst)) lists.get(ticket.findingId)?.push(ticket);
  return lists;
}

function newestFirst(one: FindingTicket, other: FindingTicket): number {
  return (
    Date.parse(other.createdAt) - Date.parse(one.createdAt) || Number(other.issueId) - Number(one.issueId)
  );
}
