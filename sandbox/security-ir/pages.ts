import { invalidField } from './sir-refusal.ts';

export interface PageRequest {
  readonly nextToken?: string | undefined;
  readonly maxResults?: number | undefined;
}

const mostResults = 25;

/**
 * One page after the token, which names the last row that was shown: rows that come or go between two pages shift nothing.
 * @param of tokens of another list are refused
 * @param position rises along the rows
 */
export function pageOf<Row>(
  rows: readonly Row[],
  { nextToken, maxResults = mostResults }: PageRequest,
  of: string,
  position: (row: Row) => number,
): { readonly items: readonly Row[]; readonly total: number; readonly nextToken?: string } {
  const after = nextToken ? readToken(nextToken, of) : -Infinity;
  const start = firstAfter(rows, after, position);
  const items = rows.slice(start, start + mostResults).slice(0, maxResults);
  const end = items.at(-1);
  const more = end !== undefined && start + items.length < rows.length;
  return { items, total: rows.length, ...(more ? { nextToken: toToken(position(end), of) } : {}) };
}

/** By halves: a sweep over thousands of cases asks for hundreds of pages. */
function firstAfter<Row>(rows: readonly Row[], after: number, position: (row: Row) => number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (position(rows[middle] as Row) > after) high = middle;
    else low = middle + 1;
  }
  return low;
}

const toToken = (position: number, of: string) =>
  Buffer.from(JSON.stringify([of, position])).toString('base64url');

function readToken(token: string, of: string): number {
  try {
    const [list, position] = JSON.parse(Buffer.from(token, 'base64url').toString('utf8')) as unknown[];
    if (list === of && typeof position === 'number') return position;
  } catch {
    // refused below
  }
  throw invalidField('nextToken', 'Invalid pagination token');
}
