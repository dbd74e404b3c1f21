/** A delivery that takes longer than this does not reach people. */
const pendingMs = 2 * 60_000;

/** One way to reach people, as far as a request's own deliveries tell. Pure: every time is given, in ms since 1970. */
export interface Channel {
  readonly pending: number;
  /** When the oldest delivery began that has not succeeded since. */
  readonly tryingSinceMs: number | null;
  /** When a delivery was refused for good. */
  readonly failedSinceMs: number | null;
}

export const newChannel: Channel = { pending: 0, tryingSinceMs: null, failedSinceMs: null };

export function beginDelivery(channel: Channel, nowMs: number): Channel {
  const { pending, tryingSinceMs } = channel;
  return { ...channel, pending: pending + 1, tryingSinceMs: tryingSinceMs ?? nowMs };
}

/** `superseded`: it was given up for a newer one, which goes on trying. */
export type DeliveryEnd = 'delivered' | 'failed' | 'superseded';

export function endDelivery(channel: Channel, end: DeliveryEnd, nowMs: number): Channel {
  const pending = channel.pending - 1;
  if (end === 'superseded') return { ...channel, pending };
  if (end === 'failed') return { ...channel, pending, failedSinceMs: channel.failedSinceMs ?? nowMs };
  return { pending, tryingSinceMs: pending > 0 ? nowMs : null, failedSinceMs: null };
}

/** @returns since when nobody can be reached through any of them; null: through one at least */
export function allDownSince(channels: readonly Channel[], nowMs: number): number | null {
  const since = channels.map((channel) => downSince(channel, nowMs));
  return since.some((one) => one === null) ? null : Math.max(...since.map(Number));
}

function downSince({ tryingSinceMs, failedSinceMs }: Channel, nowMs: number): number | null {
  const stuck =
    tryingSinceMs !== null && nowMs - tryingSinceMs > pendingMs ? tryingSinceMs + pendingMs : null;
  if (stuck === null || failedSinceMs === null) return stuck ?? failedSinceMs;
  return Math.min(stuck, failedSinceMs);
}
