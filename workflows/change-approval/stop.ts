import type { ChangeOutcome } from './messages.ts';

/** Nothing is deployed any more: thrown wherever a run learns it, reported in one place. */
export class ChangeEnded extends Error {
  override readonly name = 'ChangeEnded';
  readonly end: ChangeEnd;

  constructor(end: ChangeEnd) {
    super(`${end.outcome}: ${end.reason}`);
    this.end = end;
  }
}

export interface ChangeEnd {
  readonly outcome: Extract<ChangeOutcome['outcome'], 'rejected' | 'cancelled' | 'expired' | 'nothing-to-do'>;
  readonly reason: string;
  /** Who rejected it. */
  readonly by?: string;
  /** True: the ticket says so already. */
  readonly onTicket?: boolean;
}
