import type { Micros } from './moments.ts';

/** What a record's text is made of. `agent` stands for every type whose findings Halo does not describe. */
export const contents = ['sva', 'csm', 'fim', 'lids', 'sam', 'fw', 'agent'] as const;
export type Content = (typeof contents)[number];

/** A server. What is not here is derived from `n` when it is shown. */
export interface HaloAsset {
  readonly n: number;
  /** With hyphens; paths and v1 have it without. */
  readonly id: string;
  readonly seed: number;
  readonly hostname: string;
  /** Index into `groups`. */
  readonly group: number;
  readonly provider: 'aws' | 'azure' | null;
  readonly os: 'linux' | 'windows';
  state: 'active' | 'missing' | 'deactivated' | 'retired';
  scannedAt: Micros;
  /** Its server answers 404. */
  gone: boolean;
  /** Given by a fixture: replaces fields of the server's body. */
  readonly overlay?: Readonly<Record<string, unknown>>;
}

/** What Halo calls an issue: one rule that one asset breaks. 100,000 of them have to be cheap, so all text is made when shown. */
export interface HaloIssue {
  /** Its place in the list when no time is asked for. */
  readonly n: number;
  readonly id: string;
  readonly seed: number;
  readonly asset: HaloAsset;
  readonly content: Content;
  /** Index into the catalogue of its content. */
  readonly rule: number;
  readonly longName: boolean;
  type: string;
  critical: boolean;
  status: 'active' | 'resolved';
  readonly createdAt: Micros;
  updatedAt: Micros;
  lastSeenAt: Micros;
  resolvedAt: Micros | null;
  resolvedBy: string | null;
  resolutionComment: string | null;
  /** When each of its findings was made, oldest first; the index is part of the finding's id. */
  readonly findings: Micros[];
  /** Indexes of findings that answer 404. */
  lostFindings?: Set<number>;
  /** Given by a fixture: replaces fields of the v3 body. */
  overlay?: Record<string, unknown>;
  /** Fields that a fixture leaves out of the v3 body. */
  omit?: readonly string[];
  /** Given by a fixture: replaces the body of each of its findings. */
  findingOverlay?: Readonly<Record<string, unknown>>;
}
