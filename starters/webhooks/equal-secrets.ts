import { createHash, timingSafeEqual } from 'node:crypto';

/** In constant time, also for texts of different length. */
export function areEqualSecrets(a: string, b: string): boolean {
  return timingSafeEqual(sha256(a), sha256(b));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
