import { attachmentJson } from './attachment-json.ts';
import { fieldIds, fieldJson } from './fields.ts';
import type { Change, Comment, Issue } from './model.ts';
import {
  issueTypeJson,
  projectJson,
  resolutionJson,
  restUrl,
  statusJson,
  toJiraDate,
  userJson,
  type Rendering,
} from './rendering.ts';

/** How one field of an issue is shown. */
export type FieldRenderer = (issue: Issue, rendering: Rendering) => unknown;

/** Every field but comments and links, each rendered only where it is wanted. */
export const fieldRenderers: Readonly<Record<string, FieldRenderer>> = {
  ...Object.fromEntries(
    fieldIds.map((id): [string, FieldRenderer] => [
      id,
      ({ values }, rendering) => fieldJson(id, values, rendering),
    ]),
  ),
  issuetype: ({ type }, rendering) => issueTypeJson(type, rendering),
  project: ({ project }, rendering) => projectJson(project, rendering),
  status: ({ status }, rendering) => statusJson(status, rendering),
  statuscategorychangedate: ({ moved }) => toJiraDate(moved),
  resolution: ({ resolution }, rendering) => resolution && resolutionJson(resolution, rendering),
  resolutiondate: ({ resolved }) => resolved && toJiraDate(resolved),
  attachment: ({ attachments }, rendering) => attachments.map((one) => attachmentJson(one, rendering)),
  creator: ({ creator }, rendering) => userJson(creator, rendering),
  created: ({ created }) => toJiraDate(created),
  updated: ({ updated }) => toJiraDate(updated),
};

export function renderFields(
  ids: readonly string[],
  renderers: Readonly<Record<string, FieldRenderer>>,
  issue: Issue,
  rendering: Rendering,
): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const id of ids) shown[id] = renderers[id]?.(issue, rendering);
  return shown;
}

const notNavigable = new Set(['comment', 'attachment']);

/** `fields=` of a read: ids, `*all`, `*navigable`, `-without`. */
export function pickFields(all: readonly string[], wanted: readonly string[]): string[] {
  const dropped = new Set(wanted.filter((name) => name.startsWith('-')).map((name) => name.slice(1)));
  const named = new Set(wanted.filter((name) => !name.startsWith('-')));
  const everything = named.size === 0 || named.has('*all');
  return all.filter(
    (id) =>
      !dropped.has(id) && (everything || named.has(id) || (named.has('*navigable') && !notNavigable.has(id))),
  );
}

/** The frame around an issue's fields. */
export function issueJson(issue: Issue, fields: Record<string, unknown>, rendering: Rendering): object {
  return {
    expand: 'renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations',
    id: issue.id,
    self: restUrl(rendering, `issue/${issue.id}`),
    key: issue.key,
    fields,
  };
}

/** One changelog entry in REST form. */
export function changeJson(change: Change, rendering: Rendering): object {
  return {
    id: change.id,
    author: userJson(change.author, rendering),
    created: toJiraDate(change.created),
    items: change.items,
  };
}

/** In Jira Service Management a comment for agents alone is marked by a property of its own. */
function isInternal({ properties }: Comment): boolean {
  const value: unknown = properties.find(({ key }) => key === 'sd.public.comment')?.value;
  return typeof value === 'object' && value !== null && 'internal' in value && value.internal === true;
}

/** `withProperties` is `expand=properties`: the only way to read a comment's properties along with it. */
export function commentJson(
  comment: Comment,
  issue: Issue,
  body: unknown,
  rendering: Rendering,
  withProperties = false,
): object {
  return {
    self: restUrl(rendering, `issue/${issue.id}/comment/${comment.id}`),
    id: comment.id,
    author: userJson(comment.author, rendering),
    body,
    updateAuthor: userJson(comment.updateAuthor, rendering),
    created: toJiraDate(comment.created),
    updated: toJiraDate(comment.updated),
    jsdPublic: !isInternal(comment),
    ...(comment.visibility
      ? { visibility: { ...comment.visibility, identifier: comment.visibility.value } }
      : {}),
    ...(withProperties ? { properties: comment.properties } : {}),
  };
}
