import { condition, isCancellation, sleep } from '@temporalio/workflow';
import { failureType, nextStep, type FailureType } from './failures.ts';

const unavailableAfterMs = 15 * 60 * 1000;
const parkedRetryMs = 30 * 60 * 1000;
/** Failures that no ticket can be told about, and that a person mends outside the run. */
const parked: readonly FailureType[] = ['Unknown', 'CredentialRejected'];

export interface Patience {
  /** Runs one activity call; an unknown failure or a rejected credential parks the run until `resume` or half an hour has passed (design §11). */
  readonly call: <T>(system: string, act: () => Promise<T>) => Promise<T>;
  resume(): void;
}

/**
 * Vendor calls are repeated by Temporal without limit; this shows people that a run waits for a vendor.
 * @param show gets `<system>:Unavailable` after 15 minutes, `<system>:<failure type>` when parked, `` when it is over
 */
export function createPatience(show: (code: string) => void): Patience {
  /** Calls may run side by side: one that is answered says nothing of the others. */
  const open = new Set<{ readonly system: string; readonly sinceMs: number; shown: boolean }>();
  let resumes = 0;
  let watching = false;

  /** One timer per quarter of an hour with calls, not one per call: timers are events. */
  async function watch() {
    watching = true;
    try {
      while (open.size > 0) {
        await sleep(unavailableAfterMs, { summary: 'look whether a system is unavailable' });
        for (const one of open) if (Date.now() - one.sinceMs >= unavailableAfterMs) one.shown = true;
        showLate();
      }
    } finally {
      watching = false;
    }
  }

  /** @returns whether one was there to be shown */
  function showLate(): boolean {
    const late = [...open].find(({ shown }) => shown);
    if (late) show(`${late.system}:Unavailable`);
    return late !== undefined;
  }

  async function park(system: string, type: FailureType) {
    const seen = resumes;
    show(`${system}:${type}`);
    const summary = `${system}: ${nextStep(type)} Then send resume.`;
    await condition(() => resumes > seen, parkedRetryMs, { summary });
    show('');
  }

  return {
    resume: () => void (resumes += 1),
    async call(system, act) {
      for (;;) {
        const mine = { system, sinceMs: Date.now(), shown: false };
        open.add(mine);
        if (!watching) watch().catch(ignoreCancellation);
        try {
          return await act();
        } catch (error) {
          const type = failureType(error);
          if (isCancellation(error) || !parked.includes(type)) throw error;
          open.delete(mine);
          await park(system, type);
        } finally {
          open.delete(mine);
          if (mine.shown && !showLate()) show('');
        }
      }
    },
  };
}

function ignoreCancellation(error: unknown) {
  if (!isCancellation(error)) throw error;
}
