/** Keys of the example that the value lacks, and values of another kind; null goes with everything. */
export function differences(example: unknown, value: unknown, at = ''): string[] {
  if (example === null || value === null) return [];
  if (typeof example !== typeof value) return [`${at}: ${typeof value} instead of ${typeof example}`];
  if (typeof example !== 'object') return [];
  if (Array.isArray(example)) {
    const items = value as unknown[];
    return items.flatMap((item, index) => differences(example.at(-1), item, `${at}/${index}`));
  }
  return Object.entries(example).flatMap(([key, inner]) => {
    const found = (value as Record<string, unknown>)[key];
    return found === undefined ? [`${at}/${key}: missing`] : differences(inner, found, `${at}/${key}`);
  });
}
