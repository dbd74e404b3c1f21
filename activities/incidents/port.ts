import type { CaseSide, CaseStatus, FieldMap, IssueSide, Side } from '../../workflows/incident-sync/sides.ts';
import type { CommentLink } from '../../workflows/incident-sync/link.ts';
import type { LinkRef } from '../../workflows/incident-sync/messages.ts';
import type {
  AttachmentCopied,
  CommentCopied,
  FieldsWritten,
  Note,
  StatusMoved,
} from '../../workflows/incident-sync/steps.ts';

/** One write, named: safe to repeat with the same key (`<workflow id>/<run>/<step>`). */
interface Keyed {
  readonly key: string;
}

/** What `incidentSync`, `incidentIntake` and the sweep need, on the queue that holds the connections' AWS roles and Jira's credential. */
export interface IncidentPort {
  /** All pages of everything; a failed page is a failure, never a deletion. @param input.withTag reads the case's tags, too: one more call */
  readCase(input: {
    connection: string;
    caseId: string;
    fields: readonly FieldMap[];
    withTag: boolean;
  }): Promise<CaseSide>;
  readIssue(input: { connection: string; issueId: string; fields: readonly FieldMap[] }): Promise<IssueSide>;
  /** One issue per case: looked for by its label, created with label and property in one call, oldest kept. */
  ensureIssue(
    input: Keyed & { connection: string; caseId: string; workflowId: string },
  ): Promise<{ issueId: string; issueKey: string; created: boolean }>;
  /**
   * The tag on the case, then property and label of an issue that is there.
   * @returns `wasTied`: the property was there already, so that this is no new pair
   * @throws Conflict it belongs to another case
   */
  tieIssue(input: Keyed & LinkRef & { workflowId: string }): Promise<{ issueKey: string; wasTied: boolean }>;
  /** Takes property, label and tag off. @param input.keepTag the case still says whose issue it had */
  untieIssue(input: Keyed & LinkRef & { keepTag?: boolean }): Promise<void>;
  writeFields(
    input: Keyed &
      LinkRef & {
        to: Side;
        fields: readonly FieldMap[];
        losers: readonly string[];
        /** Hash by key of the value that the plan knew on the written side. */
        known: Readonly<Record<string, string>>;
      },
  ): Promise<FieldsWritten>;
  moveIssue(
    input: Keyed & LinkRef & { status: string; from: CaseStatus; closes: boolean },
  ): Promise<StatusMoved>;
  moveCase(input: Keyed & LinkRef & { path: readonly CaseStatus[] }): Promise<StatusMoved>;
  copyComment(
    input: Keyed &
      LinkRef & {
        act: 'create' | 'edit' | 'mark-deleted';
        origin: Side;
        id: string;
        copies: CommentLink['copies'];
      },
  ): Promise<CommentCopied>;
  copyAttachment(
    input: Keyed &
      LinkRef & {
        origin: Side;
        id: string;
        /** SHA-256 (first 32 hex digits) of what is known to be on the other side. */
        there: readonly string[];
      },
  ): Promise<AttachmentCopied>;
  /** Adds whom the other side has and nobody else; people who cannot be told apart by their exact e-mail are left out. */
  addWatchers(input: Keyed & LinkRef & { to: Side }): Promise<{
    added: number;
    unknown: number;
    /** Hashes afterwards. */
    case: string;
    issue: string;
  }>;
  writeNote(input: Keyed & LinkRef & { note: Note }): Promise<void>;
  /** The one thing that the case itself has to know: its issue is gone. Once; a closed case takes nothing. */
  tellCase(input: Keyed & LinkRef & { about: 'issue-deleted'; issueKey: string }): Promise<void>;
  /**
   * A case from an issue: clientToken from the key, tag `lockkeeper:issue`.
   * @param input.again the issue had a case, which is closed for ever: who made the issue does not count
   * @throws InvalidInput names every required value that is missing
   */
  createCase(
    input: Keyed & { connection: string; issueId: string; again?: boolean },
  ): Promise<{ caseId: string }>;
  /** Whether the case is open and its route counts it among those that hold promotions and changes. One call. */
  readSeverity(input: { connection: string; caseId: string }): Promise<{ severe: boolean }>;
  /** What `incidentIntake` decides by. */
  readIssueTie(input: { connection: string; issueId: string }): Promise<IssueTie>;
  /** Every page of the cases, those changed since. @throws when a page fails: nothing may be concluded from a part */
  sweepCases(input: { connection: string; since: string | null }): Promise<CaseSweep>;
  /** Issues of ours that changed lately, by search: a little late. */
  sweepIssues(input: {
    connection: string;
    changedWithinMinutes: number;
  }): Promise<{ issues: readonly ChangedIssue[] }>;
}

export interface IssueTie {
  readonly issueId: string;
  readonly issueKey: string;
  readonly found: boolean;
  /** By our own property, written by our own account. */
  readonly caseId: string | null;
  /** The rules of the connection let a case be made of it; null: they do, else why not. */
  readonly notEligible: string | null;
}

export interface ChangedIssue extends IssueTie {
  /** ISO 8601 UTC */
  readonly updatedAt: string;
}

export interface CaseSweep {
  /** Changed at or after `since`; with `since` null: every one that is open. */
  readonly changed: readonly {
    readonly caseId: string;
    readonly updatedAt: string;
    readonly closed: boolean;
  }[];
  readonly open: number;
  readonly listed: number;
  /** Calls made. */
  readonly calls: number;
}
