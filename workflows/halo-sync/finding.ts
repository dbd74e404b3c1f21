/**
 * A finding of a security scanner, in our words. Halo calls it an issue; the word is kept for Jira's. Whatever is text in it
 * comes from outside: data, never markup, JQL or a path.
 */
export const severities = ['critical', 'high', 'medium', 'low', 'unknown'] as const;
export type Severity = (typeof severities)[number];

export interface Finding {
  /** The source's own id, exactly: the value of the id field of its ticket. At most 255 characters. */
  readonly id: string;
  /** Such as `sva`, `csm`, `fim`, `lids`. */
  readonly type: string;
  readonly status: 'active' | 'resolved';
  readonly name: string;
  readonly critical: boolean;
  readonly severity: Severity;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  readonly firstSeenAt: string;
  /** When it changed last, by the source's clock: the watermark is the greatest of these. */
  readonly changedAt: string;
  /** ISO 8601 UTC; null: it is active. */
  readonly resolvedAt: string | null;
  readonly resolvedBy: string | null;
  readonly resolutionComment: string | null;
  /** A page for people; null: the source has none. */
  readonly url: string | null;
  /** Where the newest of its findings (scan result, event) is read; null: there is none. A new one is news, once. */
  readonly latest: string | null;
  readonly asset: { readonly ref: string; readonly name: string; readonly type: string } | null;
  readonly cves: readonly string[];
  /** Hex SHA-256 over what is not volatile: times of scans, counters and lists of scans are left out. */
  readonly contentHash: string;
  /** What mapping, routing and grouping may name, flat: `issue_type`, `asset_group_path`, `issue.csp_region`, … (H-37…H-50). */
  readonly fields: FieldValues;
}

export type FieldValue = string | number | boolean | readonly string[] | null;
export type FieldValues = Readonly<Record<string, FieldValue>>;

/** What is read for a finding besides its row in the list. Null: it is gone at the source (404), which is no error. */
export interface FindingDetails {
  /** `server_*` fields (H-46…H-51) and what else people want to see of the asset; sorted rows. */
  readonly asset: { readonly fields: FieldValues; readonly rows: readonly DetailRow[] } | null;
  /** The newest finding as people read it: a title, rows, items. */
  readonly latest: {
    readonly title: string;
    readonly rows: readonly DetailRow[];
    readonly items: readonly string[];
  } | null;
  readonly cves: readonly {
    readonly id: string;
    readonly score: number | null;
    readonly summary: string | null;
  }[];
  /** Everything as the source gave it, JSON, for the attachment when the text had to be cut. */
  readonly raw: string;
}

export interface DetailRow {
  readonly label: string;
  readonly value: string;
}
