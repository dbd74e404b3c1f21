import type { WaveRules } from './messages.ts';

/** One wave before its first write. */
export interface PendingWave extends WaveRules {
  /** From 1. */
  readonly number: number;
  /** `wave-1`. */
  readonly name: string;
}
