import { setTimeout as sleep } from 'node:timers/promises';

/** @returns the first answer that is not undefined @throws Error naming what did not come within `ms` */
export async function waitUntil<T>(what: string, ms: number, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${Math.round(ms / 1000)} s`);
    await sleep(100);
  }
}
