import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { SignaturePolicy } from '../../activities/s3/port.ts';
import type { PolicyRef } from '../shared/turn.ts';
import type { ProgressReport } from '../shared/progress.ts';

/** The rules of one run: made by `toPromotionPolicy(config)`, recorded in history, compared again by guarded activities. */
export interface PromotionPolicy extends PolicyRef {
  /** Production accounts by name, in waves; all accounts of a wave are written before the next begins. */
  readonly waves: readonly (readonly string[])[];
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
  /** Carried over continue-as-new. */
  readonly carried?: { readonly deliveries: readonly string[] };
}

export type AccountState = 'waiting' | 'published' | 'already-published' | 'refused' | 'stopped';

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
    }
  /** A person took the ticket away in mid-run: forced status, move or deletion. */
  | { readonly outcome: 'stopped'; readonly reason: string; readonly accounts: readonly AccountOutcome[] }
  | { readonly outcome: 'nothing-to-do'; readonly statusName: string };

/** Something happened to the ticket: a hint to read it again. {deliveryId, event}; malformed is recorded and ignored. */
export const ticketChanged = defineSignal<[unknown]>('ticketChanged');
/** {token}: sent by the queue. */
export const turnGranted = defineSignal<[unknown]>('turnGranted');
/** {deliveryId, pipelineId}: a hint to read the pipeline again. */
export const pipelineChanged = defineSignal<[unknown]>('pipelineChanged');
/** {ahead}: how many are ahead now; sent by the queue to the first three. */
export const placeChanged = defineSignal<[unknown]>('placeChanged');
/** A person says: try the parked call again. */
export const resume = defineSignal<[unknown]>('resume');
export const status = defineQuery<ProgressReport>('status');
