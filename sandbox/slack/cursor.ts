import type { MethodArguments } from './method-arguments.ts';
import { SlackRefusal } from './slack-refusal.ts';

const defaultLimit = 100;
const maxLimit = 999;

/** One page and the way to the next. */
export interface CursorPage<Item> {
  readonly items: readonly Item[];
  readonly hasMore: boolean;
  /** Empty on the last page. */
  readonly nextCursor: string;
}

/**
 * Cursor-based pagination. A cursor names the first item of the next page by its key, so that it holds
 * when newer items arrive between two pages. Throws `invalid_limit` or `invalid_cursor`.
 */
export function takePage<Item>(
  items: readonly Item[],
  given: MethodArguments,
  key: (item: Item) => string,
): CursorPage<Item> {
  const limit = Number(given.text('limit') ?? defaultLimit);
  if (!Number.isInteger(limit) || limit < 0) throw new SlackRefusal('invalid_limit');
  const size = Math.min(limit === 0 ? defaultLimit : limit, maxLimit);
  const start = startOf(items, given.text('cursor'), key);
  const next = items[start + size];
  return {
    items: items.slice(start, start + size),
    hasMore: next !== undefined,
    nextCursor: next === undefined ? '' : Buffer.from(`next:${key(next)}`).toString('base64'),
  };
}

function startOf<Item>(
  items: readonly Item[],
  cursor: string | undefined,
  key: (item: Item) => string,
): number {
  if (cursor === undefined) return 0;
  const wanted = Buffer.from(cursor, 'base64').toString('utf8');
  const start = items.findIndex((item) => `next:${key(item)}` === wanted);
  if (start < 0) throw new SlackRefusal('invalid_cursor');
  return start;
}
