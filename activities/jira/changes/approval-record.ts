import { jiraPropertyKey } from '../../../workflows/shared/names.ts';
import { isRecord } from '../../../workflows/shared/guards.ts';
import { compareIds, isStatusChange, leadsTo } from '../rounds.ts';
import type { Change } from '../schema.ts';
import { readChanges, changesField } from '../tickets.ts';
import { readBuild } from './field-values.ts';
import { ApprovalRecord, UsedRequests, type FoundIssue } from './schema.ts';
import { decidingFields, type OpenChanges } from './scheme.ts';

/** The approval in a ticket's entity property; what has another form is none. */
export function recordIn(property: unknown): ApprovalRecord | undefined {
  return isRecord(property) ? ApprovalRecord.safeParse(property['approval']).data : undefined;
}

/** Requests that this ticket's approvals have used up, the present one's included. */
export function usedRequests(property: unknown): string[] {
  if (!isRecord(property)) return [];
  const earlier = UsedRequests.safeParse(property['usedRequests']).data ?? [];
  const record = recordIn(property);
  return [...new Set([...earlier, ...(record ? requestsOf(record) : [])])];
}

export function requestsOf({
  requestId,
  planRequestId,
}: Pick<ApprovalRecord, 'requestId' | 'planRequestId'>): string[] {
  return [requestId, planRequestId].filter((one) => one !== null);
}

/**
 * The approval of a ticket that a search found, if its fields say the same. Jira keeps no author of a property, and whoever may
 * edit the ticket may write one. What it does keep is the author of every change of status and field, hence `isProven`.
 */
export async function findRecord(open: OpenChanges, issue: FoundIssue): Promise<ApprovalRecord | undefined> {
  const record = recordIn(issue.properties?.[jiraPropertyKey]);
  if (!record) return undefined;
  const { environment, project, build, sha } = readBuild(open.scheme, await open.fieldIds(), issue.fields);
  const isSame =
    record.environment === environment &&
    record.project === project &&
    record.build === build &&
    record.sha === sha;
  return isSame ? record : undefined;
}

/**
 * Whether Jira's own change log agrees with the record: our account moved the ticket into Approved, or on to Deploying where a
 * person's move had been the last decision, and nobody else touched a field that decides since. A planted record of another
 * commit fails here, for a field that was changed to fit it was changed by somebody.
 */
export async function isProven(open: OpenChanges, issueId: string): Promise<boolean> {
  const changes = (await readChanges(open, issueId)).toSorted((a, b) => compareIds(a.id, b.id));
  const bot = await open.botAccountId();
  const fields = await decidingFields(open);
  const isOurMove = ({ author, items }: Change) =>
    author?.accountId === bot &&
    items.some(
      (item) =>
        isStatusChange(item) &&
        (leadsTo(item, open.scheme.statuses.approved) || leadsTo(item, open.scheme.statuses.deploying)),
    );
  const from = changes.findLastIndex(isOurMove);
  if (from < 0) return false;
  return changes
    .slice(from)
    .every(
      ({ author, items }) => author?.accountId === bot || !items.some((item) => changesField(item, fields)),
    );
}
