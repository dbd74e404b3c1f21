import { countNames, type Counts, type PageResult } from './messages.ts';

export const noCounts = Object.fromEntries(countNames.map((name) => [name, 0])) as Counts;

export function sumCounts(one: Counts, other: PageResult['counts']): Counts {
  return Object.fromEntries(
    countNames.map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]),
  ) as Counts;
}
