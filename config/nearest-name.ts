/** @returns the candidate that a slip of the keyboard most likely meant; undefined when none is close */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let smallest = Math.max(2, Math.ceil(name.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = distanceBetween(name.toLowerCase(), candidate.toLowerCase());
    if (distance >= smallest) continue;
    nearest = candidate;
    smallest = distance;
  }
  return nearest;
}

/** A word that was cut short is as near as one slip. */
function distanceBetween(name: string, candidate: string): number {
  return name.length >= 4 && candidate.startsWith(name) ? 1 : editDistance(name, candidate);
}

/** Levenshtein: inserted, removed and replaced characters. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
