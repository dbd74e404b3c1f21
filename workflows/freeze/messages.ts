import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ApprovalPolicy, RequestView } from '../approval/messages.ts';

/** Something that holds every promotion (and later every deploy) at its next safe point. */
export interface Hold {
  /** The id that its `hold` was signed for; the request to lift it carries it as `subject.holdId`. */
  readonly id: string;
  readonly kind: 'person' | 'incident';
  /** Person's name, or the incident's workflow id. */
  readonly source: string;
  readonly reason: string;
  readonly since: string;
  /** When it ends by itself, ISO 8601 UTC; null: when somebody lifts it. */
  readonly until: string | null;
}

export interface FreezeInput {
  /** Who may lift a hold. */
  readonly policy: ApprovalPolicy;
  /** `<Web UI>/namespaces/<namespace>/workflows/`. */
  readonly runLinkBase: string;
  readonly carried?: unknown;
  /** Continue as new beyond this history length; while something is held, beyond five times as much. Default 2,000 events. */
  readonly maxHistoryLength?: number;
}

/** A wave that may begin finishes, whatever is held afterwards. */
export interface WaveKey {
  readonly workflowId: string;
  readonly runId: string;
  /** Step name, such as `wave-1`. */
  readonly wave: string;
}

export type WaveAnswer =
  | { readonly open: true; readonly openedAt: string }
  | { readonly open: false; readonly holds: readonly Hold[] };

export interface OpenWaveRequest extends WaveKey {
  /** The approved request for an exception; the guarded activities check its envelopes. */
  readonly overrideRequestId?: string;
}

/** {policy, runLinkBase}: setup says so after the configuration changed. The worker checks by its own before a hold is lifted. */
export const policyChanged = defineSignal<[unknown]>('policyChanged');
/** {workflowId, runId}: a run that is held wants to hear `holdsChanged`; sent for it by the activity that read the holds. */
export const watchHolds = defineSignal<[unknown]>('watchHolds');
/** {workflowId}: look at this incident. A hint: the case itself says whether it holds anything, now and every five minutes. */
export const incidentHold = defineSignal<[unknown]>('incidentHold');
/** All holds of people and incidents that stand now; calendar windows are the configuration's and not here. */
export const holds = defineQuery<readonly Hold[]>('holds');
/** Null: this wave never began. */
export const waveState = defineQuery<
  { readonly openedAt: string; readonly overrideRequestId: string | null } | null,
  [WaveKey]
>('waveState');
/** Begins a wave unless something is held; asking again answers the same. A refused run is told `holdsChanged` later. */
export const openWave = defineUpdate<WaveAnswer, [OpenWaveRequest]>('openWave');
/** The requests to lift the holds: one per hold. Same name and shape as everywhere. */
export type HoldRequests = readonly RequestView[];
