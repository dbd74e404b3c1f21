import { setTimeout as sleepFor } from 'node:timers/promises';
import { createFailure } from '../workflows/shared/failures.ts';

/** One bucket per (site, credential), shared by all activities of a process: vendors limit calls (design §5). */
export interface RateLimit {
  /** Waits for its turn; short waits only. @throws RateLimited with the time left when the wait would be long */
  take(system: string): Promise<void>;
  /** No call before `ms` from now: the vendor said so. */
  pause(ms: number): void;
}

export interface RateLimitOptions {
  /** The vendor's limit divided by the number of workers. */
  readonly callsPerSecond: number;
  /** Calls that may go at once after a quiet time; at least 1. */
  readonly burst: number;
  readonly now?: () => number;
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** A longer wait is Temporal's to keep: an activity that sleeps holds a slot of its worker. */
const longestSleepMs = 2_000;

export function createRateLimit(options: RateLimitOptions): RateLimit {
  const { callsPerSecond, burst, now = Date.now, sleep = sleepFor } = options;
  const interval = 1000 / callsPerSecond;
  let nextFree = 0;
  let pausedUntil = 0;
  const limit: RateLimit = {
    async take(system) {
      const at = now();
      const slot = Math.max(nextFree, at - (burst - 1) * interval, pausedUntil);
      const wait = slot - at;
      if (wait > longestSleepMs) throw tooLong(system, wait);
      nextFree = slot + interval;
      if (wait > 0) await sleep(wait);
      // the vendor said so while this one slept
      if (pausedUntil > slot) await limit.take(system);
    },
    pause(ms) {
      pausedUntil = Math.max(pausedUntil, now() + ms);
    },
  };
  return limit;
}

function tooLong(system: string, waitMs: number): Error {
  const seconds = Math.ceil(waitMs / 1000);
  return createFailure('RateLimited', `${system}: no call for another ${seconds} s, as its limit asks`, {
    details: { system },
    retryAfterMs: Math.ceil(waitMs),
  });
}
