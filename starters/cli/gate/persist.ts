import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Clock } from './clock.ts';
import { GateTrouble } from './gate-client.ts';

const firstPauseMs = 2_000;
const longestPauseMs = 30_000;

export interface Patience {
  readonly clock: Clock;
  /** When it is given up, ms since 1970; Infinity: never. */
  readonly untilMs: number;
  /** Told once per outage. */
  readonly onTrouble?: (reason: string) => void;
}

/** Repeats a call while the gate restarts or its Temporal is away. @throws CliError 4 in the end, and whatever is final */
export async function persist<T>(call: () => Promise<T>, patience: Patience): Promise<T> {
  const { clock, untilMs, onTrouble } = patience;
  for (let pauseMs = firstPauseMs, told = false; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof GateTrouble)) throw error;
      const waitMs = Math.min(Math.max(pauseMs, error.retryAfterMs), 2 * longestPauseMs);
      if (clock.now() + waitMs > untilMs)
        throw new CliError(
          exitCodes.unavailable,
          error.message,
          'Check LOCKKEEPER_GATE_URL, then run it again.',
        );
      if (!told) onTrouble?.(`${error.message}; trying again`);
      told = true;
      await clock.sleep(waitMs);
    }
  }
}

/** A gate that has never answered is probably the wrong address: a job must not hang on it for days. */
export const firstAnswerMs = 120_000;
