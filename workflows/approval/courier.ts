import { CancellationScope, condition, isCancellation, log } from '@temporalio/workflow';
import { failureMessage, failureType } from '../shared/failures.ts';
import type { DeliveryEnd } from './channel.ts';
import { detach } from './detach.ts';

/** Longer than any call that is answered takes: only one that is being repeated is given up. */
const supersedeAfterMs = 20_000;
const firstRestMs = 10 * 60_000;
const longestRestMs = 12 * 60 * 60_000;

export interface CourierOptions {
  /** For the log. */
  readonly system: string;
  readonly onBegin: () => void;
  readonly onEnd: (end: DeliveryEnd) => void;
}

/** Delivers one thing at a time through one vendor. Temporal repeats a call without limit while the vendor is down. */
export interface Courier {
  deliver(act: () => Promise<void>): Promise<DeliveryEnd>;
  /** What is on its way is stale: given up once it has been tried for a while. Answers nothing; `deliver` does. */
  supersede(): void;
  /** After a delivery that failed for good, ever longer, at most 12 hours. @param woken something new is to be delivered */
  rest(woken: () => boolean): Promise<void>;
  resting(): boolean;
}

interface Attempt {
  readonly scope: CancellationScope;
  superseded: boolean;
  ended: boolean;
}

export function createCourier({ system, onBegin, onEnd }: CourierOptions): Courier {
  let current: Attempt | undefined;
  let restMs = firstRestMs;
  let resting = false;

  async function attempt(act: () => Promise<void>): Promise<DeliveryEnd> {
    const mine: Attempt = { scope: new CancellationScope(), superseded: false, ended: false };
    current = mine;
    try {
      await mine.scope.run(act);
      restMs = firstRestMs;
      return 'delivered';
    } catch (error) {
      if (isCancellation(error)) return 'superseded';
      log.warn('a request cannot be shown', {
        system,
        type: failureType(error),
        reason: failureMessage(error),
      });
      return 'failed';
    } finally {
      mine.ended = true;
      current = undefined;
    }
  }

  return {
    async deliver(act) {
      onBegin();
      const end = await attempt(act);
      onEnd(end);
      return end;
    },
    supersede() {
      const stale = current;
      if (!stale || stale.superseded) return;
      stale.superseded = true;
      detach(async () => {
        if (
          !(await condition(() => stale.ended, supersedeAfterMs, { summary: `${system}: something newer` }))
        )
          stale.scope.cancel();
      });
    },
    async rest(woken) {
      resting = true;
      await condition(woken, restMs, { summary: `${system}: try again` });
      resting = false;
      restMs = Math.min(2 * restMs, longestRestMs);
    },
    resting: () => resting,
  };
}
