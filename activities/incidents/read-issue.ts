import type { CommentMark, FieldMap, IssueSide } from '../../workflows/incident-sync/sides.ts';
import { failureType } from '../../workflows/shared/failures.ts';
import type { IncidentIssue, IssueComment } from '../jira/incidents/port.ts';
import { hashOf } from './hash.ts';
import type { ConnectionParts } from './parts.ts';
import { toCaseValue } from './transform.ts';

interface Wanted {
  readonly issueId: string;
  readonly fields: readonly FieldMap[];
}

/** The whole issue as hashes. Jira answers 404 to what is deleted and to what we may not see: the project tells them apart (S-97). */
export async function readIssue(parts: ConnectionParts, { issueId, fields }: Wanted): Promise<IssueSide> {
  const issue = await readOrGone(parts, issueId, fields);
  if (!issue) return { ...gone, gone: (await seesEverything(parts)) ? 'deleted' : 'invisible' };
  return {
    ...{ found: true, gone: null, key: issue.key, status: issue.status, done: issue.done },
    ...{ resolution: issue.resolution, updatedAt: issue.updatedAt },
    fields: hashesOf(issue, fields),
    watchers: hashOf(issue.watchers.flatMap(({ email }) => email?.toLowerCase() ?? [])),
    // what we tell people in Jira is no part of the talk
    comments: issue.comments
      .filter(({ property }) => property?.['note'] === undefined)
      .map((comment) => toMark(comment, parts.internalPrefix)),
    attachments: issue.attachments.map(({ id, fileName, size, createdAt, byBot }) => ({
      ...{ id, hash: hashOf(`${fileName}\n${size}\n${createdAt}`), size, status: 'Verified', ours: byBot },
    })),
  };
}

/** A route may have put the issue into any of the projects. */
async function seesEverything({ tickets, project, routes }: ConnectionParts): Promise<boolean> {
  for (const one of new Set([project, ...routes.filter(({ sync }) => sync).map((route) => route.project)]))
    if (!(await tickets.canBrowse(one))) return false;
  return true;
}

/** In the case's words, so that the same value has the same hash on both sides. A field that the project lacks has none. */
function hashesOf({ fields: values }: IncidentIssue, fields: readonly FieldMap[]): Record<string, string> {
  return Object.fromEntries(
    fields.flatMap((field) =>
      Object.hasOwn(values, field.issueField)
        ? [[field.key, hashOf(toCaseValue(field, values[field.issueField]))]]
        : [],
    ),
  );
}

async function readOrGone({ tickets }: ConnectionParts, issueId: string, fields: readonly FieldMap[]) {
  try {
    return await tickets.readIssue(
      issueId,
      fields.map(({ issueField }) => issueField),
    );
  } catch (error) {
    if (failureType(error) === 'NotFound') return undefined;
    throw error;
  }
}

function toMark(
  { id, body, byBot, restricted, createdAt, property }: IssueComment,
  prefix: string,
): CommentMark {
  return {
    ...{ id, hash: hashOf(body), createdAt, ours: byBot },
    internal: restricted || body.trimStart().startsWith(prefix),
    copyOf: byBot ? (property?.['copyOf'] ?? null) : null,
  };
}

const gone: IssueSide = {
  ...{ found: false, gone: 'deleted', key: '', status: '', done: false, resolution: null, updatedAt: '' },
  ...{ fields: {}, watchers: '', comments: [], attachments: [] },
};
