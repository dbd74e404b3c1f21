import { badRequest } from './answers.ts';
import { jqlField, type JqlContext } from './jql-fields.ts';
import type { Clause, JqlQuery, Term } from './jql.ts';
import type { Issue } from './model.ts';
import { matchesText } from './text-search.ts';

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
  if (!field.operators.includes(operator))
    throw badRequest(`The operator '${operator}' is not supported by the '${term.field}' field.`);
  const isEmpty: IssueFilter = (issue) => field.of(issue).length === 0;
  if (term.values.length === 1 && /^(empty|null)$/i.test(term.values[0] ?? ''))
    return operator === '=' || operator === 'is' ? isEmpty : (issue) => !isEmpty(issue);
  if (operator === 'is' || operator === 'is not')
    throw badRequest(`The operator '${operator}' is only supported with EMPTY or NULL.`);
  const wanted = term.values.flatMap((value) => field.resolve(value, context));
  const any = (test: (own: string | number, value: string | number) => boolean) => (issue: Issue) =>
    field.of(issue).some((own) => wanted.some((value) => test(own, value)));
  switch (operator) {
    case '=':
    case 'in':
      return any((own, value) => own === value);
    case '!=':
    case 'not in': {
      // As in Jira, an empty field is neither equal nor unequal to anything.
      const equal = any((own, value) => own === value);
      return (issue) => !isEmpty(issue) && !equal(issue);
    }
    case '~':
      return any((own, value) => matchesText(String(own), String(value)));
    case '!~': {
      const contains = any((own, value) => matchesText(String(own), String(value)));
      return (issue) => !isEmpty(issue) && !contains(issue);
    }
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

/** Sorts as ORDER BY says; without it the newest issue comes first. */
export function toOrder(orderBy: JqlQuery['orderBy']): (a: Issue, b: Issue) => number {
  const keys = orderBy.length > 0 ? orderBy : [{ field: 'created', descending: true }];
  const fields = keys.map(({ field, descending }) => ({ of: jqlField(field).of, sign: descending ? -1 : 1 }));
  return (a, b) => {
    for (const { of, sign } of [...fields, { of: byId, sign: fields[0]?.sign ?? 1 }]) {
      const order = compare(of(a)[0], of(b)[0]);
      if (order !== 0) return order * sign;
    }
    return 0;
  };
}

// The last key of every order, so that pages never overlap.
const byId = (issue: Issue) => [Number(issue.id)];

function compare(a: string | number | undefined, b: string | number | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return a < b ? -1 : 1;
}
