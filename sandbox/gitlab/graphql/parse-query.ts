/** A value in a query: written out, or `{variable}`. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly variable: string };

export interface Selection {
  readonly name: string;
  /** The alias, else the name. */
  readonly key: string;
  readonly args: Readonly<Record<string, Value>>;
  readonly fields: readonly Selection[];
}

export interface Query {
  /** Declared variables with their types as written: `ID!`, `[String!]`. */
  readonly variables: Readonly<Record<string, string>>;
  readonly fields: readonly Selection[];
}

const token = /[\s,]+|#[^\n]*|("(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?|[_A-Za-z]\w*|\.\.\.|[!$()[\]{}:=@&|])/y;

/** One query without fragments, directives and default values: what a client of ours sends. @throws with GitLab's kind of message */
export function parseQuery(text: string): Query {
  const tokens = tokensOf(text);
  let at = 0;
  const peek = () => tokens[at];
  const next = () => tokens[at++] ?? fail('unexpected end of document');

  function take(expected: string) {
    const found = next();
    if (found !== expected) fail(`Expected ${expected}, actual: ${found}`);
  }

  function name(): string {
    const found = next();
    return /^[_A-Za-z]/.test(found) ? found : fail(`Expected NAME, actual: ${found}`);
  }

  /** Whatever stands between these, one after the other. */
  function list<T>(open: string, close: string, item: () => T): T[] {
    const items: T[] = [];
    if (peek() !== open) return items;
    take(open);
    while (peek() !== close) items.push(item());
    take(close);
    return items;
  }

  function type(): string {
    const inner = peek() === '[' ? `[${list('[', ']', type).join('')}]` : name();
    if (peek() !== '!') return inner;
    take('!');
    return `${inner}!`;
  }

  function variable(): [string, string] {
    take('$');
    const found = name();
    take(':');
    return [found, type()];
  }

  function value(): Value {
    const found = peek();
    if (found === '[') return list('[', ']', value);
    const word = next();
    if (word === '$') return { variable: name() };
    if (word.startsWith('"')) return JSON.parse(word) as string;
    if (/^-?\d/.test(word)) return Number(word);
    if (word === 'true' || word === 'false') return word === 'true';
    return word === 'null' ? null : word;
  }

  function argument(): [string, Value] {
    const found = name();
    take(':');
    return [found, value()];
  }

  function selection(): Selection {
    const first = name();
    const alias = peek() === ':';
    if (alias) take(':');
    const field = alias ? name() : first;
    const args = Object.fromEntries(list('(', ')', argument));
    return { name: field, key: first, args, fields: list('{', '}', selection) };
  }

  const kind = peek() === '{' ? 'query' : name();
  if (kind !== 'query') fail(`this sandbox has no ${kind}`);
  if (peek() !== '{' && peek() !== '(') name();
  const variables = Object.fromEntries(list('(', ')', variable));
  const fields = list('{', '}', selection);
  if (peek() !== undefined) fail(`Expected one operation, actual: ${peek() ?? ''}`);
  return { variables, fields };
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const match = token.exec(text);
    if (!match) fail(`Unexpected character ${JSON.stringify(text[at])}`);
    if (match?.[1] !== undefined) tokens.push(match[1]);
  }
  return tokens;
}

function fail(reason: string): never {
  throw new Error(`Parse error: ${reason}`);
}
