import { generateAssets, generateIssues, type Generation } from './generate.ts';
import type { HaloAsset, HaloIssue } from './model.ts';
import type { Micros } from './moments.ts';
import { withoutHyphens } from './scramble.ts';
import { createSortedRows, orders, type Order } from './sorted-rows.ts';

export type HaloStore = ReturnType<typeof createHaloStore>;

/** Every record of one Halo account, with an index for each order of its lists. */
export function createHaloStore(now: () => Date) {
  const issues = new Map<number, HaloIssue>();
  const issuesById = new Map<string, HaloIssue>();
  const assets = new Map<string, HaloAsset>();
  const lostCves = new Set<string>();
  const cveOverlays = new Map<string, Readonly<Record<string, unknown>>>();
  const indexes = Object.fromEntries(
    orders.map((order) => [order, createSortedRows(order, () => issues.values())]),
  ) as Record<Order, ReturnType<typeof createSortedRows>>;
  let lastTick = 0;
  let version = 0;
  let nextIssue = 1;
  let nextAsset = 1;

  function changed(what: 'members' | 'order') {
    version += 1;
    for (const order of orders) indexes[order].changed(what);
  }

  function add(issue: HaloIssue) {
    issues.set(issue.n, issue);
    issuesById.set(withoutHyphens(issue.id), issue);
  }

  return {
    /** Later than every time given before, however fast they are asked for. */
    tick(): Micros {
      lastTick = Math.max(now().getTime() * 1000, lastTick + 1);
      return lastTick;
    },
    /** Goes up with each change. */
    version: () => version,
    changed,
    size: () => issues.size,
    assetCount: () => assets.size,
    numbers: { issue: () => nextIssue++, asset: () => nextAsset++ },
    sorted: (order: Order) => indexes[order].sorted(),
    byNumber: (n: number) => issues.get(n),
    /** @param id with or without hyphens */
    issue: (id: string) => issuesById.get(withoutHyphens(id)),
    asset: (id: string) => assets.get(withoutHyphens(id)),
    issuesOf: (chosen: ReadonlySet<HaloAsset>) =>
      [...issues.values()].filter(({ asset }) => chosen.has(asset)),
    generate(given: Generation): HaloIssue[] {
      const madeAssets = generateAssets(given, nextAsset);
      const made = generateIssues(given, madeAssets, nextIssue);
      nextAsset += madeAssets.length;
      nextIssue += made.length;
      for (const asset of madeAssets) assets.set(withoutHyphens(asset.id), asset);
      for (const issue of made) add(issue);
      changed('members');
      return made;
    },
    addAsset: (asset: HaloAsset) => void assets.set(withoutHyphens(asset.id), asset),
    addIssue(issue: HaloIssue) {
      if (issuesById.has(withoutHyphens(issue.id))) throw new Error(`issue ${issue.id}: exists`);
      add(issue);
      changed('members');
    },
    remove(issue: HaloIssue) {
      issues.delete(issue.n);
      issuesById.delete(withoutHyphens(issue.id));
      changed('members');
    },
    ...{ lostCves, cveOverlays },
  };
}
