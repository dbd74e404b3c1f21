import type { PolicyRef } from '../shared/turn.ts';

/** What a change does to a secret: what tickets name, and what rules go by. */
export type SecretAction =
  | 'create'
  | 'value'
  | 'update'
  | 'stage'
  | 'delete'
  | 'restore'
  | 'rotate'
  | 'policy'
  | 'tags'
  | 'replication'
  | 'other';

/** Who called, as CloudTrail says it; null: it does not say. */
export interface Actor {
  /** `AssumedRole`, `IAMUser`, `Root`, `AWSService`, … */
  readonly type: string | null;
  readonly arn: string | null;
  readonly accountId: string | null;
  /** ARN of the role that was assumed. */
  readonly roleArn: string | null;
  /** Chosen by whoever assumed the role. */
  readonly sessionName: string | null;
  readonly userName: string | null;
  /** An AWS service that called on somebody's behalf, such as `secretsmanager.amazonaws.com`. */
  readonly invokedBy: string | null;
  /** Set when the role was assumed, and kept by every role after it. */
  readonly sourceIdentity: string | null;
}

/** Which secret. Its value has no place here, nor anywhere else in Lockkeeper. */
export interface SecretRef {
  /** As AWS answered it, with the suffix of six; or made of what the caller typed, without one. */
  readonly arn: string;
  /** AWS said it: it has the suffix. */
  readonly isComplete: boolean;
  readonly account: string;
  readonly region: string;
}

/** One change of a secret, or one attempt: all that is kept of an event. */
export interface SecretEvent {
  /** CloudTrail's; `label:<digest>` of an event that has none. */
  readonly eventId: string;
  readonly kind: 'call' | 'service' | 'label';
  /** ISO 8601 UTC, whole seconds, as CloudTrail has it. */
  readonly eventTime: string;
  /** AWS's name of the call. */
  readonly eventName: string;
  /** `update`: CloudTrail does not say whether the value was part of it. */
  readonly action: SecretAction;
  /** Where it happened. */
  readonly account: string;
  readonly region: string;
  /** Null: a call that failed, of which CloudTrail does not say what it was about. */
  readonly secret: SecretRef | null;
  /** The version that was made or moved: joins a label event with the call that caused it. */
  readonly versionId: string | null;
  readonly actor: Actor;
  /** Of an attempt that AWS refused, such as `AccessDenied`. */
  readonly errorCode: string | null;
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
  /** What is safe to keep of the parameters, by AWS's name. */
  readonly details: Readonly<Record<string, string>>;
}

/** Fields of a ticket that an approval rests on, at one moment. */
export interface TicketFields {
  readonly status: string;
  /** ARNs or names, a line each. */
  readonly secrets: string;
  /** Empty: every action. */
  readonly actions: readonly string[];
  /** ISO 8601 UTC; null: no bound. */
  readonly windowStart: string | null;
  readonly windowEnd: string | null;
}
export type TicketField = keyof TicketFields;

/** One entry of Jira's change log, of the fields above only. */
export interface TicketChange {
  /** ISO 8601 UTC, with ms. */
  readonly at: string;
  /** Name of a person of the configuration, `jira:<account id>` of somebody else, null: Jira does not say. */
  readonly author: string | null;
  readonly field: TicketField;
  readonly from: TicketFields[TicketField];
  readonly to: TicketFields[TicketField];
}

/** A ticket with everything that ever changed of the fields that are used. */
export interface TicketFacts {
  readonly issueId: string;
  readonly key: string;
  /** ISO 8601 UTC */
  readonly createdAt: string;
  readonly requester: string | null;
  /** As they are now. */
  readonly fields: TicketFields;
  /** In the order in which they happened, all of them. */
  readonly changes: readonly TicketChange[];
}

/** The rules of the audit, made by `toSecretPolicy(config)`; they travel as input. */
export interface SecretPolicy extends PolicyRef {
  readonly approvedStatuses: readonly string[];
  /** Where a name without account and region in a ticket lies; null: such a name covers nothing. */
  readonly home: { readonly account: string; readonly region: string } | null;
  /** Secrets that are not audited: names with `*`. */
  readonly outOfScope: readonly string[];
  /** 12 digits each; empty: every account. */
  readonly accounts: readonly string[];
  /** Roles that rotate, by ARN with `*`. */
  readonly rotationRoles: readonly string[];
  /** Pipelines whose changes come from reviewed code, by ARN with `*`. */
  readonly pipelineRoles: readonly string[];
  readonly breakGlassRoles: readonly string[];
  /** An approval counts for one change; false: for each within its window. */
  readonly singleUse: boolean;
  /** A changer who is nobody of the configuration cannot be told apart from the approver: his change is not authorised. */
  readonly requireKnownActor: boolean;
  /** For so long after the event an approval that was given in time may arrive. */
  readonly graceMinutes: number;
  /** After that many days the verdict does not change any more. */
  readonly graceDays: number;
}

export type VerdictName =
  | 'authorised'
  | 'pending'
  | 'late-approval'
  | 'unapproved'
  | 'wrong-ticket'
  | 'no-ticket'
  | 'self-approved'
  | 'rotation'
  | 'pipeline'
  | 'break-glass'
  | 'attempt'
  | 'out-of-scope';

export interface Verdict {
  readonly verdict: VerdictName;
  /** Key of the ticket that it rests on. */
  readonly ticket: string | null;
  readonly approver: string | null;
  /** ISO 8601 UTC */
  readonly approvedAt: string | null;
  /** For people, one sentence each, the weightiest first. */
  readonly reasons: readonly string[];
}

/** How a change came to our notice. */
export type FoundBy = 'event' | 'sweep';

/** What people said of a change that no approval covered. It explains; the verdict stays. */
export interface Explanation {
  readonly kind: 'me' | 'not-me' | 'unanswered' | 'approved-afterwards' | 'rejected-afterwards';
  /** Name of the person; null: nobody. */
  readonly by: string | null;
  /** ISO 8601 UTC */
  readonly at: string;
  /** What they wrote. */
  readonly text: string;
  /** Key of the finding's ticket. */
  readonly finding: string | null;
}

/** One version of what the ledger says of a change; none is ever overwritten. */
export interface LedgerVerdict extends Verdict {
  /** From 1. */
  readonly version: number;
  /** ISO 8601 UTC */
  readonly decidedAt: string;
  /** After the days of grace: it does not change any more. */
  readonly isFinal: boolean;
  readonly explanation: Explanation | null;
  /** Of a deletion with a recovery window, when that is over. */
  readonly deletion: 'restored' | 'ended' | null;
}

/** What the ledger says of one change. */
export interface LedgerChange {
  readonly event: SecretEvent;
  readonly foundBy: FoundBy;
  /** ISO 8601 UTC */
  readonly recordedAt: string;
  /** The newest version; null: none yet. */
  readonly verdict: LedgerVerdict | null;
}

/** Something that the audit did not hear of by itself. */
export interface CoverageGap {
  /** `missed`: a call that only the sweep found. `unseen`: a secret that changed without any call that is known. */
  readonly kind: 'missed' | 'unseen';
  readonly account: string;
  readonly region: string;
  /** Of the call. */
  readonly eventId: string | null;
  readonly secretArn: string | null;
  /** When it happened, ISO 8601 UTC. */
  readonly at: string;
}
