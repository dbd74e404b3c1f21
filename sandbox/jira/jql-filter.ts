import { badRequest } from './answers.ts';
import { jqlField, type JqlContext, type JqlField } from './jql-fields.ts';
import type { Clause, JqlQuery, Term } from './jql.ts';
import type { Issue } from './model.ts';
import { toTextTest } from './text-search.ts';

export type IssueFilter = (issue: Issue) => boolean;

/** Turns a parsed query into a predicate; unknown fields, operators and values are refused here. */
export function toFilter(clause: Clause, context: JqlContext): IssueFilter {
  if (clause.kind === 'term') return termFilter(clause, context);
  if (clause.kind === 'not') {
    const filter = toFilter(clause.clause, context);
    return (issue) => !filter(issue);
  }
  const filters = clause.clauses.map((one) => toFilter(one, context));
  return clause.kind === 'and'
    ? (issue) => filters.every((filter) => filter(issue))
    : (issue) => filters.some((filter) => filter(issue));
}

function termFilter(term: Term, context: JqlContext): IssueFilter {
  const field = jqlField(term.field);
  const { operator } = term;
  const { of, one } = field;
  if (!field.operators.includes(operator))
    throw badRequest(`The operator '${operator}' is not supported by the '${term.field}' field.`);
  const isNothing = one
    ? (issue: Issue) => one(issue) === undefined
    : (issue: Issue) => of(issue).length === 0;
  const isEmpty: IssueFilter = (issue) =>
    term.field === 'resolution' ? issue.resolution === null : isNothing(issue);
  if (asksForNothing(term))
    return operator === '=' || operator === 'is' ? isEmpty : (issue) => !isEmpty(issue);
  if (operator === 'is' || operator === 'is not')
    throw badRequest(`The operator '${operator}' is only supported with EMPTY or NULL.`);
  const wanted = term.values.flatMap((value) => field.resolve(value, context));
  const texts = operator === '~' || operator === '!~' ? wanted.map((value) => toTextTest(String(value))) : [];
  const hasText = (issue: Issue) => of(issue).some((own) => texts.some((text) => text.test(String(own))));
  const among = new Set<string | number | undefined>(wanted);
  const hasValue = one
    ? (issue: Issue) => among.has(one(issue))
    : (issue: Issue) => of(issue).some((own) => among.has(own));
  const any = (test: (own: string | number, value: string | number) => boolean) => (issue: Issue) =>
    of(issue).some((own) => wanted.some((value) => test(own, value)));
  switch (operator) {
    case '=':
    case 'in':
      return hasValue;
    case '!=':
    case 'not in':
      // As in Jira, an empty field is neither equal nor unequal to anything.
      return (issue) => !isEmpty(issue) && !hasValue(issue);
    case '~':
      return hasText;
    case '!~':
      return (issue) => !isEmpty(issue) && !hasText(issue);
    case '>':
      return any((own, value) => own > value);
    case '>=':
      return any((own, value) => own >= value);
    case '<':
      return any((own, value) => own < value);
    case '<=':
      return any((own, value) => own <= value);
  }
}

/** `is EMPTY`, `= null` and the like. */
export const asksForNothing = ({ values }: Term) =>
  values.length === 1 && /^(empty|null)$/i.test(values[0] ?? '');

type SortKey = string | number | null;

/** What an issue is sorted by: the values of ORDER BY, its number last, so that pages never overlap. */
export type SortKeys = readonly SortKey[];

export interface Ordering {
  keysOf(issue: Issue): SortKeys;
  compare(a: SortKeys, b: SortKeys): number;
  /** By the first key alone: surely after what has these keys. */
  isBehind(issue: Issue, keys: SortKeys): boolean;
  /** The order is that of ids: by key, or by creation (which is the same where nobody seeded a past). */
  readonly byId: 'by key' | 'by creation' | undefined;
  readonly descending: boolean;
}

/** Sorts as ORDER BY says; without it the newest issue comes first. */
export function toOrdering(orderBy: JqlQuery['orderBy']): Ordering {
  const keys = orderBy.length > 0 ? orderBy : [{ field: 'created', descending: true }];
  const fields = keys.map(({ field }) => jqlField(field));
  const descending = keys[0]?.descending ?? true;
  const signs = [...keys, { descending }].map((one) => (one.descending ? -1 : 1));
  const keyOf = ({ of, one }: JqlField, issue: Issue) => (one ? one(issue) : of(issue)[0]) ?? null;
  const [first] = fields;
  return {
    keysOf: (issue) => [...fields.map((field) => keyOf(field, issue)), Number(issue.id)],
    isBehind: (issue, [key = null]) =>
      first !== undefined && compare(keyOf(first, issue), key) * (signs[0] ?? 1) > 0,
    compare(a, b) {
      for (let at = 0; at < signs.length; at += 1) {
        const order = compare(a[at] ?? null, b[at] ?? null);
        if (order !== 0) return order * (signs[at] ?? 1);
      }
      return 0;
    },
    byId: idOrder(fields),
    descending,
  };
}

function idOrder([first, ...others]: readonly JqlField[]): Ordering['byId'] {
  if (first === jqlField('key')) return 'by key';
  return first === jqlField('created') && others.length === 0 ? 'by creation' : undefined;
}

// The empty comes last.
function compare(a: SortKey, b: SortKey): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -1 : 1;
}
