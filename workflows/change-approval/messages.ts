import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { ApprovalPolicy, Grant } from '../approval/messages.ts';
import type { ProgressReport } from '../shared/progress.ts';
import type { PolicyRef } from '../shared/turn.ts';
import type { PlanReport } from './plan-report.ts';

/** Who asked for the deploy, as far as anybody proved it. */
export interface ChangeRequester {
  /** By name in the configuration; `gitlab:<user name>` for somebody it does not name; null: nobody proved it. */
  readonly person: string | null;
  /** True: a GitLab ID token says so. */
  readonly verified: boolean;
  /** Who triggered the pipeline, when a token says it; in the same form. */
  readonly triggeredBy: string | null;
}

/** What is to be deployed: fixed when it is asked for, compared before the deploy begins (C-10…C-12). */
export interface ChangeBuild {
  readonly environment: string;
  /** Full path in GitLab, `shop/web`. */
  readonly project: string;
  /** Name of the build job. */
  readonly buildJob: string;
  /** Number of the build: the pipeline's id in GitLab; 1 to 64 of letters, digits, `.`, `_`, `-`. */
  readonly build: string;
  readonly branch: string;
  /** 40 hex digits. */
  readonly sha: string;
  /** What the deploy does: `deploy` unless said otherwise. */
  readonly action: string;
}

/** Required data that the caller gave; what is missing is worked out, or asked for on the ticket (C-6, C-7). */
export interface GivenDetails {
  readonly summary?: string;
  readonly justification?: string;
  readonly rollbackPlan?: string;
  readonly components?: readonly string[];
}

export interface ChangeRequest extends ChangeBuild {
  readonly requester: ChangeRequester;
  readonly given: GivenDetails;
  /** The GitLab pipeline; null: another CI. */
  readonly pipelineId: number | null;
  /** A manual GitLab job that is played once everything is approved (`--detach`); null: the CI job waits by itself. */
  readonly deployJobId: number | null;
}

export interface ReviewRules {
  /** `strict`: a squashed merge needs a person (C-20); `resolve-squash`: it counts as its merge request was approved. */
  readonly mode: 'strict' | 'resolve-squash';
  /** GitLab user names whose commits are a machine's: never approvers, always named. */
  readonly bots: readonly string[];
  /** Files whose version fields may change without review, by content (C-17): `package.json`, `pom.xml` … Empty: no exemption. */
  readonly versionFiles: readonly string[];
}

export interface ScanRules {
  /** Names of GitLab jobs or report types that must have succeeded for this SHA: `sast`, `secret_detection`. */
  readonly required: readonly string[];
  readonly blocking: readonly ('critical' | 'high' | 'medium' | 'low' | 'info' | 'unknown')[];
  readonly maxAgeHours: number;
}

/** The rules of one run: made by `toChangePolicy(config, environment)`, recorded in history, compared again by guarded activities. */
export interface ChangePolicy extends PolicyRef {
  readonly environment: string;
  /** Jira site of the ticket. */
  readonly site: string;
  /** Who approves what the analysis leaves to people. */
  readonly approval: ApprovalPolicy;
  /** Who approves a risky plan (C-42…C-44). */
  readonly planApproval: ApprovalPolicy;
  /** True: nobody is asked when every check passes (C-24). */
  readonly autoApprove: boolean;
  readonly review: ReviewRules;
  readonly scans: ScanRules;
  /** `required`: no deploy begins before a plan of it was reported (C-35). */
  readonly plan: 'required' | 'optional';
  /** A freeze is configured: its holds are a check of their own. */
  readonly freezes: boolean;
  /** So long a played deploy job may run, minutes. */
  readonly deployDeadlineMinutes: number;
  readonly heartbeatSeconds: number;
  readonly notify: { readonly failure: readonly string[]; readonly success: readonly string[] };
  readonly runLinkBase: string;
}

export interface ChangeInput {
  readonly request: ChangeRequest;
  readonly policy: ChangePolicy;
  readonly carried?: {
    readonly deliveries: readonly string[];
    readonly round: string;
    readonly plan: PlanReport | null;
  };
}

export type CheckVerdict = 'pass' | 'manual' | 'fail' | 'pending';

