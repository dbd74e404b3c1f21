import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { PolicyRef } from '../shared/turn.ts';

/** What a person can say about a request. `override` is break-glass; `hold` sets a hold of `freeze`, `steal` frees the turn. */
export const verbs = ['approve', 'reject', 'request-info', 'revoke', 'override', 'hold', 'steal'] as const;
export type Verb = (typeof verbs)[number];

/** How the person was identified. A signing key may assert only the ways that it is listed for. */
export const vias = ['slack', 'cli', 'jira'] as const;
export type Via = (typeof vias)[number];

export interface Quorum {
  /** Name of a group in the configuration. */
  readonly group: string;
  /** So many different people of it; a person fills one seat only. */
  readonly count: number;
}

export interface WorkingHours {
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string;
  readonly days: readonly ('mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun')[];
  /** `09:00`, local time. */
  readonly from: string;
  readonly to: string;
}

export type ReminderTarget = 'thread' | 'dm' | 'on-call';

/** The rules of one kind of decision: made by `toApprovalPolicy(config, name)`, recorded in history, compared by guarded activities. */
export interface ApprovalPolicy extends PolicyRef {
  readonly quorum: readonly Quorum[];
  readonly exclude: readonly ('requester' | 'author' | 'changer')[];
  /** `high`: approving needs a reason too. */
  readonly risk: 'normal' | 'high';
  /** Name of a Slack channel in the configuration. */
  readonly channel: string;
  /** False: the Slack message has a link and no buttons; decisions come by CLI or Jira. */
  readonly buttons: boolean;
  /** In rising order; minutes since the request was delivered, counted in working hours if there are any. */
  readonly reminders: readonly { readonly afterMinutes: number; readonly to: ReminderTarget }[];
  readonly workingHours: WorkingHours | null;
  /** Calendar minutes from delivery; pauses add to it. */
  readonly expiresAfterMinutes: number;
  /** Break-glass: who may, who reviews afterwards, and by when. Null: nobody. */
  readonly override: {
    readonly group: string;
    readonly reviewers: string;
    readonly reviewWithinMinutes: number;
  } | null;
}

/** What people are shown, and what the digest is over: messages are rendered from this object and from nothing else. */
export interface Evidence {
  readonly kind:
    | 'agent-promotion'
    | 'promotion-rollback'
    | 'freeze-hold'
    | 'freeze-override'
    | 'override-review'
    | 'change'
    | 'change-plan'
    | 'change-inspection'
    | 'auto-approval'
    | 'finding-flood'
    | 'finding-acceptance'
    | 'incident-conflict'
    | 'secret-question'
    | 'secret-afterwards';
  /** `Promote agent 1.4.2 to prod-a, prod-b (DEVOPS-77)`. */
  readonly title: string;
  /** What a guarded activity compares with the write that it is about to make. `runId` is always there: an approval is for one run. */
  readonly subject: Readonly<Record<string, string | number | boolean | readonly string[]>> & {
    readonly runId: string;
  };
  /** Shown as they are: external text is data. */
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  readonly links: readonly { readonly label: string; readonly href: string }[];
  /** People by name in the configuration; `jira:<account id>` for somebody it does not name. Null: nobody asked. */
  readonly requester: string | null;
  readonly authors: readonly string[];
  readonly changers: readonly string[];
  /** More ways than one to approve: whoever approves chooses one, and approvals count together only when they chose alike. */
  readonly choices?: readonly { readonly id: string; readonly label: string }[];
}

/** The claims of a decision's JWS (EdDSA). Times in seconds since 1970. */
export interface DecisionClaims {
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
  /** `<namespace>/<workflow id>`. */
  readonly aud: string;
  readonly requestId: string;
  readonly evidenceDigest: string;
  /** `<name>@<version>`. */
  readonly policy: string;
  readonly verb: Verb;
  /** Name of a person in the configuration. */
  readonly principal: string;
  /** The person whose delegate the principal was at that time. */
  readonly actingFor: string | null;
  /** Of the policy's groups, those that the principal (or who is acted for) was a member of at that time. */
  readonly groups: readonly string[];
  readonly via: Via;
  /** The vendor's id of the click, comment or call. */
  readonly sourceEventId: string;
  readonly reason: string | null;
  /** For `hold`: when it ends by itself, ISO 8601 UTC. */
  readonly until?: string | null;
  /** For `approve` where the evidence offers choices: the id of one. */
  readonly choice?: string | null;
}

