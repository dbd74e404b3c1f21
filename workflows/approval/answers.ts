import { isCancellation, log } from '@temporalio/workflow';
import { failureMessage } from '../shared/failures.ts';
import { detach } from './detach.ts';

const mostWaiting = 200;

/** What single people are told, one after the other; each call carries its key, and is repeated while the vendor is down. */
export interface Answers {
  tell(act: () => Promise<unknown>): void;
  idle(): boolean;
}

/** @param system for the log */
export function createAnswers(system: string): Answers {
  const waiting: (() => Promise<unknown>)[] = [];
  let working = false;

  async function work() {
    for (let act = waiting[0]; act; act = waiting[0]) {
      try {
        await act();
      } catch (error) {
        if (isCancellation(error)) throw error;
        // whoever cannot be told sees it in the views: nothing waits for this
        log.warn('somebody could not be told', { system, reason: failureMessage(error) });
      }
      waiting.shift();
    }
    working = false;
  }

  return {
    tell(act) {
      if (waiting.length >= mostWaiting) return log.warn('too much to tell: left out', { system });
      waiting.push(act);
      if (working) return;
      working = true;
      detach(work);
    },
    idle: () => waiting.length === 0,
  };
}
