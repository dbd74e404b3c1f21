import { createHash } from 'node:crypto';
import type { SandboxPerson } from '../shared/people.ts';
import { badRequest, ok, searchRemoved } from './answers.ts';
import type { IssueView } from './issue-view.ts';
import { toFilter, toOrder } from './jql-filter.ts';
import { parseJql } from './jql.ts';
import type { Issue } from './model.ts';
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
export interface SearchIndex {
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

// The service's limits (contracts §1.1).
const maxPage = 5000;
const maxReconciled = 50;

/** Enhanced search: bounded JQL, page tokens, no total; and the 410 of the old one. */
export function createSearchRoutes(site: Site, index: SearchIndex, view: IssueView): Routes {
  /** The index, with the issues that the caller has just written taken as they are now. */
  function searchable(fresh: readonly string[]): Issue[] {
    if (fresh.length > maxReconciled) throw badRequest(`reconcileIssues: at most ${maxReconciled} ids`);
    const current = fresh.map((id) => site.issues.find(id)).filter((issue) => issue !== undefined);
    const known = site.issues.indexedAt(new Date(site.now().getTime() - index.delayMs));
    return [...known.filter((issue) => !current.some((one) => one.id === issue.id)), ...current];
  }

  function find(jql: string, call: Call, fresh: readonly string[]): Issue[] {
    const { where, orderBy } = parseJql(jql);
    if (!where)
      throw badRequest(
        'Unbounded JQL queries are not allowed here. Please add a search restriction to your query.',
      );
    const idOf = (idOrKey: string) => site.issues.find(idOrKey)?.id;
    const filter = toFilter(where, { actor: call.actor, now: site.now(), idOf });
    return searchable(fresh).filter(filter).toSorted(toOrder(orderBy));
  }

  function answer(call: Call, request: SearchRequest) {
    const found = find(request.jql, call, request.reconcileIssues);
    const start = readToken(request.nextPageToken, request.jql);
    const page = found.slice(start, start + request.maxResults);
    const next = start + page.length;
    const isLast = next >= found.length;
    return ok({
      issues: page.map((issue) => show(issue, request, call.actor)),
      nextPageToken: isLast ? null : writeToken(next, request.jql),
      isLast,
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
    return ok({ count: find(typeof jql === 'string' ? jql : '', call, []).length });
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

/** A token belongs to one query: used with another it is refused. */
function writeToken(next: number, jql: string): string {
  return Buffer.from(JSON.stringify({ next, of: digest(jql) })).toString('base64url');
}

function readToken(token: string | undefined, jql: string): number {
  if (token === undefined) return 0;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (isJsonObject(parsed) && parsed['of'] === digest(jql)) return Number(parsed['next']);
  } catch {
    // Refused below, like a token of another query.
  }
  throw badRequest('The provided next page token is invalid or expired.');
}

const digest = (jql: string) => createHash('sha256').update(jql).digest('base64url').slice(0, 16);
