import type { FindingPolicy, HaloSyncState, HaloSyncView, PageResult, RouteHealth } from './messages.ts';
import { unrouted } from './routing.ts';

type Health = NonNullable<HaloSyncState['routes']>;

/** What each route has taken, after one more page of a pass. What the rules do not have any more is forgotten. */
export function withRoutes(
  known: Health | undefined,
  page: { readonly routes: PageResult['routes']; readonly requestId: string; readonly now: string },
  policy: Pick<FindingPolicy, 'routes'>,
): Health {
  const entries = namesOf(policy).flatMap((name): [string, RouteHealth][] => {
    const before = known?.[name];
    const taken = page.routes?.[name];
    if (!taken) return before ? [[name, before]] : [];
    const isSame = before?.requestId === page.requestId;
    const last = isSame ? { error: before.error, errorAt: before.errorAt } : { error: null, errorAt: null };
    const health: RouteHealth = {
      ...{ requestId: page.requestId, matchedAt: page.now },
      matched: (isSame ? before.matched : 0) + taken.matched,
      ...(taken.error === null ? last : { error: taken.error, errorAt: page.now }),
    };
    return [[name, health]];
  });
  return Object.fromEntries(entries);
}

/** @returns every route of the rules, in order; `unrouted` where it took something */
export function routesOf(
  known: Health | undefined,
  policy: Pick<FindingPolicy, 'routes'>,
): NonNullable<HaloSyncView['routes']> {
  return namesOf(policy).flatMap((name) => {
    const health = known?.[name] ?? null;
    return name === unrouted.name && !health ? [] : [{ name, health }];
  });
}

function namesOf({ routes }: Pick<FindingPolicy, 'routes'>): readonly string[] {
  return [...new Set([...routes.map(({ name }) => name), unrouted.name])];
}
