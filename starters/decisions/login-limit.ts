import { createHash } from 'node:crypto';

export interface LoginLimit {
  /** @returns seconds to wait; 0: it may be tried */
  waitSeconds(caller: string): number;
  failed(caller: string): void;
  succeeded(caller: string): void;
}

const windowMs = 60_000;
const mostFailures = 5;
const mostCallers = 10_000;

/**
 * So that this server is no place to guess tokens at: five failures a minute, per address and e-mail together, because
 * otherwise anybody could lock somebody else out. Kept in memory, by hash: it is a brake, not a record.
 */
export function createLoginLimit(now: () => number): LoginLimit {
  const failures = new Map<string, readonly number[]>();
  const recentOf = (name: string) => (failures.get(name) ?? []).filter((at) => at > now() - windowMs);
  return {
    waitSeconds(caller) {
      const recent = recentOf(hash(caller));
      const first = recent.at(-mostFailures);
      return first === undefined ? 0 : Math.ceil((first + windowMs - now()) / 1000);
    },
    failed(caller) {
      const name = hash(caller);
      const recent = [...recentOf(name), now()].slice(-mostFailures);
      failures.delete(name);
      failures.set(name, recent);
      const [oldest] = failures.keys();
      if (failures.size > mostCallers && oldest !== undefined) failures.delete(oldest);
    },
    succeeded: (caller) => void failures.delete(hash(caller)),
  };
}

function hash(caller: string): string {
  return createHash('sha256').update(caller).digest('base64');
}
