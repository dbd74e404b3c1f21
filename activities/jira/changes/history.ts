import { searchAndReconsileIssuesUsingJqlPost } from '../api.ts';
import type { HistoryFacts } from '../../../workflows/change-approval/facts.ts';
import type { ChangeBuild } from '../../../workflows/change-approval/messages.ts';
import type { AutoApproved } from '../../../workflows/change-inspection/messages.ts';
import { compareIds } from '../rounds.ts';
import { findRecord, isProven } from './approval-record.ts';
import { readBuild } from './field-values.ts';
import type { ChangeStatus } from './port.ts';
import { IncidentPage, type ApprovalRecord, type FoundIssue } from './schema.ts';
import { isEnded, statusOf, type OpenChanges } from './scheme.ts';
import { changesWhere, fieldTerm, isOpenTerm, searchAll, searchPages } from './search.ts';

const mostShown = 20;
/** An approval that was taken back, or waits to be given again, is none: the commits since the one before count. */
const standing: readonly (ChangeStatus | 'other')[] = [
  'approved',
  'deploying',
  'deployFailed',
  'resolved',
  'closed',
];
/** Jira's clock and ours. */
const clocksApartMs = 600_000;

/** Reads only; two searches and one for incidents, and the change log of whichever ticket is to count as approved. */
export async function readHistory(
  open: OpenChanges,
  issueId: string,
  { project, environment }: ChangeBuild,
): Promise<HistoryFacts> {
  return {
    lastApproved: await findLastApproved(open, issueId, { project, environment }),
    related: await findRelated(open, issueId, project),
    incidents: await findIncidents(open),
  };
}

interface Approved {
  readonly issue: FoundIssue;
  readonly record: ApprovalRecord;
}

/** By the time of the last change, newest first: where that is older than the best that was found, nothing newer follows. */
async function findLastApproved(
  open: OpenChanges,
  issueId: string,
  wanted: Pick<ChangeBuild, 'project' | 'environment'>,
): Promise<HistoryFacts['lastApproved']> {
  const terms = await Promise.all([
    fieldTerm(open, 'project', wanted.project),
    fieldTerm(open, 'environment', wanted.environment),
  ]);
  let best: Approved | undefined;
  for await (const issues of searchPages(open, `${changesWhere(open, ...terms)} ORDER BY updated DESC`)) {
    const others = issues.filter(({ id }) => id !== issueId);
    const approved = (await Promise.all(others.map((issue) => toApproved(open, issue, wanted)))).filter(
      (one) => one !== undefined,
    );
    best = await newestProven(open, approved, best);
    const last = issues.at(-1)?.fields.updated;
    if (best && last && Date.parse(last) + clocksApartMs < Date.parse(best.record.at)) break;
  }
  return best ? { ticket: best.issue.key, sha: best.record.sha, at: best.record.at } : null;
}

async function toApproved(
  open: OpenChanges,
  issue: FoundIssue,
  wanted: Pick<ChangeBuild, 'project' | 'environment'>,
): Promise<Approved | undefined> {
  if (!standing.includes(statusOf(open.scheme, issue.fields.status))) return undefined;
  const record = await findRecord(open, issue);
  const isWanted = record?.project === wanted.project && record.environment === wanted.environment;
  return record && isWanted ? { issue, record } : undefined;
}

/** The change logs are read from the newest on, until one agrees. */
async function newestProven(open: OpenChanges, found: readonly Approved[], best: Approved | undefined) {
  const newest = found.toSorted((a, b) => Date.parse(b.record.at) - Date.parse(a.record.at));
  for (const one of newest) {
    if (best && Date.parse(one.record.at) <= Date.parse(best.record.at)) return best;
    if (await isProven(open, one.issue.id)) return one;
  }
  return best;
}

/** Of any environment: a deploy of the project that is under way elsewhere is related too (C-27). */
async function findRelated(
  open: OpenChanges,
  issueId: string,
  project: string,
): Promise<HistoryFacts['related']> {
  const ids = await open.fieldIds();
  const jql = changesWhere(open, isOpenTerm(open), await fieldTerm(open, 'project', project));
  const found = await searchAll(open, `${jql} ORDER BY created ASC, key ASC`);
  return found
    .map((issue) => ({ issue, build: readBuild(open.scheme, ids, issue.fields) }))
    .filter(({ issue, build }) => issue.id !== issueId && build.project === project)
    .filter(({ issue }) => !isEnded(statusOf(open.scheme, issue.fields.status)))
    .slice(0, mostShown)
    .map(({ issue, build }) => ({
      ticket: issue.key,
      status: issue.fields.status.name,
      environment: build.environment ?? '',
      build: build.build ?? '',
    }));
}

/** The search is the configuration's own words, which nothing from outside is put into. */
async function findIncidents(open: OpenChanges): Promise<HistoryFacts['incidents']> {
  const { incidentJql } = open.scheme;
  if (incidentJql === undefined) return null;
  const { issues } = await open.call('search open incidents', async () =>
    IncidentPage.parse(
      await searchAndReconsileIssuesUsingJqlPost(open.client, {
        jql: incidentJql,
        fields: ['summary'],
        maxResults: mostShown,
      }),
    ),
  );
  return issues.map(({ key, fields }) => ({ ticket: key, summary: fields.summary })).slice(0, mostShown);
}

/**
 * The population of an inspection (C-31). What was approved in a month has changed since it began; Jira reads a date in the time
 * zone of the account, so the search begins a day early. A record on a ticket that our account made is taken at its word, since
 * leaving one out is what an inspection must fear; on another's ticket the change log must agree.
 */
export async function listAutoApproved(open: OpenChanges, month: string): Promise<AutoApproved[]> {
  const first = new Date(`${month}-01T00:00:00.000Z`);
  const dayBefore = new Date(first.getTime() - 86_400_000).toISOString().slice(0, 10);
  const bot = await open.botAccountId();
  const jql = changesWhere(open, `updated >= "${dayBefore}"`);
  const found: AutoApproved[] = [];
  for await (const issues of searchPages(open, `${jql} ORDER BY created ASC, key ASC`))
    for (const issue of issues) {
      const record = await findRecord(open, issue);
      if (!record?.automatic || new Date(record.at).toISOString().slice(0, 7) !== month) continue;
      if (issue.fields.creator?.accountId === bot || (await isProven(open, issue.id)))
        found.push(toAutoApproved(issue, record));
    }
  return found.toSorted((a, b) => compareIds(a.issueId, b.issueId));
}

function toAutoApproved({ id, key }: FoundIssue, record: ApprovalRecord): AutoApproved {
  const { environment, project, build, sha, policy, at, requester, authors, workflowId } = record;
  return {
    ticket: key,
    issueId: id,
    ...{ environment, project, build, sha, policy },
    approvedAt: at,
    ...{ requester, authors, workflowId },
  };
}
