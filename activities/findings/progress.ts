import { asyncLocalStorage } from '@temporalio/activity';
import { isRecord } from '../../workflows/shared/guards.ts';
import type { TallySnapshot } from './tally.ts';

/** What a page heartbeats: where the next attempt goes on. */
export interface Progress {
  /** Of the vendor page that comes next. */
  readonly cursor: string | null;
  readonly tally: TallySnapshot;
  /** Its attempt ended in order: no create call is out whose outcome nobody knows. */
  readonly clean: boolean;
}

export function heartbeatProgress(progress: Progress): void {
  asyncLocalStorage.getStore()?.heartbeat(progress);
}

/** @returns undefined: this is the first attempt, or the one before got nowhere */
export function readProgress(): Progress | undefined {
  const details: unknown = asyncLocalStorage.getStore()?.info.heartbeatDetails;
  return isRecord(details) && isRecord(details['tally']) && 'cursor' in details
    ? (details as unknown as Progress)
    : undefined;
}
