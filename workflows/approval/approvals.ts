import type { TicketRef } from '../../activities/jira/port.ts';
import type { Patience } from '../shared/patience.ts';
import type { ApprovalPolicy, DecisionClaims, Evidence, Grant, RefusalRule } from './messages.ts';

/** A question to people. */
export interface Question {
  /** Unique within the round: `production`, `wave-2`. */
  readonly name: string;
  readonly evidence: Evidence;
  readonly policy: ApprovalPolicy;
  /** Also asked on this ticket; null: Slack and CLI only. */
  readonly ticket: TicketRef | null;
  /** `override`: it asks for an exception from a freeze. Default `approve`. */
  readonly counts?: 'approve' | 'override';
  /** Not shown anywhere before somebody has decided something. */
  readonly silent?: boolean;
  /** Until when it can be revoked, in words, such as `until wave 1 begins`. */
  readonly revocable?: string;
}

export type Settlement =
  | {
      readonly outcome: 'approved';
      readonly grant: Grant;
      readonly approvers: readonly string[];
      readonly overridden: boolean;
      /** Of the evidence's choices; left out where there are none, and after an override. */
      readonly choice?: string;
    }
  | { readonly outcome: 'rejected'; readonly by: string; readonly reason: string }
  | { readonly outcome: 'expired' }
  | { readonly outcome: 'void'; readonly reason: string };

export interface ApprovalRequest {
  readonly requestId: string;
  readonly evidenceDigest: string;
  /** Waits until it is decided; after a revoke it may be waited for again. Never answers while an envelope is unverified. */
  settled(): Promise<Settlement>;
  /** What it is now, without waiting for people; undefined while it is open. */
  settlement(): Settlement | undefined;
  /** The point of no return: every envelope is verified first. Asked again it answers the same. @returns undefined when it does not stand any more */
  commit(): Promise<(Settlement & { outcome: 'approved' }) | undefined>;
  /** What was shown is not true any more: nothing counts, the views say why. */
  void(reason: string): void;
  /** What became of it, for the views: `published to 3 accounts`. */
  note(text: string): void;
  /** The requester gave the information that was asked for: the clock runs again. */
  answered(): void;
  /** What those wrote who approved, one after the other; `` where nobody wrote anything. */
  reasons(): string;
  /** What was said on its ticket until now has been read and judged, or so long has passed. */
  heard(atMostMs: number): Promise<void>;
}

/** What becomes of an envelope that answers no request; recorded and answered by `decision(jti)` like any other. */
export type ClaimsAnswer =
  | { readonly accepted: true; readonly text: string }
  | { readonly accepted: false; readonly rule: RefusalRule; readonly text: string };

export interface Approvals {
  /** No envelope waits for its verification: a run that continues as new waits for this, since its successor does not have them. */
  idle(): boolean;
  ask(question: Question): Promise<ApprovalRequest>;
  /** The ticket changed: its comments are read for decisions, once, soon. */
  ticketChanged(): void;
  /** Every view shows the last state; called before the run ends. Gives up after `atMostMs` while vendors are down. */
  shown(atMostMs: number): Promise<void>;
}

export interface ApprovalsOptions {
  readonly patience: Patience;
  /** `stepKey` of the run's round. */
  readonly key: (step: string) => string;
  readonly runLink: string;
  /** Shows what the run waits for, `` when it does not; as `Progress.waitFor`. */
  readonly waitFor: (code: string, dueBy?: string) => void;
  readonly heartbeatSeconds?: number;
  /**
   * Gets the claims of every envelope that verified and is no repeat, before any request sees them: for verbs that answer no
   * request, such as `hold` at `freeze`. Synchronous. @returns undefined: not taken, the requests judge it as ever
   */
  readonly onClaims?: (claims: DecisionClaims) => ClaimsAnswer | undefined;
}
