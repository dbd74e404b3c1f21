import type { AutoApproved, InspectionPolicy } from './messages.ts';

/**
 * Which tickets of a month are inspected: drawn so that nobody can choose them, and anybody with `sha256sum` can draw them
 * again (docs/inspections.md has the commands).
 *
 * 1. population: the keys of all automatically approved tickets of the month, in the order of their numbers
 * 2. seed: the first 32 hex digits of SHA-256 over the month and these keys, one a line, each line ended by a line feed:
 *    unknown before the month's last ticket is, and fixed from then on
 * 3. rank of a ticket: SHA-256, hex, of `<seed>/<key>`
 * 4. sample: the first n in the order of their ranks, n = the larger of `least` and `percent` of the population, rounded up
 *
 * Pure: the digests are computed by an activity, because the workflow bundle has no cryptography.
 */
export interface Drawn {
  readonly population: readonly string[];
  readonly seed: string;
  /** In the order of their ranks. */
  readonly sample: readonly string[];
}

type SampleRules = Pick<InspectionPolicy, 'percent' | 'least'>;

/** @returns each key once, in the order of the tickets' numbers */
export function toPopulation(approved: readonly Pick<AutoApproved, 'ticket'>[]): readonly string[] {
  return [...new Set(approved.map(({ ticket }) => ticket))].sort(byNumber);
}

/** What the seed is the digest of. */
export function toSeedText(month: string, population: readonly string[]): string {
  return [month, ...population].map((line) => `${line}\n`).join('');
}

/** @param digest SHA-256, hex, of the seed's text */
export function toSeed(digest: string): string {
  return digest.slice(0, 32);
}

/** What the ranks are the digests of. */
export function toRankTexts(seed: string, population: readonly string[]): readonly string[] {
  return population.map((ticket) => `${seed}/${ticket}`);
}

/** @param ranks SHA-256, hex, of the texts of `toRankTexts`, in their order */
export function takeSample(
  population: readonly string[],
  ranks: readonly string[],
  rules: SampleRules,
): readonly string[] {
  return population
    .map((ticket, index) => ({ ticket, rank: ranks[index] ?? '' }))
    .sort((one, other) => (one.rank < other.rank ? -1 : 1))
    .slice(0, sampleSize(population.length, rules))
    .map(({ ticket }) => ticket);
}

/** @param all how many there are */
export function sampleSize(all: number, { percent, least }: SampleRules): number {
  // in whole thousandths: 3 percent of 100 are 3 and not 3.0000000000000004
  const share = Math.ceil((Math.round(percent * 1000) * all) / 100_000);
  return Math.min(all, Math.max(least, share));
}

/** All of it at once, where cryptography is at hand: for whoever checks it afterwards. */
export function drawAgain(
  month: string,
  tickets: readonly string[],
  rules: SampleRules,
  digest: (text: string) => string,
): Drawn {
  const population = toPopulation(tickets.map((ticket) => ({ ticket })));
  const seed = toSeed(digest(toSeedText(month, population)));
  const sample = takeSample(population, toRankTexts(seed, population).map(digest), rules);
  return { population, seed, sample };
}

/** `PRODCM-9` is before `PRODCM-10`. */
function byNumber(one: string, other: string): number {
  const [project, number] = split(one);
  const [otherProject, otherNumber] = split(other);
  if (project !== otherProject) return project < otherProject ? -1 : 1;
  return number - otherNumber;
}

function split(key: string): readonly [project: string, number: number] {
  const dash = key.lastIndexOf('-');
  return [key.slice(0, dash), Number(key.slice(dash + 1))];
}
