import { asyncLocalStorage } from '@temporalio/activity';
import { failureType } from '../workflows/shared/failures.ts';
import { toFailure } from './failures.ts';
import { runHttpCall, type HttpCall } from './http.ts';
import type { RateLimit } from './rate-limit.ts';
import { waitOfHeaders } from './vendor-error.ts';

/** Makes one call to a vendor: within its rate, cancelled with the activity, its failure of one of our types. */
export type OutsideCaller = <T>(
  action: string,
  run: () => Promise<T>,
  /** In place of the process's own limit, ms. */
  timeoutMs?: number,
) => Promise<T>;

/** @param system as operators know it, such as `jira` */
export function createCaller(system: string, limit: RateLimit): OutsideCaller {
  return async (action, run, timeoutMs) => {
    await limit.take(system);
    const call: HttpCall = { signal: asyncLocalStorage.getStore()?.cancellationSignal, timeoutMs };
    try {
      return await runHttpCall(call, run);
    } catch (error) {
      const failure = toFailure(error, { system, action }, call.answer);
      if (failureType(failure) === 'RateLimited') pauseFor(limit, call);
      throw failure;
    }
  };
}

/** Jira's limit on the writes of one issue must not stop the others (contracts §3.1). */
function pauseFor(limit: RateLimit, call: HttpCall) {
  const wait = waitOfHeaders(call.answer?.headers);
  const reason = call.answer?.headers['ratelimit-reason'];
  if (wait !== undefined && reason !== 'jira-per-issue-on-write') limit.pause(wait);
}
