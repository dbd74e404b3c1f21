import { createHash } from 'node:crypto';
import type { SandboxPerson } from '../shared/people.ts';
import { badRequest, ok, searchRemoved } from './answers.ts';
import { stateAt } from './entry.ts';
import type { IssueView } from './issue-view.ts';
import type { SortKeys } from './jql-filter.ts';
import type { Visible } from './jql-plan.ts';
import type { Issue } from './model.ts';
import { runQuery } from './run-query.ts';
import {
  bodyObject,
  countParam,
  isJsonObject,
  listParam,
  strings,
  type Call,
  type Routes,
} from './router.ts';
import type { Site } from './site.ts';

/** How long a change stays unseen by search; `reconcileIssues` reads past it. */
export interface SearchDelay {
  delayMs: number;
}

interface SearchRequest {
  readonly jql: string;
  readonly fields: readonly string[] | undefined;
  readonly expand: readonly string[];
  readonly properties: readonly string[];
  readonly maxResults: number;
  readonly nextPageToken: string | undefined;
  readonly reconcileIssues: readonly string[];
}

// The service's limits (contracts §1.1). It promises 5,000 for ids and keys alone; with more it gives what it likes.
const maxPage = 5000;
const maxPageWithFields = 1000;
const maxReconciled = 50;
const maxProperties = 5;

/** Enhanced search: bounded JQL, page tokens, no total; and the 410 of the old one. */
export function createSearchRoutes(site: Site, delay: SearchDelay, view: IssueView): Routes {
  /** The index, with the issues that the caller has just written taken as they are now. */
  function visibleWith(fresh: readonly string[], reader: SandboxPerson): Visible {
    if (fresh.length > maxReconciled) throw badRequest(`reconcileIssues: at most ${maxReconciled} ids`);
    const current = new Set(fresh.map((id) => site.issues.entryOf(id)));
    const moment = site.now().getTime() - delay.delayMs;
    return (entry) => {
      const issue = current.has(entry) ? entry.issue : stateAt(entry, moment);
      return issue && site.access.sees(reader, issue) ? issue : undefined;
    };
  }

  function find(jql: string, call: Call, page: Partial<SearchRequest>, limit: number) {
    const idOf = (idOrKey: string) => site.issues.find(idOrKey)?.id;
    return runQuery(site.issues, {
      jql,
      context: { actor: call.actor, now: site.now(), idOf },
      visible: visibleWith(page.reconcileIssues ?? [], call.actor),
      after: readToken(page.nextPageToken, jql),
      limit,
    });
  }

  function answer(call: Call, request: SearchRequest) {
    const { jql, properties } = request;
    if (properties.length > maxProperties) throw badRequest(`properties: at most ${maxProperties} keys`);
    const { issues, next } = find(jql, call, request, pageSize(request));
    return ok({
      issues: issues.map((issue) => show(issue, request, call.actor)),
      nextPageToken: next ? writeToken(next, jql) : null,
      isLast: next === undefined,
    });
  }

  // By default enhanced search answers ids and nothing else, not even the key.
  function show(issue: Issue, { fields, expand, properties }: SearchRequest, reader: SandboxPerson): object {
    return fields ? view(issue, { reader, fields, expand, properties }) : { id: issue.id };
  }

  function get(call: Call) {
    const { query } = call;
    return answer(call, {
      jql: query.get('jql') ?? '',
      fields: listParam(query, 'fields'),
      expand: listParam(query, 'expand') ?? [],
      properties: listParam(query, 'properties') ?? [],
      maxResults: countParam(query.get('maxResults'), 'maxResults', 50, maxPage),
      nextPageToken: query.get('nextPageToken') ?? undefined,
      reconcileIssues: listParam(query, 'reconcileIssues') ?? [],
    });
  }

  function post(call: Call) {
    const body = bodyObject(call);
    const { jql, nextPageToken, expand, reconcileIssues } = body;
    return answer(call, {
      jql: typeof jql === 'string' ? jql : '',
      fields: body['fields'] === undefined ? undefined : strings(body['fields']),
      expand: typeof expand === 'string' ? expand.split(',') : [],
      properties: strings(body['properties']),
      maxResults: countParam(body['maxResults'], 'maxResults', 50, maxPage),
      nextPageToken: typeof nextPageToken === 'string' ? nextPageToken : undefined,
      reconcileIssues: Array.isArray(reconcileIssues) ? reconcileIssues.map(String) : [],
    });
  }

  function count(call: Call) {
    const { jql } = bodyObject(call);
    const { issues } = find(typeof jql === 'string' ? jql : '', call, {}, Infinity);
    return ok({ count: issues.length });
  }

  return {
    'GET /rest/api/3/search/jql': get,
    'POST /rest/api/3/search/jql': post,
    'POST /rest/api/3/search/approximate-count': count,
    'GET /rest/api/3/search': () => searchRemoved,
    'POST /rest/api/3/search': () => searchRemoved,
    'GET /rest/api/2/search': () => searchRemoved,
    'POST /rest/api/2/search': () => searchRemoved,
  };
}

function pageSize({ fields = [], properties, maxResults }: SearchRequest): number {
  const isShort = properties.length === 0 && fields.every((field) => field === 'id' || field === 'key');
  return isShort ? maxResults : Math.min(maxResults, maxPageWithFields);
}

/** A token belongs to one query: used with another it is refused. */
function writeToken(after: SortKeys, jql: string): string {
  return Buffer.from(JSON.stringify({ after, of: digest(jql) })).toString('base64url');
}

function readToken(token: string | undefined, jql: string): SortKeys | undefined {
  if (token === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (isJsonObject(parsed) && parsed['of'] === digest(jql) && Array.isArray(parsed['after']))
      return parsed['after'] as SortKeys;
  } catch {
    // Refused below, like a token of another query.
  }
  throw badRequest('The provided next page token is invalid or expired.');
}

const digest = (jql: string) => createHash('sha256').update(jql).digest('base64url').slice(0, 16);
