import { condition } from '@temporalio/workflow';
import type { ChangeRun } from './run.ts';

/** CI jobs that ask to begin too early are told so, each once. */
export function answerEarly({ state, answer }: Pick<ChangeRun, 'state' | 'answer'>, text: string): void {
  for (const attempt of state.attempts) answer(attempt, 'not-approved', text);
}

/**
 * Waits until something has changed, or so long; CI jobs that ask meanwhile are told.
 * @param code for `LkWaitingOn`
 */
export async function waitForChange(
  run: ChangeRun,
  shown: { state: 'needs-info' | 'waiting' | 'analysing'; text: string; code: string; ms?: number },
): Promise<void> {
  const { state, progress } = run;
  const { text, code, ms } = shown;
  run.show(shown.state, text);
  progress.waitFor(code);
  for (;;) {
    answerEarly(run, text);
    const woken = () => state.dirty || state.attempts.length > 0;
    const inTime = await (ms === undefined
      ? condition(woken).then(() => true)
      : condition(woken, ms, { summary: code }));
    if (state.dirty || !inTime) break;
  }
  progress.waitFor('');
}
