import { parseVisibility } from './access.ts';
import { adfFault, packAdf, unpackAdf } from './adf.ts';
import { badFields, badRequest, created, noContent, notFound, ok } from './answers.ts';
import { commentJson } from './issue-json.ts';
import type { SandboxPerson } from '../shared/people.ts';
import type { AdfNode, Comment, EntityProperty, Issue, PackedAdf, Visibility } from './model.ts';
import { parseProperties } from './properties.ts';
import { restUrl, type Rendering } from './rendering.ts';
import {
  bodyObject,
  countParam,
  listParam,
  param,
  type Call,
  type JsonObject,
  type Routes,
} from './router.ts';
import { isAdministrator, type Site } from './site.ts';

/** Unlike search, this list is consistent: a comment is there as soon as it was made. */
export function createCommentRoutes(site: Site): Routes {
  const issueOf = (call: Call) => site.issues.get(param(call, 'issueIdOrKey'));

  function commentOf(call: Call, issue: Issue): Comment {
    const comment = visibleTo(call, issue).find((candidate) => candidate.id === param(call, 'id'));
    if (comment) return comment;
    throw notFound(`Can not find a comment for the id: ${param(call, 'id')}.`);
  }

  const visibleTo = ({ actor }: Call, issue: Issue) =>
    issue.comments.filter(({ visibility }) => site.access.reads(actor, visibility));

  function show(call: Call, issue: Issue, comment: Comment): object {
    return commentJson(comment, issue, unpackAdf(comment.body), site.rendering(3), wantsProperties(call));
  }

  function list(call: Call) {
    const issue = issueOf(call);
    const startAt = countParam(call.query.get('startAt'), 'startAt', 0, Infinity);
    const maxResults = countParam(call.query.get('maxResults'), 'maxResults', 100, 5000);
    const newestFirst = /^-/.test(call.query.get('orderBy') ?? '');
    const seen = visibleTo(call, issue);
    const ordered = newestFirst ? seen.toReversed() : seen;
    const comments = ordered
      .slice(startAt, startAt + maxResults)
      .map((comment) => show(call, issue, comment));
    return ok({ startAt, maxResults, total: seen.length, comments });
  }

  function add(call: Call) {
    const issue = issueOf(call);
    const comment = addComment(site, issue, call.actor, parseComment(bodyObject(call)));
    return created(show(call, issue, comment));
  }

  function read(call: Call) {
    const issue = issueOf(call);
    return ok(show(call, issue, commentOf(call, issue)));
  }

  function update(call: Call) {
    const issue = issueOf(call);
    const comment = commentOf(call, issue);
    requireOwn(call, comment);
    const body = bodyObject(call);
    comment.body = parseBody(body);
    if (body['visibility'] !== undefined) comment.visibility = parseVisibility(body['visibility']);
    if (body['properties'] !== undefined) comment.properties = parseProperties(body['properties']);
    comment.updateAuthor = call.actor;
    comment.updated = site.now();
    site.issues.save(issue, comment.updated);
    site.publish({ name: 'comment_updated', user: call.actor, issue, comment });
    return ok(show(call, issue, comment));
  }

  function remove(call: Call) {
    const issue = issueOf(call);
    const comment = commentOf(call, issue);
    requireOwn(call, comment);
    issue.comments.splice(issue.comments.indexOf(comment), 1);
    site.issues.save(issue, site.now());
    site.publish({ name: 'comment_deleted', user: call.actor, issue, comment });
    return noContent();
  }

  return {
    'GET /rest/api/3/issue/{issueIdOrKey}/comment': list,
    'POST /rest/api/3/issue/{issueIdOrKey}/comment': add,
    'GET /rest/api/3/issue/{issueIdOrKey}/comment/{id}': read,
    'PUT /rest/api/3/issue/{issueIdOrKey}/comment/{id}': update,
    'DELETE /rest/api/3/issue/{issueIdOrKey}/comment/{id}': remove,
  };
}

/** The `comment` field of an issue, without those that not everybody may read. */
export function commentsPage(issue: Issue, rendering: Rendering): object {
  const comments = issue.comments.filter(({ visibility }) => !visibility);
  return {
    comments: comments.map((comment) => commentJson(comment, issue, unpackAdf(comment.body), rendering)),
    self: restUrl(rendering, `issue/${issue.id}/comment`),
    maxResults: comments.length,
    total: comments.length,
    startAt: 0,
  };
}

const wantsProperties = (call: Call) => (listParam(call.query, 'expand') ?? []).includes('properties');

export interface CommentDraft {
  readonly body: PackedAdf;
  readonly properties: readonly EntityProperty[];
  readonly visibility: Visibility | null;
}

/** The body of a comment, in a call of its own or in `update` of an edit or a transition. */
export function parseComment(body: JsonObject): CommentDraft {
  return {
    body: parseBody(body),
    properties: parseProperties(body['properties']),
    visibility: parseVisibility(body['visibility']),
  };
}

export function addComment(site: Site, issue: Issue, author: SandboxPerson, draft: CommentDraft): Comment {
  const at = site.now();
  const comment: Comment = {
    id: site.nextId('comment'),
    ...{ author, updateAuthor: author, created: at, updated: at },
    ...draft,
  };
  issue.comments.push(comment);
  site.issues.save(issue, at);
  site.publish({ name: 'comment_created', user: author, issue, comment });
  return comment;
}

function parseBody(body: JsonObject): PackedAdf {
  const fault = adfFault(body['body']);
  if (fault === 'INVALID_INPUT') throw badRequest(fault);
  if (fault) throw badFields({ comment: fault });
  return packAdf(body['body'] as AdfNode);
}

// Jira says 400 here, not 403.
function requireOwn(call: Call, comment: Comment): void {
  if (comment.author !== call.actor && !isAdministrator(call.actor))
    throw badRequest('You do not have the permission for this comment.');
}
