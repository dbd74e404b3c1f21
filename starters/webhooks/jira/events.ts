import { isRecord, text } from '../../../workflows/shared/guards.ts';
import { authorOf } from './author.ts';

/** What of a site concerns us. */
export interface JiraScope {
  readonly project: string;
  readonly issueType: string;
  /** The site's own name of the starting status. */
  readonly toDo: string;
  readonly botAccountId: string | undefined;
}

export type JiraDecision =
  /** It may begin a promotion: signal with start. */
  | { readonly kind: 'start'; readonly issueId: string; readonly key: string; readonly event: string }
  /** Only a running promotion cares. */
  | { readonly kind: 'signal'; readonly issueId: string; readonly event: string }
  /** Perhaps an answer to whatever asks on the ticket: a promotion or its rollback. They read it from Jira themselves. */
  | { readonly kind: 'answer'; readonly issueId: string; readonly event: string }
  | { readonly kind: 'ignore'; readonly reason: string }
  | { readonly kind: 'malformed'; readonly reason: string };

/** Our own writes come back as events. */
export const ownWords = 'written by Lockkeeper itself';

type Body = Readonly<Record<string, unknown>>;

/** Each event by name: *start*, *signal* or *ignore*. What the event says is a hint; the workflow reads the ticket. */
const rules: Readonly<Record<string, (issue: HookedIssue, scope: JiraScope, body: Body) => JiraDecision>> = {
  'jira:issue_created': (issue, scope) =>
    isInScope(issue, scope) ? start(issue, 'created') : ignore('another project or issue type'),
  'jira:issue_updated': decideUpdate,
  'jira:issue_deleted': (issue) => signal(issue, 'deleted'),
  comment_created: decideComment,
  comment_updated: decideComment,
  comment_deleted: () => ignore('an answer stands as it was read'),
};

export function decideJiraEvent(body: unknown, scope: JiraScope): JiraDecision {
  if (!isRecord(body)) return malformed('the body is not an object');
  const name = text(body, 'webhookEvent');
  if (name === undefined) return malformed('webhookEvent is missing');
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  if (!rule) return ignore(`event ${name.slice(0, 80)}`);
  const issue = readIssue(body['issue']);
  if (typeof issue === 'string') return malformed(issue);
  // Our own writes come back as events and must start nothing.
  if (scope.botAccountId !== undefined && authorOf(body) === scope.botAccountId) return ignore(ownWords);
  return rule(issue, scope, body);
}

function decideUpdate(issue: HookedIssue, scope: JiraScope, body: Body): JiraDecision {
  const changes = readChanges(body);
  if (changes === undefined) return malformed('changelog.items is missing or no list');
  const moved = changes.some(({ field }) => movingFields.includes(field));
  if (!isInScope(issue, scope))
    return moved ? signal(issue, 'moved away') : ignore('another project or issue type');
  const becameToDo = changes.some(({ field, to }) => field === 'status' && to === scope.toDo);
  if (becameToDo || (moved && issue.status === scope.toDo)) return start(issue, `entered ${scope.toDo}`);
  return signal(issue, 'updated');
}

/** What the comment says is not looked at: a webhook never decides. Its thin issue names project and type (contracts §2.1). */
function decideComment(issue: HookedIssue, scope: JiraScope, body: Body): JiraDecision {
  if (authorOf(body) === undefined) return malformed('comment.author.accountId is missing');
  if (!isInScope(issue, scope)) return ignore('another project or issue type');
  return { kind: 'answer', issueId: issue.id, event: 'commented' };
}

const movingFields: readonly string[] = ['key', 'project', 'issuetype'];

interface HookedIssue {
  readonly id: string;
  readonly key: string;
  readonly project: string | undefined;
  readonly issueType: string | undefined;
  readonly status: string | undefined;
}

/** @returns what is wrong with it, when it is no issue */
function readIssue(issue: unknown): HookedIssue | string {
  const id = text(issue, 'id');
  const key = text(issue, 'key');
  if (id === undefined || !/^[0-9]{1,19}$/.test(id)) return 'issue.id: a numeric id is expected';
  if (key === undefined || !/^[A-Z][A-Z0-9_]*-[0-9]+$/.test(key)) return 'issue.key: a key is expected';
  const fields = isRecord(issue) ? issue['fields'] : undefined;
  if (!isRecord(fields)) return 'issue.fields is missing';
  const { project, issuetype, status } = fields;
  return {
    id,
    key,
    project: text(project, 'key'),
    issueType: text(issuetype, 'name'),
    status: text(status, 'name'),
  };
}

/** Fields in lower case: Jira writes `Key` beside `project`. */
function readChanges(body: Body): { field: string; to: string | undefined }[] | undefined {
  const items = isRecord(body['changelog']) ? body['changelog']['items'] : undefined;
  if (!Array.isArray(items)) return undefined;
  return items.map((item: unknown) => ({
    field: (text(item, 'field') ?? '').toLowerCase(),
    // every object inherits a toString: only Jira's own counts (contracts §1.3)
    to: isRecord(item) && Object.hasOwn(item, 'toString') ? text(item, 'toString') : undefined,
  }));
}

function isInScope(issue: HookedIssue, scope: JiraScope): boolean {
  return issue.project === scope.project && issue.issueType === scope.issueType;
}

function start({ id, key }: HookedIssue, event: string): JiraDecision {
  return { kind: 'start', issueId: id, key, event };
}

function signal({ id }: HookedIssue, event: string): JiraDecision {
  return { kind: 'signal', issueId: id, event };
}

function ignore(reason: string): JiraDecision {
  return { kind: 'ignore', reason };
}

function malformed(reason: string): JiraDecision {
  return { kind: 'malformed', reason };
}
