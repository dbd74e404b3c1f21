/** By id: when what was told had changed, ms since 1970. */
export type Seen = Readonly<Record<string, number>>;

/** Id, and when it changed, ms since 1970. */
export type Row = readonly [id: string, changedMs: number];

/** Times are as coarse as a second, clocks differ, and reading takes its time: what changed so lately may have changed again unseen. */
const settledMs = 60_000;
/** A result is handed on from pass to pass; whoever is not in it is told once more, which costs reads and no more. */
const mostRemembered = 2_000;
/** Without an open case one look in so long is enough (S-42). */
const idleMs = 5 * 60_000;

/** Whether a pass has nothing to look for, as far as the last one that looked can tell. */
export function isIdle(last: { readonly open: number; readonly at: string }, nowMs: number): boolean {
  return last.open === 0 && nowMs - Date.parse(last.at) < idleMs;
}

/** Whether the last pass has told of this very change. */
export function isSeen(seen: Seen | undefined, [id, changedMs]: Row): boolean {
  return seen !== undefined && Object.hasOwn(seen, id) && seen[id] === changedMs;
}

/** @returns of these rows what a pass that looks back to `fromMs` will find again as it is */
export function remember(
  rows: readonly Row[],
  { fromMs, nowMs }: { readonly fromMs: number; readonly nowMs: number },
): Seen {
  const again = rows.filter(
    ([, changedMs]) => changedMs >= fromMs - settledMs && changedMs < nowMs - settledMs,
  );
  return Object.fromEntries(again.slice(0, mostRemembered));
}
