import type { FindingPolicy, HaloSyncState, RecentCreate } from './messages.ts';

const mostRecent = 5_000;

/** Kept for twice as long as Jira's search may be late; of too many the newest. */
export function withRecent(
  recent: readonly RecentCreate[],
  created: readonly RecentCreate[],
  { indexLagSeconds }: FindingPolicy,
  nowMs: number,
): readonly RecentCreate[] {
  const byHash = new Map(recent.map((one) => [one.hash, one]));
  for (const one of created) {
    // what was written again is the newest, and stands last
    byHash.delete(one.hash);
    byHash.set(one.hash, one);
  }
  const oldestMs = nowMs - 2 * indexLagSeconds * 1000;
  return [...byHash.values()].filter(({ at }) => at > oldestMs).slice(-mostRecent);
}

/**
 * How long the next pass has to wait, ms: when more were created than are kept, those that were left out are older than the
 * oldest that was kept, and search knows of them once it knows of that one.
 */
export function waitForIndexMs(
  { recent }: Pick<HaloSyncState, 'recent'>,
  { indexLagSeconds }: FindingPolicy,
  nowMs: number,
): number {
  const [oldest] = recent;
  if (!oldest || recent.length < mostRecent) return 0;
  return Math.max(0, Math.min(oldest.at, nowMs) + indexLagSeconds * 1000 - nowMs);
}
