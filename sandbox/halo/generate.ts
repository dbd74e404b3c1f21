import { packages, policyRules, groups } from './catalogue.ts';
import { contents, type Content, type HaloAsset, type HaloIssue } from './model.ts';
import type { Micros } from './moments.ts';
import { fractionOf, hex, mix, uuidOf } from './scramble.ts';

export interface Generation {
  readonly count: number;
  /** The same seed, count and shares make the same records; the times are counted back from `until`. */
  readonly seed: number;
  readonly until: Micros;
  /** Default: a twentieth of `count`. */
  readonly assets: number;
  /** Weights; a type that is not named does not occur. */
  readonly types: Readonly<Partial<Record<Content, number>>>;
  /** Shares, 0 to 1. */
  readonly critical: number;
  readonly resolved: number;
  /** So many of the first records have a name of 10,000 characters. */
  readonly longNames: number;
}

/** A realistic mix; the last three are types that Lockkeeper does not support. */
export const usualTypes: Readonly<Record<Content, number>> = {
  ...{ sva: 55, csm: 30, fim: 6, lids: 7 },
  ...{ sam: 0.8, fw: 0.6, agent: 0.6 },
};

const dayMicros = 86_400_000_000;
const oldestDays = 180;

/** @param first number of the first asset: numbers are unique in the sandbox, so that seeding twice adds */
export function generateAssets({ assets, seed, until }: Generation, first: number): HaloAsset[] {
  return Array.from({ length: assets }, (_, k) => {
    const n = first + k;
    const hash = mix(seed, n, 1);
    const providers = ['aws', 'aws', 'aws', 'azure', null] as const;
    return {
      ...{ n, id: uuidOf(seed, n, 1), seed },
      hostname: `ip-10-${hash & 127}-${(hash >>> 7) & 255}-${hex(n, 4)}`,
      group: (hash >>> 8) % groups.length,
      provider: providers[(hash >>> 16) % providers.length] ?? null,
      os: (hash >>> 20) % 8 === 0 ? 'windows' : 'linux',
      state:
        (['active', 'missing', 'deactivated'] as const)[Math.max(0, ((hash >>> 24) % 32) - 29)] ?? 'active',
      scannedAt: until - Math.floor(fractionOf(mix(seed, n, 2)) * dayMicros),
      gone: false,
    };
  });
}

/** Neighbours in the list belong to different assets, as in a list by time. */
export function generateIssues(given: Generation, assets: readonly HaloAsset[], first: number): HaloIssue[] {
  const contentOf = weighted(given.types);
  return Array.from({ length: given.count }, (_, k) => {
    const n = first + k;
    const asset = assets[k % assets.length];
    if (!asset) throw new Error('assets: give at least one');
    const content = contentOf(fractionOf(mix(given.seed, n, 3)));
    const position = Math.floor(k / assets.length);
    const rule = (mix(given.seed, asset.n, 4) + position) % rulesOf(content);
    const critical = fractionOf(mix(given.seed, n, 5)) < given.critical;
    const resolved = fractionOf(mix(given.seed, n, 6)) < given.resolved;
    const shape = { n, seed: given.seed, asset, content, rule, critical, longName: k < given.longNames };
    return toIssue(shape, resolved);
  });
}

function toIssue(
  shape: Pick<HaloIssue, 'n' | 'seed' | 'asset' | 'content' | 'rule' | 'critical' | 'longName'>,
  resolved: boolean,
): HaloIssue {
  const { n, seed, asset } = shape;
  const lastSeenAt = asset.scannedAt;
  const age = Math.floor((0.01 + fractionOf(mix(seed, n, 7))) * oldestDays * dayMicros);
  const createdAt = lastSeenAt - age;
  const { content, rule, critical, longName } = shape;
  return {
    n,
    id: uuidOf(seed, n, 0),
    seed,
    asset,
    content,
    rule,
    longName,
    type: content,
    critical,
    status: resolved ? 'resolved' : 'active',
    createdAt,
    // One scan writes all issues of its asset at once: their times are equal, and paging has to live with that.
    updatedAt: lastSeenAt + 514,
    lastSeenAt,
    resolvedAt: resolved ? lastSeenAt + 400 : null,
    resolvedBy: resolved ? 'system' : null,
    resolutionComment: null,
    findings: findingTimes(mix(seed, n, 8), createdAt, age),
  };
}

/** One to three, the first when the issue was created. */
function findingTimes(hash: number, createdAt: Micros, age: number): Micros[] {
  const times = [createdAt];
  for (let k = hash % 3; k > 0; k -= 1) times.push(createdAt + Math.floor(age / (k + 1)));
  return times;
}

export const rulesOf = (content: Content): number =>
  content === 'sva' ? packages.length : policyRules[content].length;

function weighted(types: Generation['types']): (fraction: number) => Content {
  const entries = contents.map((content) => [content, types[content] ?? 0] as const);
  const sum = entries.reduce((total, [, weight]) => total + weight, 0);
  if (sum <= 0) throw new Error('types: give at least one a weight');
  return (fraction) => {
    let left = fraction * sum;
    const hit = entries.find(([, weight]) => weight > 0 && (left -= weight) < 0);
    return (hit ?? entries.findLast(([, weight]) => weight > 0) ?? ['sva' as const])[0];
  };
}