/** One envelope after verification by signature, key, audience and form. */
export type VerifiedDecision =
  | { readonly state: 'valid'; readonly claims: DecisionClaims }
  | {
      readonly state: 'refused';
      readonly rule: RefusalRule;
      readonly reason: string;
      readonly jti: string | null;
    }
  /** Perhaps made with a key that this worker does not have yet: try again. */
  | { readonly state: 'unknown-key'; readonly keyId: string; readonly jti: string | null };

export type RefusalRule =
  | 'malformed'
  | 'bad-signature'
  | 'unknown-key'
  | 'key-not-allowed'
  | 'wrong-workflow'
  | 'outdated'
  | 'other-request'
  | 'stale-evidence'
  | 'other-policy'
  | 'replayed'
  | 'expired'
  | 'closed'
  | 'point-of-no-return'
  | 'self-approval'
  | 'delegate-of-requester'
  | 'author'
  | 'changer'
  | 'not-a-member'
  | 'reason-missing'
  | 'choice-missing'
  | 'nothing-to-revoke'
  | 'override-not-allowed'
  | 'review-overdue';

/** What became of one envelope. */
export interface DecisionRecord {
  readonly jti: string | null;
  readonly state: 'accepted' | 'refused';
  readonly rule: RefusalRule | null;
  /** Said to the person. */
  readonly text: string;
  readonly verb: Verb | null;
  readonly principal: string | null;
  readonly via: Via | null;
  /** ISO 8601 UTC, of the decision (`iat`); of the verification when nothing says it. */
  readonly at: string;
}

export type DecisionAnswer =
  | { readonly state: 'accepted' | 'refused'; readonly rule: RefusalRule | null; readonly text: string }
  | { readonly state: 'pending' };

export type RequestState =
  'open' | 'info-requested' | 'approved' | 'committed' | 'rejected' | 'expired' | 'void';

export interface CountedDecision {
  readonly principal: string;
  readonly actingFor: string | null;
  readonly verb: Verb;
  readonly via: Via;
  readonly at: string;
  readonly reason: string | null;
  readonly choice?: string;
}

/** One request as every view shows it: Slack, Jira, CLI, inbox. */
export interface RequestView {
  readonly requestId: string;
  readonly workflowId: string;
  /** `<workflow id>/<round>/<name of the question>`: key of its messages. */
  readonly key: string;
  readonly runLink: string;
  readonly evidence: Evidence;
  readonly evidenceDigest: string;
  readonly policy: ApprovalPolicy;
  readonly state: RequestState;
  readonly overridden: boolean;
  readonly openedAt: string;
  /** ISO 8601 UTC; null while the clock stands still. */
  readonly deadline: string | null;
  /** Those that count now; revoked ones are gone. */
  readonly decisions: readonly CountedDecision[];
  readonly missing: readonly Quorum[];
  readonly refusals: number;
  /** Why it was rejected, voided, or what is asked; what happened afterwards, such as `published`. */
  readonly note: string | null;
  /** Until when it can be revoked, in words; null when it cannot. */
  readonly revocable: string | null;
}

/** What a guarded activity needs to check by itself that people allowed its write. */
export interface Grant {
  readonly requestId: string;
  readonly evidence: Evidence;
  readonly policy: ApprovalPolicy;
  /** The envelopes as they came, in the order of their arrival. */
  readonly envelopes: readonly string[];
}

/** {envelope}: a JWS in compact form. Anything else is recorded and refused. */
export const decide = defineSignal<[unknown]>('decide');
/** What became of the envelope with this jti. */
export const decision = defineQuery<DecisionAnswer, [string]>('decision');
/** All requests of this run, the newest last. */
export const requests = defineQuery<readonly RequestView[]>('requests');
/** What became of every envelope, at most the last 200. */
export const decisions = defineQuery<readonly DecisionRecord[]>('decisions');
