import type { HaloIssue } from './model.ts';

/** The lists' orders. `id` is the order of creation in the sandbox and never changes for a row. */
export const orders = ['id', 'created', 'updated', 'resolved'] as const;
export type Order = (typeof orders)[number];

/** Where a row stands in an order; rows of one time are ordered by number. */
export interface Position {
  readonly value: number;
  readonly n: number;
}

const valueOf: Readonly<Record<Order, (issue: HaloIssue) => number | null>> = {
  id: (issue) => issue.n,
  created: (issue) => issue.createdAt,
  updated: (issue) => issue.updatedAt,
  resolved: (issue) => issue.resolvedAt,
};

export const positionOf = (order: Order, issue: HaloIssue): Position => ({
  value: valueOf[order](issue) ?? -Infinity,
  n: issue.n,
});

/** Rows sorted when they are asked for after a change; a nearly sorted array costs one walk. */
export function createSortedRows(order: Order, all: () => Iterable<HaloIssue>) {
  const key = valueOf[order];
  let rows: HaloIssue[] = [];
  let stale: 'members' | 'order' | undefined = 'members';

  return {
    /** @param what `members`: rows were added or deleted */
    changed(what: 'members' | 'order') {
      // A resolved row joins that order, a reopened one leaves it.
      if (stale !== 'members') stale = order === 'resolved' ? 'members' : what;
    },
    sorted(): readonly HaloIssue[] {
      if (stale === 'members') rows = [...all()].filter((issue) => key(issue) !== null);
      if (stale !== undefined) rows.sort((a, b) => (key(a) ?? 0) - (key(b) ?? 0) || a.n - b.n);
      stale = undefined;
      return rows;
    },
  };
}

/** Index of the first row behind `position`. */
export function firstBehind(rows: readonly HaloIssue[], order: Order, position: Position): number {
  const key = valueOf[order];
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = rows[middle];
    const value = row ? (key(row) ?? -Infinity) : Infinity;
    const behind = value > position.value || (value === position.value && (row?.n ?? 0) > position.n);
    if (behind) high = middle;
    else low = middle + 1;
  }
  return low;
}
