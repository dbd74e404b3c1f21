import type { AttachmentLink, CommentLink } from './link.ts';
import type { CaseStatus, Side } from './sides.ts';

/** One write that brings the two sides closer; ordered by `planSync`, each an activity of its own. */
export type Step =
  /** Fields of one side from the other, in one call; of `losers` the value that stands there is kept in a comment first. */
  | {
      readonly kind: 'fields';
      readonly to: Side;
      readonly keys: readonly string[];
      readonly losers: readonly string[];
    }
  /** `closes`: with the closure code and text of the case. */
  | {
      readonly kind: 'issue-status';
      readonly status: string;
      readonly from: CaseStatus;
      readonly closes: boolean;
    }
  /** The hops of the case's own graph, in order; the last may be `Closed`. */
  | { readonly kind: 'case-status'; readonly path: readonly CaseStatus[]; readonly from: string }
  | {
      readonly kind: 'comment';
      readonly act: 'create' | 'edit' | 'mark-deleted';
      readonly origin: Side;
      readonly id: string;
      readonly copies: CommentLink['copies'];
    }
  | { readonly kind: 'attachment'; readonly origin: Side; readonly id: string }
  | { readonly kind: 'watchers'; readonly to: Side }
  /** Words for people in Jira, once per `name`; never copied to the case. */
  | { readonly kind: 'note'; readonly name: string; readonly note: Note };

/** What a note says; the texts are in `texts.ts`. */
export type Note =
  | { readonly about: 'status-held'; readonly side: Side; readonly status: string; readonly reason: string }
  | { readonly about: 'status-shared'; readonly status: CaseStatus }
  /** Says, too, that from now on nothing written in Jira reaches the case. */
  | { readonly about: 'closed'; readonly closureCode: string | null; readonly closedAt: string | null }
  | { readonly about: 'reopened-after-close'; readonly policy: 'new-case' | 'alert' }
  | { readonly about: 'case-gone' }
  | { readonly about: 'customer-pending'; readonly since: string; readonly level: number };

/** The name of a step in a key, a parked list and the Web UI; the same for the same thing. */
export function stepName(step: Step): string {
  switch (step.kind) {
    case 'fields':
      return `fields-to-${step.to}`;
    case 'comment':
      return `comment-${step.act}-${step.origin}-${step.id}`;
    case 'attachment':
      return `attachment-${step.origin}-${step.id}`;
    case 'watchers':
      return `watchers-to-${step.to}`;
    case 'note':
      return `note-${step.name}`;
    default:
      return step.kind;
  }
}

/** A question that only a person can answer: both sides changed a field whose conflicts are asked about. */
export interface FieldConflict {
  readonly key: string;
  readonly case: string;
  readonly issue: string;
}

/** A status that is not mapped, or that no legal way leads to: shown, never guessed. */
export interface StatusHold {
  readonly side: Side;
  readonly status: string;
  readonly reason: 'unmapped' | 'no-way' | 'aws-managed';
}

export interface Plan {
  readonly steps: readonly Step[];
  readonly conflicts: readonly FieldConflict[];
  readonly hold: StatusHold | null;
  /** The issue was reopened though its case is closed for ever. */
  readonly reopened: boolean;
}

/** What the activities answer, by kind of step. */
export interface FieldsWritten {
  /** Hashes of both sides afterwards, by key. */
  readonly fields: Readonly<Record<string, { readonly case: string; readonly issue: string }>>;
  /** Keys whose overwritten value was another than the plan knew: it is in a comment. */
  readonly kept: readonly string[];
}
export interface StatusMoved {
  /** Where it is now. */
  readonly status: string;
  /** Why it is not where it should be; null: it is. */
  readonly held: string | null;
}
export interface CommentCopied {
  readonly hash: string;
  readonly copies: CommentLink['copies'];
  /** Nothing was written: it is not there any more, or it must stay. */
  readonly skipped?: 'gone' | 'internal' | 'ours';
}
export type AttachmentCopied = Pick<AttachmentLink, 'state' | 'sha256' | 'copyId'>;
