import { createHash } from 'node:crypto';
import { isRecord } from '../../workflows/shared/guards.ts';
import type { HaloRow } from './schema.ts';

/**
 * What moves with every scan is no news about an issue: times of scans, the lists of their results (`Finding.latest` is compared by
 * itself) and what is counted from them. `comment` repeats `resolution_comment`.
 */
const volatile = new Set([
  ...['updated_at', 'last_seen_at', 'last_discovered', 'findings', 'time_to_resolution', 'comment'],
  // addresses say where it is read, not what it is
  ...['url', 'asset_url', 'agent_url', 'policy_url', 'last_finding_urls'],
]);
/** In v1 a list has null where the description has an empty text, and a word of its own where there is no policy. */
const empty = new Set<unknown>([null, '', 'null_value']);
/** Deeper than anything that Halo answers; what an attacker nests must not end the worker's stack. */
const deepest = 20;

/** Hex SHA-256. The same issue has the same, listed or described, whatever the order of its fields and of the members of its lists. */
export function contentHashOf(row: HaloRow): string {
  const kept = Object.entries(row).filter(([name, value]) => !volatile.has(name) && !empty.has(value));
  const text = toObjectText(kept.map(([name, value]) => [name, alike(name, value)]));
  return createHash('sha256').update(text).digest('hex');
}

/** v1 lists `Linux` and describes `linux`. */
function alike(name: string, value: unknown): unknown {
  return name === 'os_type' && typeof value === 'string' ? value.toLowerCase() : value;
}

function toObjectText(entries: readonly (readonly [string, unknown])[], depth = 0): string {
  const members = entries.map(([name, value]) => `${JSON.stringify(name)}:${toText(value, depth + 1)}`);
  return `{${members.sort().join()}}`;
}

/** Lists are sets here: CVEs, tags and references have no order of their own. */
function toText(value: unknown, depth: number): string {
  if (depth > deepest) return '"…"';
  if (Array.isArray(value))
    return `[${value
      .map((one) => toText(one, depth + 1))
      .sort()
      .join()}]`;
  return isRecord(value) ? toObjectText(Object.entries(value), depth) : JSON.stringify(value);
}
