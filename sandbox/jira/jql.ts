import { badRequest } from './answers.ts';

export type Operator = '=' | '!=' | '>' | '>=' | '<' | '<=' | '~' | '!~' | 'in' | 'not in' | 'is' | 'is not';

export interface Term {
  readonly kind: 'term';
  readonly field: string;
  readonly operator: Operator;
  /** As written, without quotes; `currentUser()` and `EMPTY` stay words. */
  readonly values: readonly string[];
}

export type Clause =
  | Term
  | { readonly kind: 'and' | 'or'; readonly clauses: readonly Clause[] }
  | { readonly kind: 'not'; readonly clause: Clause };

export interface JqlQuery {
  /** Absent when the query restricts nothing. */
  readonly where?: Clause;
  readonly orderBy: readonly { readonly field: string; readonly descending: boolean }[];
}

interface Token {
  readonly text: string;
  readonly quoted: boolean;
}

// Quoted text, operators and brackets, or a bare word with an optional () as in currentUser().
const tokenPattern =
  /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(!=|!~|>=|<=|[=~<>(),])|([^\s"'=!~<>(),]+(?:\(\))?))/y;
const comparisons: readonly string[] = ['=', '!=', '>', '>=', '<', '<=', '~', '!~'];

/** The subset of JQL that the sandbox knows: terms, AND, OR, NOT, brackets, ORDER BY. The rest is a 400. */
export function parseJql(jql: string): JqlQuery {
  const tokens = tokenize(jql);
  let position = 0;

  const peek = () => tokens[position];
  const isWord = (word: string) => peek()?.quoted === false && peek()?.text.toLowerCase() === word;

  function take(): Token {
    const token = tokens[position++];
    if (!token) throw jqlError('the query ends too early');
    return token;
  }

  // All words in a row or none of them.
  function accept(...words: string[]): boolean {
    const start = position;
    for (const word of words) {
      if (!isWord(word)) return ((position = start), false);
      position += 1;
    }
    return true;
  }

  function expect(word: string): void {
    if (!accept(word)) throw jqlError(`expecting '${word}' but got '${peek()?.text ?? 'the end'}'`);
  }

  function joined(word: 'and' | 'or', part: () => Clause): Clause {
    const clauses = [part()];
    while (accept(word)) clauses.push(part());
    return clauses.length === 1 && clauses[0] ? clauses[0] : { kind: word, clauses };
  }

  const disjunction = (): Clause => joined('or', () => joined('and', unit));

  function unit(): Clause {
    if (accept('not')) return { kind: 'not', clause: unit() };
    if (!accept('(')) return term();
    const inner = disjunction();
    expect(')');
    return inner;
  }

  function term(): Term {
    const field = take().text;
    const operator = takeOperator();
    const isList = operator === 'in' || operator === 'not in';
    return {
      kind: 'term',
      field: field.toLowerCase(),
      operator,
      values: isList ? takeList() : [take().text],
    };
  }

  function takeOperator(): Operator {
    if (accept('not', 'in')) return 'not in';
    if (accept('in')) return 'in';
    if (accept('is', 'not')) return 'is not';
    if (accept('is')) return 'is';
    const { text, quoted } = take();
    if (!quoted && comparisons.includes(text)) return text as Operator;
    throw jqlError(`expecting an operator but got '${text}'`);
  }

  function takeList(): string[] {
    expect('(');
    const values = [take().text];
    while (accept(',')) values.push(take().text);
    expect(')');
    return values;
  }

  function order(): JqlQuery['orderBy'] {
    if (!accept('order', 'by')) return [];
    const orderBy = [];
    do {
      const field = take().text.toLowerCase();
      orderBy.push({ field, descending: accept('desc') || (accept('asc'), false) });
    } while (accept(','));
    return orderBy;
  }

  const where = tokens.length === 0 || isWord('order') ? undefined : disjunction();
  const orderBy = order();
  if (position < tokens.length) throw jqlError(`expecting nothing more but got '${peek()?.text}'`);
  return where ? { where, orderBy } : { orderBy };
}

/** A query that cannot be read. */
export const jqlError = (detail: string) => badRequest(`Error in the JQL Query: ${detail}.`);

function tokenize(jql: string): Token[] {
  const pattern = new RegExp(tokenPattern);
  const tokens: Token[] = [];
  const end = jql.trimEnd().length;
  while (pattern.lastIndex < end) {
    const at = pattern.lastIndex;
    const match = pattern.exec(jql);
    if (!match) throw jqlError(`the character at position ${at + 1} cannot be read`);
    const quoted = match[1] ?? match[2];
    if (quoted === undefined) tokens.push({ text: match[3] ?? match[4] ?? '', quoted: false });
    else tokens.push({ text: quoted.replaceAll(/\\(.)/g, '$1'), quoted: true });
  }
  return tokens;
}
