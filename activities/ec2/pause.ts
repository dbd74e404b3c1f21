import { setTimeout as delay } from 'node:timers/promises';
import type { CallContext } from '../sts/aws-call.ts';

const defaultPollMs = 2_000;

/** Waits until the next look; a cancelled activity ends it. */
export async function pause(pollMs: number | undefined, { signal }: CallContext): Promise<void> {
  await delay(pollMs ?? defaultPollMs, undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}
