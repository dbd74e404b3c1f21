import { setTimeout as sleep } from 'node:timers/promises';

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(ms: number): Promise<unknown>;
}

export const ownClock: Clock = { now: () => Date.now(), sleep: (ms) => sleep(ms) };

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** @param text such as `90s`, `30m`, `12h`, `60d` · @returns milliseconds; undefined: it is no span */
export function parseSpan(text: string): number | undefined {
  const [, amount, unit = ''] = /^([1-9][0-9]{0,4})([smhd])$/.exec(text) ?? [];
  const factor = units[unit];
  return amount === undefined || factor === undefined ? undefined : Number(amount) * factor;
}
