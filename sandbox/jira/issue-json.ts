import { fieldIds, fieldsJson } from './fields.ts';
import type { Change, Comment, Issue } from './model.ts';
import {
  issueTypeJson,
  projectJson,
  restUrl,
  statusJson,
  toJiraDate,
  userJson,
  type Rendering,
} from './rendering.ts';

/** Every field of an issue but its comments and links. */
export function allFieldsJson(issue: Issue, rendering: Rendering): Record<string, unknown> {
  return {
    ...fieldsJson(issue.values, fieldIds, rendering),
    issuetype: issueTypeJson(issue.type, rendering),
    project: projectJson(issue.project, rendering),
    status: statusJson(issue.status, rendering),
    creator: userJson(issue.creator, rendering),
    created: toJiraDate(issue.created),
    updated: toJiraDate(issue.updated),
  };
}

/** `fields=` of a read: ids or names, `*all`, `*navigable`, `-without`. */
export function pickFields(all: Record<string, unknown>, wanted: readonly string[]): Record<string, unknown> {
  const dropped = new Set(wanted.filter((name) => name.startsWith('-')).map((name) => name.slice(1)));
  const named = new Set(wanted.filter((name) => !name.startsWith('-')));
  const everything = named.size === 0 || named.has('*all');
  return Object.fromEntries(
    Object.entries(all).filter(
      ([id]) =>
        !dropped.has(id) && (everything || named.has(id) || (named.has('*navigable') && id !== 'comment')),
    ),
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
    jsdPublic: true,
    ...(withProperties ? { properties: comment.properties } : {}),
  };
}
