import {
  countNames,
  type CountName,
  type Counts,
  type PageResult,
  type RecentCreate,
  type RouteTally,
} from '../../workflows/halo-sync/messages.ts';
import { failureMessage, failureType } from '../../workflows/shared/failures.ts';
import { idHash } from './hash.ts';

/** What a page has done so far; it is heartbeaten, so that a repeat goes on with it. */
export interface TallySnapshot {
  readonly counts: Counts;
  readonly written: readonly RecentCreate[];
  readonly parked: PageResult['parked'];
  readonly unparked: readonly string[];
  readonly newestChange: string | null;
  /** By name. */
  readonly routes: Readonly<Record<string, RouteTally>>;
}

export interface Tally {
  count(name: CountName, by?: number): void;
  /** A ticket that was created or changed just now: Jira's search knows late of both. */
  wrote(findingId: string, issueId: string): void;
  /** The issue that was written for it in this activity. */
  issueOf(findingId: string): string | undefined;
  /** A route took it. */
  routed(findingId: string, route: string): void;
  park(findingId: string, error: unknown): void;
  parkFor(findingId: string, reason: string): void;
  isParked(findingId: string): boolean;
  unpark(findingId: string): void;
  changedAt(at: string): void;
  snapshot(): TallySnapshot;
}

/** What one look at a page counts; a page that is repeated counts it once. */
const lookNames: readonly CountName[] = [
  'listed',
  'unchanged',
  'accepted',
  'damped',
  'skipped',
  'dropped',
  'parked',
  'forged',
];

const noCounts = Object.fromEntries(countNames.map((name) => [name, 0])) as Record<CountName, number>;

export function createTally(now: () => number, resumed?: TallySnapshot): Tally {
  const counts = { ...noCounts, ...resumed?.counts };
  const written = new Map((resumed?.written ?? []).map((one) => [one.hash, one]));
  const parked = new Map((resumed?.parked ?? []).map((one) => [one.findingId, one]));
  const unparked = new Set(resumed?.unparked ?? []);
  let newestChange = resumed?.newestChange ?? null;
  const routes: Record<string, RouteTally> = { ...resumed?.routes };
  const routeOf = new Map<string, string>();
  const parkFor = (findingId: string, reason: string) => {
    if (!parked.has(findingId)) counts.parked += 1;
    const error = reason.replace(/\s+/g, ' ').slice(0, 300);
    parked.set(findingId, { findingId, reason: error });
    const route = routeOf.get(findingId);
    if (route !== undefined) routes[route] = { matched: routes[route]?.matched ?? 0, error };
  };
  return {
    count: (name, by = 1) => void (counts[name] += by),
    wrote: (findingId, issueId) =>
      void written.set(idHash(findingId), { hash: idHash(findingId), issueId, at: now() }),
    issueOf: (findingId) => written.get(idHash(findingId))?.issueId,
    routed(findingId, route) {
      if (routeOf.has(findingId)) return;
      routeOf.set(findingId, route);
      const { matched, error } = routes[route] ?? { matched: 0, error: null };
      routes[route] = { matched: matched + 1, error };
    },
    park: (findingId, error) => parkFor(findingId, `${failureType(error)}: ${failureMessage(error)}`),
    parkFor,
    isParked: (findingId) => parked.has(findingId),
    unpark: (findingId) => void unparked.add(findingId),
    changedAt(at) {
      if (newestChange === null || at > newestChange) newestChange = at;
    },
    snapshot: () => ({
      counts: { ...counts },
      written: [...written.values()],
      parked: [...parked.values()],
      unparked: [...unparked],
      newestChange,
      routes: { ...routes },
    }),
  };
}

/** What was written stays counted, what was only looked at is counted by the repeat. */
export function keepWrites(before: TallySnapshot, broken: TallySnapshot): TallySnapshot {
  const counts = { ...broken.counts };
  for (const name of lookNames) counts[name] = before.counts[name];
  return { ...before, counts, written: broken.written };
}
