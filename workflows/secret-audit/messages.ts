import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ApprovalPolicy } from '../approval/messages.ts';
import type { Explanation, FoundBy, SecretEvent, SecretPolicy, Verdict, VerdictName } from './facts.ts';

export type * from './facts.ts';

/** What is done about a change that no approval covers, and where; it travels beside the rules. */
export interface SecretOrder {
  /** Name of a Jira site. */
  readonly site: string;
  readonly runLinkBase: string;
  readonly project: string;
  readonly issueType: string;
  /** Channels that hear of what nobody explains. */
  readonly channels: readonly string[];
  /** Changes of one principal within so many seconds are one finding. */
  readonly collectSeconds: number;
  /** Of “was this you?”; its quorum is replaced by the people who are asked. */
  readonly question: ApprovalPolicy;
  /** By which others approve afterwards. */
  readonly approval: ApprovalPolicy;
}

export interface SecretChangeInput {
  readonly eventId: string;
  /** Null: it is in the ledger. */
  readonly event: SecretEvent | null;
  readonly foundBy: FoundBy;
  readonly policy: SecretPolicy;
  /** Name of the Jira site whose tickets approve. */
  readonly site: string;
}

/** `joined`: a label event of a call that is audited itself. `unknown`: the ledger has no such change. */
export type SecretChangeOutcome = {
  readonly eventId: string;
  readonly verdict: VerdictName | 'joined' | 'unknown';
  readonly ticket: string | null;
  readonly isFinal: boolean;
};

export interface SecretChangeView {
  readonly eventId: string;
  readonly event: SecretEvent | null;
  readonly verdict: Verdict | null;
  /** ISO 8601 UTC; of a deletion that can still be taken back. */
  readonly restorableUntil: string | null;
}

/** Something may have changed of the tickets: decide again. */
export const lookAgain = defineSignal<[unknown]>('lookAgain');
export const secretChangeView = defineQuery<SecretChangeView>('secretChange');

export interface SecretTicketInput {
  readonly site: string;
  /** Numeric id; or a key where nothing else is known: that run only tells the one of the id. */
  readonly issueId: string;
  readonly policy: SecretPolicy;
  /** Of the run before. */
  readonly claims?: readonly Claim[];
}

/** A change that rests on an approval which counts once. */
export interface Claim {
  readonly eventId: string;
  /** ISO 8601 UTC, whole seconds. */
  readonly eventTime: string;
}

/** Null: the approval is this change's. Else the earlier change that it belongs to. */
export interface ClaimAnswer {
  readonly earlier: string | null;
}

export const claimTicket = defineUpdate<ClaimAnswer, [unknown]>('claimTicket');
/** Jira says that the ticket changed: {deliveryId, event}. */
export const ticketHint = defineSignal<[unknown]>('ticketHint');
export const claims = defineQuery<readonly Claim[]>('claims');

/** What a finding says of one change. */
export interface FindingChange {
  readonly eventId: string;
  readonly eventTime: string;
  readonly eventName: string;
  readonly account: string;
  readonly region: string;
  /** Name of the secret, or what is known of it. */
  readonly secret: string;
  readonly actor: string;
  /** People by name. */
  readonly changer: string | null;
  readonly owners: readonly string[];
  readonly verdict: VerdictName;
  readonly ticket: string | null;
  readonly reason: string;
  /** Of a deletion, ISO 8601 UTC. */
  readonly restorableUntil: string | null;
}

export interface SecretFindingInput {
  readonly order: SecretOrder;
  /** Whose changes, as CloudTrail names them. */
  readonly actor: string;
}

/** What became of the findings of one principal. */
export interface SecretFindingOutcome {
  readonly findings: readonly FindingEnd[];
}
export interface FindingEnd {
  readonly ticket: string;
  readonly changes: number;
  /** `cleared`: approvals were found. */
  readonly end: Explanation['kind'] | 'cleared';
}

export const discrepancy = defineSignal<[unknown]>('discrepancy');
/** An approval was found after all: {eventId, verdict}. */
export const cleared = defineSignal<[unknown]>('cleared');
export const findings = defineQuery<readonly FindingEnd[]>('findings');
