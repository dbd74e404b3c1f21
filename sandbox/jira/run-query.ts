import { badRequest } from './answers.ts';
import type { Entry } from './entry.ts';
import type { IssueStore } from './issue-store.ts';
import type { JqlContext } from './jql-fields.ts';
import { toOrdering, type Ordering, type SortKeys } from './jql-filter.ts';
import { toPlan, type Plan, type Visible } from './jql-plan.ts';
import { parseJql } from './jql.ts';
import type { Issue } from './model.ts';

export interface Query {
  readonly jql: string;
  readonly context: JqlContext;
  readonly visible: Visible;
  /** Only what comes after these keys: where the last page ended. What leaves the result meanwhile shifts nothing. */
  readonly after: SortKeys | undefined;
  readonly limit: number;
}

export interface Found {
  readonly issues: readonly Issue[];
  /** Keys of the last one when there is more. */
  readonly next: SortKeys | undefined;
}

/** More candidates than this are not gathered: walking in order ends with the page. */
const mostGathered = 5_000;

/** One page of a query. @throws Jira's 400 */
export function runQuery(store: IssueStore, { jql, context, visible, after, limit }: Query): Found {
  const { where, orderBy } = parseJql(jql);
  if (!where)
    throw badRequest(
      'Unbounded JQL queries are not allowed here. Please add a search restriction to your query.',
    );
  const plan = toPlan(where, context, store);
  const ordering = toOrdering(orderBy);
  const isById = ordering.byId === 'by key' || (ordering.byId && store.isInOrderOfCreation());
  const found =
    plan.size > mostGathered && isById
      ? walkInOrder({ store, plan, ordering, visible, after, limit })
      : gather({ store, plan, ordering, visible, after, limit });
  const issues = found.slice(0, limit);
  const last = issues.at(-1);
  return { issues, next: found.length > limit ? (last ? ordering.keysOf(last) : after) : undefined };
}

interface Walk {
  readonly store: IssueStore;
  readonly plan: Plan;
  readonly ordering: Ordering;
  readonly visible: Visible;
  readonly after: SortKeys | undefined;
  readonly limit: number;
}

function walkInOrder({ store, plan, ordering, visible, after, limit }: Walk): Issue[] {
  const { entries } = store;
  const last = after?.at(-1);
  const step = ordering.descending ? -1 : 1;
  const start = ordering.descending ? entries.length - 1 : 0;
  const found: Issue[] = [];
  let at = typeof last === 'number' ? positionOf(entries, last, step) : start;
  for (; at >= 0 && at < entries.length && found.length <= limit; at += step) {
    const issue = seen(entries[at], visible);
    if (issue && plan.filter(issue)) found.push(issue);
  }
  return found;
}

/** Where the walk goes on: the first entry beyond this number in the direction of the step. */
function positionOf(entries: readonly Entry[], number: number, step: number): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const own = entries[middle]?.number ?? 0;
    if (step > 0 ? own <= number : own < number) low = middle + 1;
    else high = middle;
  }
  return step > 0 ? low : low - 1;
}

interface Row {
  readonly issue: Issue;
  readonly keys: SortKeys;
}

/** The first of what matches and one more, sorted: of a large result only a few pages are ever held. */
function gather({ store, plan, ordering, visible, after, limit }: Walk): Issue[] {
  const isWalk = plan.size > mostGathered;
  const entries = isWalk ? store.entries : [...plan.select(visible)];
  const most = Math.max(4 * limit, 1_000);
  let rows: Row[] = [];
  let worst: SortKeys | undefined;
  for (let at = 0; at < entries.length; at += 1) {
    // Dates rise with ids, by and large: so the first page is full early, and the rest is passed over.
    const issue = seen(entries[ordering.descending ? entries.length - 1 - at : at], visible);
    if (!issue || (worst && ordering.isBehind(issue, worst)) || (isWalk && !plan.filter(issue))) continue;
    const keys = ordering.keysOf(issue);
    if (after && ordering.compare(keys, after) <= 0) continue;
    rows.push({ issue, keys });
    if (rows.length < most) continue;
    rows = rows.sort((a, b) => ordering.compare(a.keys, b.keys)).slice(0, limit + 1);
    worst = rows.at(-1)?.keys;
  }
  return rows.sort((a, b) => ordering.compare(a.keys, b.keys)).map(({ issue }) => issue);
}

const seen = (entry: Entry | undefined, visible: Visible) => entry && visible(entry);