/** One row of the verdict. `manual`: a person must decide; `pending`: it will be known later; neither is passed. */
export interface CheckResult {
  /** `review`, `scan`, `first-deploy`, `related`, `freeze`, `incident`, `duties`, `ticket` … */
  readonly id: string;
  readonly title: string;
  readonly verdict: CheckVerdict;
  /** What was found, one line each, at most 20; external text is data. */
  readonly found: readonly string[];
  readonly links: readonly { readonly label: string; readonly href: string }[];
  /** What would make it pass; `` when it does. */
  readonly fix: string;
}

export interface Verdict {
  /** `approve`: every check passes. Never a decision: whether anybody is asked is the policy's. */
  readonly recommends: 'approve' | 'manual' | 'wait';
  readonly checks: readonly CheckResult[];
}

/** Where a gate stands, as CI jobs are told. */
export type GateState =
  | 'preparing'
  | 'needs-info'
  | 'analysing'
  | 'waiting'
  | 'approved'
  | 'checking'
  | 'plan-review'
  | 'go'
  | 'deploying'
  | 'deploy-failed'
  | 'deployed'
  | 'rejected'
  | 'cancelled'
  | 'expired';

/** The answer of the `gate` query. */
export interface GateView {
  readonly state: GateState;
  /** One sentence for the job's log. */
  readonly text: string;
  readonly ticket: string | null;
  readonly ticketUrl: string | null;
  readonly runLink: string;
  /** As `LkWaitingOn`. */
  readonly waitingOn: string;
  /** Names of required data that nobody gave yet. */
  readonly missing: readonly (keyof GivenDetails)[];
  readonly verdict: Verdict | null;
  /** The answer to each attempt to begin, newest last, at most 20; `go` only where everything was right at that moment. */
  readonly attempts: readonly BeginAnswer[];
  readonly plan: {
    readonly digest: string;
    readonly risky: boolean;
    readonly state: 'accepted' | 'review' | 'rejected';
  } | null;
  /** What people allowed, so that whoever hands it to CI can check it by itself; null: not approved, or by policy alone. */
  readonly grant: Grant | null;
  readonly planGrant: Grant | null;
  readonly automatic: boolean;
}

export interface BeginAnswer {
  readonly attempt: string;
  readonly answer: 'pending' | 'go' | 'mismatch' | 'not-approved';
  readonly text: string;
}

export type ChangeOutcome =
  | {
      readonly outcome: 'deployed';
      readonly ticket: string;
      readonly automatic: boolean;
      readonly approvers: readonly string[];
      /** Seconds from the beginning of the deploy to its end. */
      readonly seconds: number;
    }
  | { readonly outcome: 'rejected'; readonly ticket: string; readonly by: string; readonly reason: string }
  | { readonly outcome: 'cancelled'; readonly ticket: string; readonly reason: string }
  | { readonly outcome: 'expired'; readonly ticket: string }
  /** The ticket of this build is closed already, or the run found nothing to do. */
  | { readonly outcome: 'nothing-to-do'; readonly reason: string };

/** {deliveryId, event}: a hint to read the ticket again. */
export const ticketChanged = defineSignal<[unknown]>('ticketChanged');
/** {deliveryId, event}: merge requests, approvals, scans or pipelines of the project changed: analyse again. */
export const codeChanged = defineSignal<[unknown]>('codeChanged');
/** {attempt, buildJob, build, branch, sha}: a CI job asks to begin its deploy now. Answered in `gate().attempts`. */
export const beginDeploy = defineSignal<[unknown]>('beginDeploy');
/** {report: PlanReport}: what `terraform plan` would do. */
export const planReported = defineSignal<[unknown]>('planReported');
/** {result: 'success' | 'failure', url?}: the CI job says how its deploy ended. */
export const deployEnded = defineSignal<[unknown]>('deployEnded');
/** {details: GivenDetails}: required data, given later. */
export const detailsGiven = defineSignal<[unknown]>('detailsGiven');
/** Holds of `freeze` have changed: look again. */
export const holdsChanged = defineSignal<[unknown]>('holdsChanged');
/** A person says: try the parked call again. */
export const resume = defineSignal<[unknown]>('resume');
export const gate = defineQuery<GateView>('gate');
export const status = defineQuery<ProgressReport>('status');
