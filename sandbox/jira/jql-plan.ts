import type { Entry } from './entry.ts';
import type { IssueStore } from './issue-store.ts';
import { jqlField, type JqlContext } from './jql-fields.ts';
import { asksForNothing, toFilter, type IssueFilter } from './jql-filter.ts';
import type { Clause, Term } from './jql.ts';
import type { Issue } from './model.ts';
import { toTextTest } from './text-search.ts';

/** What search shows of an issue at the moment of the query; undefined: nothing yet. */
export type Visible = (entry: Entry) => Issue | undefined;

export interface Plan {
  readonly filter: IssueFilter;
  /** How many issues `select` would look at; Infinity: the index knows no way. */
  readonly size: number;
  /** Exactly the issues that match, each once, in no order. */
  select(visible: Visible): Iterable<Entry>;
}

/** How a query is answered: through the index where it can be, else by walking through everything. */
export function toPlan(clause: Clause, context: JqlContext, issues: IssueStore): Plan {
  const filter = toFilter(clause, context);
  if (clause.kind === 'not') return walk(filter);
  if (clause.kind === 'term') {
    const candidates = candidatesOf(clause, context, issues);
    return candidates ? among(filter, candidates) : walk(filter);
  }
  const parts = clause.clauses.map((one) => toPlan(one, context, issues));
  return clause.kind === 'and' ? allOf(filter, parts) : anyOf(filter, parts);
}

const walk = (filter: IssueFilter): Plan => ({ filter, size: Infinity, select: () => [] });

function among(filter: IssueFilter, candidates: readonly Entry[]): Plan {
  return {
    filter,
    size: candidates.length,
    select: (visible) => new Set(candidates.filter((entry) => holds(entry, filter, visible))),
  };
}

/** The part with the fewest candidates leads; the whole is tested on what it finds. */
function allOf(filter: IssueFilter, parts: readonly Plan[]): Plan {
  const best = parts.reduce((least, part) => (part.size < least.size ? part : least));
  return {
    filter,
    size: best.size,
    select: (visible) => [...best.select(visible)].filter((entry) => holds(entry, filter, visible)),
  };
}

/** Each part tests its own candidates only: a hundred ids cost a hundred tests, not ten thousand. */
function anyOf(filter: IssueFilter, parts: readonly Plan[]): Plan {
  return {
    filter,
    size: parts.reduce((sum, { size }) => sum + size, 0),
    select: (visible) => new Set(parts.flatMap((part) => [...part.select(visible)])),
  };
}

function holds(entry: Entry, filter: IssueFilter, visible: Visible): boolean {
  const issue = visible(entry);
  return issue !== undefined && filter(issue);
}

function candidatesOf(term: Term, context: JqlContext, issues: IssueStore): readonly Entry[] | undefined {
  const { indexed, resolve } = jqlField(term.field);
  if (!indexed || asksForNothing(term)) return undefined;
  const isEqual = term.operator === '=' || term.operator === 'in';
  if (indexed === 'labels')
    return isEqual ? term.values.flatMap((label) => issues.index.withLabel(label)) : undefined;
  if (indexed === 'ids') {
    const ids = isEqual ? term.values.flatMap((value) => resolve(value, context)) : undefined;
    return ids?.map((id) => issues.entryOf(String(id))).filter((entry) => entry !== undefined);
  }
  const { words } = toTextTest(term.values[0] ?? '');
  if (term.operator !== '~' || words.length === 0) return undefined;
  const lists = words.map((word) => issues.index.withWord(indexed.words, word));
  return lists.reduce((shortest, list) => (list.length < shortest.length ? list : shortest));
}
