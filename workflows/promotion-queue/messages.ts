import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { HoldsReport } from '../../activities/temporal/port.ts';
import type { DecisionRecord } from '../approval/messages.ts';

/** A promotion's place in line. `(workflowId, round)` is the identity; a new run of a ticket replaces its predecessor. */
export interface EnqueueRequest {
  readonly workflowId: string;
  readonly runId: string;
  readonly round: string;
  /** Shown to people, such as `DEVOPS-77`. */
  readonly ticket: string;
  /** Larger goes first; 0 is normal. */
  readonly priority: number;
  /** When the ticket entered ToDo, ISO 8601 UTC. */
  readonly enteredAt: string;
  /** What it promotes: three numbers. */
  readonly version?: string;
  /** Older requests for lower versions that wait, or wait for people, leave the line and are told `superseded`. */
  readonly supersede?: boolean;
  /** Its configuration knows a freeze: the holds are read before it is granted. */
  readonly freezes?: boolean;
}

/** From this priority on it is a hotfix, which passes by calendar windows that say so. */
export const hotfixPriority = 10;

export type EnqueueResult =
  /** `position` 1 is next. */
  | {
      readonly state: 'waiting';
      readonly position: number;
      readonly ahead: readonly string[];
      readonly etaSeconds: number | null;
      /** The newest token so far: a grant that was under way before this join carries an older one. */
      readonly lastToken: number;
    }
  | { readonly state: 'granted'; readonly token: number };

export interface QueueHolder extends EnqueueRequest {
  readonly token: number;
  readonly grantedAt: string;
}

/** Carried over continue-as-new. */
export interface QueueState {
  readonly waiting: readonly EnqueueRequest[];
  readonly holder: QueueHolder | null;
  readonly lastToken: number;
  readonly granted: number;
  /** How long the last ten turns were held. */
  readonly recentHoldSeconds: readonly number[];
  /** Gave their turn back to wait for people; they join again. At most 1,000, the newest last. */
  readonly parked?: readonly EnqueueRequest[];
  /** Why nobody is granted though somebody waits; empty or absent: nothing is held. */
  readonly held?: HoldsReport['holds'];
  /** What became of every decision to free the turn, at most the last 200. */
  readonly decisions?: readonly DecisionRecord[];
  /** Envelopes that are not judged yet. */
  readonly envelopes?: readonly string[];
}

export interface QueueInput {
  readonly carried?: QueueState;
  /** A free queue waits this long before it grants, so that tickets of the same instant are sorted. Default 2. */
  readonly graceSeconds?: number;
  /** While somebody waits, the holder's run is looked at this often. Default 30. */
  readonly checkHolderSeconds?: number;
  /** Continue as new beyond this history length. Default 2,000 events. */
  readonly maxHistoryLength?: number;
}

/** {workflowId, runId}: who gives the turn back or leaves the line. */
export interface Leaver {
  readonly workflowId: string;
  readonly runId: string;
  /** It waits for people and will join again: a newer request may supersede it meanwhile. */
  readonly park?: boolean;
}

export interface TurnCheck {
  readonly workflowId: string;
  readonly runId: string;
  readonly token: number;
}

export const enqueue = defineUpdate<EnqueueResult, [EnqueueRequest]>('enqueue');
/** {workflowId, runId, park?}: the holder gives its turn back, or a waiter leaves the line. Anyone else changes nothing. */
export const release = defineSignal<[unknown]>('release');
export const line = defineQuery<QueueState>('line');
export const confirmTurn = defineQuery<boolean, [TurnCheck]>('confirmTurn');
