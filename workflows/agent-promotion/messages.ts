import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { PinnedObject, SignaturePolicy } from '../../activities/s3/port.ts';
import type { ApprovalPolicy } from '../approval/messages.ts';
import type { PolicyRef } from '../shared/turn.ts';
import type { ProgressReport } from '../shared/progress.ts';

export interface WaveRules {
  /** Production accounts by name. */
  readonly accounts: readonly string[];
  /** Of this wave, besides the policy's own; null = none. */
  readonly approval: ApprovalPolicy | null;
  readonly bakeMinutes: number;
  /** Name of a health probe in the configuration. */
  readonly probe: string | null;
  /** So many accounts may fail and the next wave still begins. */
  readonly maxFailed: number;
}

/** The rules of one run: made by `toPromotionPolicy(config)`, recorded in history, compared again by guarded activities. */
export interface PromotionPolicy extends PolicyRef {
  /** All accounts of a wave are written before the next begins. */
  readonly waves: readonly WaveRules[];
  /** What people must approve before the first wave; null = fully automatic. */
  readonly approval: ApprovalPolicy | null;
  /** What an exception from a freeze needs; null = there is none. */
  readonly exception: ApprovalPolicy | null;
  /** What taking a promotion back needs; null = it cannot be done here. */
  readonly rollback: ApprovalPolicy | null;
  /** A freeze is configured: each wave is opened at the workflow `freeze`. */
  readonly freezes: boolean;
  readonly downgrade: 'refuse' | 'allow';
  readonly sameVersion: 'repair' | 'refuse';
  readonly supersede: boolean;
  readonly hotfixLabel: string;
  readonly signature: SignaturePolicy;
  /** Name of the CI job that must have succeeded. */
  readonly verifyJob: string;
  readonly pipelineDeadlineMinutes: number;
  readonly pipelinePollSeconds: number;
  readonly instanceDeadlineMinutes: number;
  /** How fast a dead worker is noticed, for every activity of the run. */
  readonly heartbeatSeconds: number;
  readonly notify: { readonly failure: readonly string[]; readonly success: readonly string[] };
  /** Given to the CI job, so that it assumes the same roles. */
  readonly pipelineVariables: Readonly<Record<string, string>>;
  /** `<Web UI>/namespaces/<namespace>/workflows/`: a run's link is this and its id. */
  readonly runLinkBase: string;
}

export interface PromotionInput {
  readonly site: string;
  readonly issueId: string;
  readonly policy: PromotionPolicy;
  /** Publishes the tested bytes of the last run to the accounts that it left out, without testing them again. */
  readonly retry?: 'failed-only';
  /** Reads everything, writes nothing, and answers with the list of what it would write. */
  readonly dryRun?: boolean;
  /** Carried over continue-as-new. */
  readonly carried?: { readonly deliveries: readonly string[] };
}

export type AccountState =
  'waiting' | 'published' | 'already-published' | 'refused' | 'unhealthy' | 'skipped' | 'stopped';

/** What a later run needs to finish this one without testing again. */
export interface Resumable {
  readonly version: string;
  readonly tested: PinnedObject;
  readonly pipelineUrl: string;
  readonly instanceId: string;
}

/** One write of a dry run, by the verb of its port. */
export interface PlannedWrite {
  readonly system: string;
  readonly write: string;
  readonly detail: string;
}

export interface AccountOutcome {
  readonly account: string;
  readonly state: AccountState;
  readonly detail: string;
}

export type PromotionOutcome =
  | { readonly outcome: 'done'; readonly version: string; readonly accounts: readonly AccountOutcome[] }
  | { readonly outcome: 'info-needed'; readonly given: string | null }
  | {
      readonly outcome: 'failed';
      readonly step: string;
      readonly reason: string;
      readonly accounts: readonly AccountOutcome[];
      /** Null when nothing was tested. */
      readonly resumable: Resumable | null;
    }
  /** A person took the ticket away in mid-run: forced status, move or deletion. */
  | { readonly outcome: 'stopped'; readonly reason: string; readonly accounts: readonly AccountOutcome[] }
  /** A newer request took its place while it waited. */
  | { readonly outcome: 'superseded'; readonly by: string; readonly accounts: readonly AccountOutcome[] }
  | { readonly outcome: 'nothing-to-do'; readonly statusName: string }
  /** A dry run: what a run of now would write, in order, and how it would end. */
  | { readonly outcome: 'planned'; readonly would: string; readonly writes: readonly PlannedWrite[] };

/** Something happened to the ticket: a hint to read it again. {deliveryId, event}; malformed is recorded and ignored. */
export const ticketChanged = defineSignal<[unknown]>('ticketChanged');
/** {token}: sent by the queue. */
export const turnGranted = defineSignal<[unknown]>('turnGranted');
/** {deliveryId, pipelineId}: a hint to read the pipeline again. */
export const pipelineChanged = defineSignal<[unknown]>('pipelineChanged');
/** {ahead}: how many are ahead now; sent by the queue to the first three. */
export const placeChanged = defineSignal<[unknown]>('placeChanged');
/** {by}: a newer request takes this one's place; sent by the queue. */
export const superseded = defineSignal<[unknown]>('superseded');
/** {by, reason}: a person freed the turn; sent by the queue. */
export const turnTaken = defineSignal<[unknown]>('turnTaken');
/** Holds of `freeze` have changed: look again. */
export const holdsChanged = defineSignal<[unknown]>('holdsChanged');
/** An operator: no further wave begins until `resumeWaves`. They can only delay: nothing is signed. */
export const pauseWaves = defineSignal<[unknown]>('pauseWaves');
export const resumeWaves = defineSignal<[unknown]>('resumeWaves');
/** {wave}: the wave with this number, from 1, is left out. */
export const skipWave = defineSignal<[unknown]>('skipWave');
/** A person says: try the parked call again. */
export const resume = defineSignal<[unknown]>('resume');
export const status = defineQuery<ProgressReport>('status');
