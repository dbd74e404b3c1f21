import type { Side } from './sides.ts';

/** The last state in which both sides were known to agree, field by field, and what is a copy of what. Plain data, carried. */
export interface Link {
  readonly issueId: string;
  readonly issueKey: string;
  /** Hashes by key of the mapping; none: never agreed (a link without a base). */
  readonly fields: Readonly<Record<string, { readonly case: string; readonly issue: string }>>;
  readonly status: { readonly case: string; readonly issue: string } | null;
  readonly watchers: { readonly case: string; readonly issue: string } | null;
  readonly comments: readonly CommentLink[];
  readonly attachments: readonly AttachmentLink[];
  /** Rises by one with each change of this link. */
  readonly version: number;
}

export interface CommentLink {
  readonly origin: Side;
  readonly id: string;
  /** Of the original, when it was copied last. */
  readonly hash: string;
  /** On the other side, in order; several when it was too long for one. None: it stays on its side. */
  readonly copies: readonly { readonly id: string; readonly hash: string }[];
  /** The original was deleted, and the copy says so. */
  readonly deleted?: true;
  /** A person deleted the copy: it is not made again. */
  readonly copyGone?: true;
}

export interface AttachmentLink {
  readonly origin: Side;
  readonly id: string;
  readonly state: 'copied' | 'linked' | 'refused' | 'same';
  /** First 32 hex digits of the SHA-256 of its bytes; null: they were not read (too large, refused). */
  readonly sha256: string | null;
  /** On the other side; null: a comment names it instead, or Lockkeeper could not learn it. */
  readonly copyId: string | null;
}

/** A write that is known to have been asked for, noted before the call: what comes back like this is an echo, no change. */
export type Expected =
  | { readonly side: Side; readonly what: 'field'; readonly key: string; readonly hash: string }
  | { readonly side: Side; readonly what: 'status'; readonly value: string };
