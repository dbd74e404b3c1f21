import type { OutsideCaller } from '../outside-call.ts';

/**
 * So many calls at once; the others wait here, in order. Were they all to queue at the rate limit, the last would see a wait so long
 * that it is Temporal's to keep, and the whole page would be broken off.
 */
export function withGate(call: OutsideCaller, atOnce: number): OutsideCaller {
  const waiting: (() => void)[] = [];
  let free = Math.max(1, Math.floor(atOnce));

  async function enter(): Promise<void> {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  }
  function leave() {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  }

  return async (action, run) => {
    await enter();
    try {
      return await call(action, run);
    } finally {
      leave();
    }
  };
}
