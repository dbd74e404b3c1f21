import type { PageResult, Parked, RunningPass } from './messages.ts';

const mostParked = 1_000;
/** One look-up in Jira. */
const idsPerPage = 100;
/** What failed so often is tried again by the nightly reconcile, a backfill or when a person asks, not every few minutes. */
const triesOfPasses = 5;

/** @returns whether there are more than can be kept: then nobody may believe that all the others were written */
export function withParked(
  parked: readonly Parked[],
  result: Pick<PageResult, 'parked' | 'unparked'>,
  now: string,
): { readonly parked: readonly Parked[]; readonly overflow: boolean } {
  const byId = new Map(parked.map((one) => [one.findingId, one]));
  for (const findingId of result.unparked) byId.delete(findingId);
  let overflow = false;
  for (const { findingId, reason } of result.parked) {
    const known = byId.get(findingId);
    if (known || byId.size < mostParked)
      byId.set(findingId, {
        findingId,
        reason: reason.slice(0, 300),
        since: known?.since ?? now,
        tries: (known?.tries ?? 0) + 1,
      });
    else overflow = true;
  }
  return { parked: [...byId.values()], overflow };
}

/**
 * Those that were parked before this pass began: what was parked by it has just been tried.
 * @returns their ids in rising order, after the last that this pass has tried
 */
export function nextParked(parked: readonly Parked[], running: RunningPass): readonly string[] {
  const { request, report, cursor } = running;
  const startedMs = Date.parse(report.startedAt ?? '');
  const isDue = ({ findingId, since, tries }: Parked) =>
    Date.parse(since) < startedMs &&
    (cursor === null || findingId > cursor) &&
    (request.kind !== 'pass' || tries < triesOfPasses);
  const ids = parked.filter(isDue).map(({ findingId }) => findingId);
  return ids.sort().slice(0, idsPerPage);
}

/** A person has mended what kept them: the next pass takes them, however often they have failed. */
export function withRetry(parked: readonly Parked[], ids: readonly string[]): readonly Parked[] {
  const isMeant = ({ findingId }: Parked) => ids.length === 0 || ids.includes(findingId);
  return parked.map((one) => (isMeant(one) ? { ...one, tries: 0 } : one));
}

/**
 * Asked for besides what is parked: taken along as if they were, since the next pass tries those. What is known stays as it is.
 * When there is no room the nightly reconcile, which looks at everything, has them.
 */
export function withRecheck(
  parked: readonly Parked[],
  ids: readonly string[],
  nowMs: number,
): readonly Parked[] {
  const known = ids.length === 0 ? parked : withRetry(parked, ids);
  const news = [...new Set(ids)].filter((id) => !parked.some(({ findingId }) => findingId === id));
  // a pass takes what was there before it began, and that may be this very moment
  const since = new Date(nowMs - 1).toISOString();
  const reason = 'it is looked at again: somebody asked for it';
  const added = news.map((findingId) => ({ findingId, reason, since, tries: 0 }));
  return [...known, ...added.slice(0, Math.max(0, mostParked - known.length))];
}
