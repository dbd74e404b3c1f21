/** One ticket of the line, as its history and Jira show it. Times are milliseconds since 1970. */
export interface LineEntry {
  readonly key: string;
  readonly version: string;
  readonly status: string;
  readonly events: number;
  readonly token: number;
  readonly granted: number;
  readonly released: number;
  /** Milliseconds. */
  readonly steps: { readonly pipeline: number; readonly instance: number; readonly publishing: number };
}

/**
 * Pure. @returns what breaks the line's promises: in order of entry, none lost, one holder at a time, tokens rising
 * @param entries in order of entry
 * @param published the versions of each production manifest's history
 */
export function findLineFaults(
  entries: readonly LineEntry[],
  published: readonly (readonly string[])[],
): string[] {
  const faults: string[] = [];
  for (const { key, status } of entries) if (status !== 'Done') faults.push(`${key} is ${status}, not Done`);
  entries.slice(1).forEach((entry, index) => {
    const before = entries[index];
    if (!before) return;
    if (entry.token <= before.token)
      faults.push(`${entry.key} has token ${entry.token}, not above ${before.token} of ${before.key}`);
    if (entry.granted < before.released)
      faults.push(`${entry.key} had the turn before ${before.key} gave it back`);
  });
  const expected = entries.map(({ version }) => version);
  published.forEach((history, index) => {
    if (!isSame(history, expected)) faults.push(`manifest ${index + 1} names ${history.join(' ')}`);
  });
  return faults;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
