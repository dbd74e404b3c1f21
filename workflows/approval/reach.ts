import { allDownSince, beginDelivery, endDelivery, newChannel, type Channel } from './channel.ts';
import { newClock, setRunning, startClock, type Clock } from './clock.ts';
import { createCourier, type Courier } from './courier.ts';

export type ChannelName = 'slack' | 'jira';

export interface ReachOptions {
  /** The ways in which this request asks. */
  readonly channels: readonly ChannelName[];
  /** People are waited for: else the clock stands still. */
  readonly isWaiting: () => boolean;
  /** The clock has changed, or how people can be reached. */
  readonly onChange: () => void;
}

/** Whether people can be reached at all, as the deliveries tell, and the clock that goes by it. */
export interface Reach {
  readonly clock: () => Clock;
  /** Lazily: an outage is noticed when something happens, and counts from when it began. @param atMs when it happened */
  readonly sync: (atMs: number) => void;
  readonly courier: (channel: ChannelName) => Courier;
}

export function createReach({ channels, isWaiting, onChange }: ReachOptions): Reach {
  const state: Record<ChannelName, Channel> = { slack: newChannel, jira: newChannel };
  let clock = newClock;

  function sync(atMs: number) {
    const asked = channels.map((name) => state[name]);
    const downSince = allDownSince(asked, Date.now());
    const waiting = isWaiting();
    clock = setRunning(clock, waiting && downSince === null, waiting ? (downSince ?? atMs) : atMs);
  }

  return {
    clock: () => clock,
    sync,
    courier: (channel) =>
      createCourier({
        system: channel,
        onBegin: () => void (state[channel] = beginDelivery(state[channel], Date.now())),
        onEnd(end) {
          const before = clock;
          const now = Date.now();
          // first as it was till now: an outage that has just ended did stop the clock
          sync(now);
          state[channel] = endDelivery(state[channel], end, now);
          if (end === 'delivered') clock = startClock(clock, now);
          sync(now);
          if (clock !== before) onChange();
        },
      }),
  };
}
