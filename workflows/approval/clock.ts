/**
 * The clock of one request as pure functions: it starts with the first delivery and stands still while people cannot be
 * reached, while information is missing, and while the request is approved (design §3). Times are ms since 1970.
 */
export interface Clock {
  /** Null before anybody was asked. */
  readonly startedMs: number | null;
  /** So long it stood still in all, up to `ranSinceMs`. */
  readonly stoodMs: number;
  readonly ranSinceMs: number;
  /** Since when it stands still; null while it runs. */
  readonly stillSinceMs: number | null;
}

/** Clocks of gateway, vendors and Temporal differ by so much at most. */
export const toleranceMs = 60_000;

export const newClock: Clock = { startedMs: null, stoodMs: 0, ranSinceMs: 0, stillSinceMs: null };

export function startClock(clock: Clock, nowMs: number): Clock {
  return clock.startedMs === null ? { ...clock, startedMs: nowMs, ranSinceMs: nowMs } : clock;
}

/** @param atMs since when: it may lie in the past, but not before the last change */
export function setRunning(clock: Clock, runs: boolean, atMs: number): Clock {
  const { startedMs, stoodMs, ranSinceMs, stillSinceMs } = clock;
  if (startedMs === null || runs === (stillSinceMs === null)) return clock;
  if (stillSinceMs === null) return { ...clock, stillSinceMs: Math.max(atMs, ranSinceMs) };
  const at = Math.max(atMs, stillSinceMs);
  return { startedMs, stoodMs: stoodMs + at - stillSinceMs, ranSinceMs: at, stillSinceMs: null };
}

/** The start, moved on by what the clock stood still: what was planned from it is due later by as much. */
export function startOf({ startedMs, stoodMs }: Clock): number | null {
  return startedMs === null ? null : startedMs + stoodMs;
}

/** @returns null before the start and while the clock stands still */
export function deadlineOf(clock: Clock, afterMinutes: number): number | null {
  const start = startOf(clock);
  return start === null || clock.stillSinceMs !== null ? null : Math.round(start + afterMinutes * 60_000);
}

/** By when it was said, never by when it was verified: no worker may have run meanwhile. @param iat seconds since 1970 */
export function isLate(clock: Clock, afterMinutes: number, iat: number): boolean {
  const deadline = deadlineOf(clock, afterMinutes);
  return deadline !== null && iat * 1000 > deadline + toleranceMs;
}
