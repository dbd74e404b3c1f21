import { asyncLocalStorage } from '@temporalio/activity';

/**
 * What several activities wait for belongs to none of them: the cancellation of the one that happened to ask first must not reach
 * the others. Its own end is the time limit of http.ts.
 */
export function runDetached<T>(ask: () => Promise<T>): Promise<T> {
  return asyncLocalStorage.exit(ask);
}
