import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';

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
}

export type EnqueueResult =
  /** `position` 1 is next. */
  | { readonly state: 'waiting'; readonly position: number; readonly ahead: readonly string[] }
  | { readonly state: 'granted'; readonly token: number };

export interface QueueHolder extends EnqueueRequest {
  readonly token: number;
  readonly grantedAt: string;
}

export interface QueueLine {
  readonly holder: QueueHolder | null;
  readonly waiting: readonly EnqueueRequest[];
  readonly lastToken: number;
  readonly granted: number;
}

/** Carried over continue-as-new. */
export interface QueueState {
  readonly waiting: readonly EnqueueRequest[];
  readonly holder: QueueHolder | null;
  readonly lastToken: number;
  readonly granted: number;
}

export interface TurnCheck {
  readonly workflowId: string;
  readonly runId: string;
  readonly token: number;
}

export const enqueue = defineUpdate<EnqueueResult, [EnqueueRequest]>('enqueue');
/** The holder gives its turn back, or a waiter leaves the line. Identity and token are checked: a late release frees nobody else's turn. */
export const release = defineSignal<[unknown]>('release');
export const line = defineQuery<QueueLine>('line');
export const confirmTurn = defineQuery<boolean, [TurnCheck]>('confirmTurn');
