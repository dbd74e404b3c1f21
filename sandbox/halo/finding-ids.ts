import type { HaloStore } from './halo-store.ts';
import type { HaloIssue } from './model.ts';
import { hex, mix, scramble, unscramble } from './scramble.ts';

/** Types whose findings are results of scans; those of the others are events. */
const scanned = new Set(['sva', 'csm', 'fim']);

/** Keeps ids of findings apart from those of issues and assets: see uuidOf. */
const findingKind = 7 << 24;

/** The id of an issue's `k`-th finding: it names both, so that no table of findings is needed. */
export function findingIdOf(issue: HaloIssue, k: number): string {
  const hash = mix(issue.n, k, 30);
  return `${hex(scramble(issue.n ^ findingKind), 8)}${hex(k, 4)}11ef${hex(hash, 8)}${hex(mix(k, issue.n, 31), 8)}`;
}

/** One scan of an asset has one id, whatever it found. */
export function scanIdOf(issue: HaloIssue, k: number): string {
  const { asset, findings } = issue;
  const ms = Math.floor((findings[k] ?? 0) / 1000);
  const hash = mix(asset.n, ms >>> 0, Math.floor(ms / 0x1_0000_0000));
  return `${hex(hash, 8)}${hex(asset.n, 4)}11ef${hex(mix(hash, asset.n, 32), 8)}${hex(mix(asset.n, hash, 33), 8)}`;
}

export function findingPathOf(
  issue: HaloIssue,
  k: number,
  id = findingIdOf(issue, k),
  scan = scanIdOf(issue, k),
): string {
  return scanned.has(issue.content) ? `/v1/scans/${scan}/findings/${id}` : `/v1/events/${id}`;
}

/** What stands at such a path. @returns undefined where Halo answers 404 */
export function findingAt(store: HaloStore, path: string): { issue: HaloIssue; k: number } | undefined {
  const id = path.slice(path.lastIndexOf('/') + 1);
  const issue = store.byNumber((unscramble(Number.parseInt(id.slice(0, 8), 16)) ^ findingKind) >>> 0);
  const k = Number.parseInt(id.slice(8, 12), 16);
  if (!issue || issue.findings[k] === undefined || issue.lostFindings?.has(k)) return undefined;
  return findingPathOf(issue, k) === path ? { issue, k } : undefined;
}
