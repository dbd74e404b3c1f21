import { getIssue } from '../api.ts';
import { isRecord } from '../../../workflows/shared/guards.ts';
import { jiraPropertyKey } from '../../../workflows/shared/names.ts';
import { compareIds, isStatusChange } from '../rounds.ts';
import type { Change } from '../schema.ts';
import { findChangers, readChanges, toPrincipal } from '../tickets.ts';
import { readBuild, readText } from './field-values.ts';
import type { ChangeTicket } from './port.ts';
import { ChangeIssue } from './schema.ts';
import { decidingFields, statusOf, type OpenChanges } from './scheme.ts';

const systemFields = ['summary', 'status', 'project', 'issuetype', 'creator', 'created', 'components'];

/** The ticket, its property and its whole change log, read afresh: two calls, more for a long log. */
export async function readChange(open: OpenChanges, issueId: string): Promise<ChangeTicket> {
  const { scheme, personOf } = open;
  const ids = await open.fieldIds();
  const issue = await readIssue(open, issueId, Object.values(ids));
  const changes = await readChanges(open, issueId);
  const { fields, properties } = issue;
  const { status, creator } = fields;
  return {
    site: scheme.site,
    issueId,
    key: issue.key,
    url: `${open.baseUrl}/browse/${issue.key}`,
    summary: fields.summary,
    inScope: fields.project.key === scheme.project && fields.issuetype.name === scheme.issueType,
    status: statusOf(scheme, status),
    statusName: status.name,
    build: readBuild(scheme, ids, fields),
    details: {
      justification: readText(fields[ids.justification], scheme.fields.justification),
      rollbackPlan: readText(fields[ids.rollbackPlan], scheme.fields.rollbackPlan),
      components: (fields.components ?? []).map(({ name }) => name),
    },
    creator: creator ? toPrincipal(creator.accountId, personOf) : null,
    changers: await findChangers(open, changes, await decidingFields(open), personOf),
    ...findLastMove(open, changes, fields.created),
    workflowId: workflowIdOf(properties?.[jiraPropertyKey]),
  };
}

async function readIssue(
  open: OpenChanges,
  issueId: string,
  custom: readonly string[],
): Promise<ChangeIssue> {
  return open.call(`read change ticket ${issueId}`, async () =>
    ChangeIssue.parse(
      await getIssue(open.client, {
        issueIdOrKey: issueId,
        fields: [...systemFields, ...custom],
        properties: [jiraPropertyKey],
      }),
    ),
  );
}

function findLastMove({ personOf }: OpenChanges, changes: readonly Change[], created: string) {
  const last = changes
    .filter(({ items }) => items.some(isStatusChange))
    .toSorted((a, b) => compareIds(a.id, b.id))
    .at(-1);
  const movedBy = last ? toPrincipal(last.author?.accountId ?? 'unknown', personOf) : null;
  return { movedBy, movedAt: last?.created ?? created };
}

/** Anybody who may edit the ticket may write the property: it is a hint for signals, never a permission. */
export function workflowIdOf(property: unknown): string | null {
  const workflowId = isRecord(property) ? property['workflowId'] : undefined;
  return typeof workflowId === 'string' && workflowId !== '' ? workflowId : null;
}
