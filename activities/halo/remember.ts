import { runDetached } from './detached.ts';

export interface Memory {
  /** Keys that are kept: those that were asked for last. */
  readonly size: number;
  readonly ageMs: number;
  /** ms since 1970 */
  readonly now: () => number;
}

/** Keeps the answers of so many keys for so long; several askers of one key share one question. A failure is not kept. */
export function remember<T>(
  { size, ageMs, now }: Memory,
  ask: (key: string) => Promise<T>,
): (key: string) => Promise<T> {
  // a Map keeps the order of insertion: the first key is the one that was asked for longest ago
  const known = new Map<string, { readonly answer: Promise<T>; readonly until: number }>();

  function forget(key: string, answer: Promise<T>) {
    if (known.get(key)?.answer === answer) known.delete(key);
  }

  return (key) => {
    const found = known.get(key);
    known.delete(key);
    if (found && found.until > now()) {
      known.set(key, found);
      return found.answer;
    }
    const answer = runDetached(() => ask(key));
    known.set(key, { answer, until: now() + ageMs });
    answer.catch(() => forget(key, answer));
    const oldest = known.keys().next();
    if (known.size > size && !oldest.done) known.delete(oldest.value);
    return answer;
  };
}
