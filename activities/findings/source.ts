import type { Finding, FindingDetails } from '../../workflows/halo-sync/finding.ts';

export interface ListQuery {
  readonly status: 'active' | 'resolved';
  /** ISO 8601 UTC, inclusive: changed (active) or resolved (resolved) since; null: everything. */
  readonly since: string | null;
  readonly criticalOnly: boolean;
  /** Further parameters of the source, as configured. */
  readonly filters: Readonly<Record<string, string>>;
}

export interface FindingPage {
  readonly findings: readonly Finding[];
  /** Opaque; null: this was the last page. */
  readonly next: string | null;
  /** Rows that could not be read: the others are. */
  readonly faults: readonly { readonly findingId: string; readonly reason: string }[];
}

/**
 * Where findings come from: Halo, or a file. A second source is a folder with one of these. Every verb only reads: it is safe to
 * repeat. Faults of the vendor are thrown as our failure types; one thing that is gone is null.
 */
export interface FindingSource {
  /** Such as `halo`. */
  readonly kind: string;
  /** What the source can read besides a finding's row: calls are made for these only. */
  readonly types: readonly string[];
  list(query: ListQuery, cursor: string | null): Promise<FindingPage>;
  /** @returns null when the source does not have it any more */
  describe(findingId: string): Promise<Finding | null>;
  /** Shared assets and CVEs are read once for many findings; the story of the cache is at the implementation. */
  details(
    finding: Finding,
    want: { readonly asset: boolean; readonly latest: boolean; readonly cves: boolean },
  ): Promise<FindingDetails>;
}
