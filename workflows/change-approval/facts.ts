import type { HoldsReport } from '../../activities/temporal/port.ts';
import type { ChangePolicy, ChangeRequest } from './messages.ts';

/** Why a commit was not reviewed as the rules want it. */
export type CommitRule =
  /** No merge request brought it. */
  | 'direct-push'
  /** Nobody approved its merge request. */
  | 'unreviewed'
  /** Only people approved who wrote, committed, co-authored, pushed or opened it. */
  | 'self-approved'
  /** It was squashed on the merge (C-20). */
  | 'squash'
  /** Pushed after the last approval (C-21). */
  | 'after-approval'
  /** A machine or a project token pushed it and nobody approved it. */
  | 'bot'
  /** A merge commit with changes of its own, or of two branches that no merge request covers. */
  | 'merge'
  /** GitLab does not tell enough about it. */
  | 'unknown';

export interface CommitFinding {
  readonly sha: string;
  readonly rule: CommitRule;
  /** One line; the commit's title is in it as data. */
  readonly text: string;
  readonly href: string;
}

/** All commits between the last approved change and this one, folded. Made by the activity `reviewCode` with `review-rules.ts`. */
export interface CodeReview {
  /** SHA of the last approved change; null: there is none. */
  readonly from: string | null;
  readonly to: string;
  readonly commits: number;
  readonly reviewed: number;
  /** Version bumps, by content (C-17). */
  readonly exempt: number;
  /** The first 20. */
  readonly findings: readonly CommitFinding[];
  readonly moreFindings: number;
  /** At most 30. */
  readonly mergeRequests: readonly { readonly iid: number; readonly title: string; readonly href: string }[];
  /** Jira keys in branch names and titles, at most 30. */
  readonly issues: readonly string[];
  /**
   * Everybody who authored, committed, co-authored or pushed any of them, at most 200: names in the configuration, else
   * `gitlab:<user name>` or `email:<address>`. They may not approve (C-16).
   */
  readonly authors: readonly string[];
  /** False: `from` is no ancestor of `to` (a rewritten branch, or a roll-back): a person decides. */
  readonly linear: boolean;
  /** GitLab compares `from...to`. */
  readonly href: string;
}

export interface Scan {
  /** As in `ScanRules.required`. */
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'running' | 'missing';
  /** ISO 8601 UTC; null while it has not ended. */
  readonly finishedAt: string | null;
  /** Findings that nobody dismissed, by severity. */
  readonly findings: Readonly<Record<'critical' | 'high' | 'medium' | 'low' | 'info' | 'unknown', number>>;
  readonly href: string;
}

export interface ScanReport {
  /** The commit that the scans are of. */
  readonly sha: string;
  readonly scans: readonly Scan[];
}

/** What CI says of the build that was asked for. */
export interface BuildFacts {
  /** False: no such pipeline or job. */
  readonly found: boolean;
  readonly sha: string | null;
  readonly branch: string | null;
  readonly buildJob: string | null;
  /** GitLab's word for the build job, `success`; null: not found. */
  readonly buildStatus: string | null;
  readonly href: string | null;
  /** Who triggered the pipeline, as in `ChangeRequester.person`. */
  readonly triggeredBy: string | null;
}

/** What the ticket system knows of the project. */
export interface HistoryFacts {
  /** The newest approved change of project and environment before this one; null: first deploy (C-26). */
  readonly lastApproved: { readonly ticket: string; readonly sha: string; readonly at: string } | null;
  /** Changes of the project that are not in an end status, besides this one (C-27), at most 20. */
  readonly related: readonly {
    readonly ticket: string;
    readonly status: string;
    readonly environment: string;
    readonly build: string;
  }[];
  /** Open incidents of the highest severity, at most 20; null: the configuration names no search for them. */
  readonly incidents: readonly { readonly ticket: string; readonly summary: string }[] | null;
}

/** Everything that the checks judge. Pure data, read afresh for every analysis. */
export interface ChangeFacts {
  readonly request: ChangeRequest;
  readonly policy: ChangePolicy;
  /** Data of the ticket that decides, as it is now. */
  readonly ticket: {
    readonly key: string;
    readonly mismatches: readonly string[];
    readonly missing: readonly string[];
  };
  readonly build: BuildFacts;
  readonly code: CodeReview;
  readonly scans: ScanReport;
  readonly history: HistoryFacts;
  readonly holds: HoldsReport;
  /** ISO 8601 UTC, of the analysis. */
  readonly now: string;
}
