import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { ApprovalPolicy } from '../approval/messages.ts';
import type { Severity } from '../halo-sync/finding.ts';

/**
 * One accepted risk, from the request to its end. Who asks, for how long and why is read from the comment: of the input only its
 * address is believed.
 */
export interface AcceptanceInput {
  readonly source: string;
  readonly findingId: string;
  /** Jira's numeric id of the finding's ticket. */
  readonly issueId: string;
  /** Of the comment that asks. */
  readonly commentId: string;
  /** Whom to ask; the guard compares it with its own worker's rules. */
  readonly policy: ApprovalPolicy;
  readonly runLinkBase: string;
}

/** What was asked for, as Jira and the source of the finding say. */
export interface AcceptanceRequest {
  /** Name of the Jira site in the configuration. */
  readonly site: string;
  readonly ticket: string;
  /** The finding's own words: external text. */
  readonly finding: string;
  readonly severity: Severity;
  /** Author of the comment: a person by name in the configuration, or `jira:<account id>`. */
  readonly requester: string;
  /** ISO 8601 UTC. */
  readonly askedAt: string;
  /** The end of that day, ISO 8601 UTC. */
  readonly until: string;
  readonly reason: string;
}

/** Not possible, and why, is an answer: people are told. */
export type AcceptanceReading =
  | ({ readonly state: 'asked' } & AcceptanceRequest)
  | { readonly state: 'refused'; readonly site: string; readonly ticket: string; readonly reason: string };

/** How an acceptance ends. */
export interface AcceptanceEnd {
  readonly how: 'expired' | 'revoked' | 'unaccepted';
  /** Who ended it; null: its time was over. */
  readonly by: string | null;
  readonly reason: string | null;
}

export type AcceptanceOutcome =
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'rejected'; readonly by: string; readonly reason: string }
  /** Nobody decided in time. */
  | { readonly outcome: 'expired' }
  | { readonly outcome: 'withdrawn'; readonly by: string; readonly reason: string }
  | ({ readonly outcome: 'ended'; readonly until: string } & AcceptanceEnd);

export interface AcceptanceView {
  readonly state: 'reading' | 'asking' | 'accepted' | 'over';
  readonly request: AcceptanceRequest | null;
  readonly approvers: readonly string[];
}

/** {by, reason}: withdraws the request, or ends the acceptance early. It can only become stricter by a signal. */
export const unaccept = defineSignal<[unknown]>('unaccept');
export const acceptance = defineQuery<AcceptanceView>('acceptance');
