import type { Entry } from './entry.ts';

/** Which issues hold a word or a label. */
export interface Postings {
  add(key: string, entry: Entry): void;
  remove(key: string, entry: Entry): void;
  of(key: string): readonly Entry[];
  clear(): void;
}

/** Most keys of a large site stand in one issue only, so a list is made with the second. */
export function createPostings(): Postings {
  const held = new Map<string, Entry | Entry[]>();

  return {
    add(key, entry) {
      const before = held.get(key);
      if (!before) held.set(key, entry);
      else if (Array.isArray(before)) before.push(entry);
      else held.set(key, [before, entry]);
    },
    remove(key, entry) {
      const before = held.get(key);
      if (before === entry) held.delete(key);
      if (!Array.isArray(before)) return;
      const at = before.indexOf(entry);
      if (at < 0) return;
      // The order is of no account: the last one takes the place.
      const last = before.pop();
      if (last && at < before.length) before[at] = last;
      if (before.length === 0) held.delete(key);
    },
    of(key) {
      const found = held.get(key);
      if (!found) return [];
      return Array.isArray(found) ? found : [found];
    },
    clear: () => held.clear(),
  };
}
