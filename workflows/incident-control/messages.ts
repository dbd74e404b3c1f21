import { defineQuery, defineSignal } from '@temporalio/workflow';

/** What is paused: a connection, or everything. */
export interface Pause {
  /** Name of a connection, or `*`. */
  readonly scope: string;
  readonly by: string;
  readonly reason: string;
  /** ISO 8601 UTC */
  readonly since: string;
}

/** {scope, by, reason, paused: boolean}. When a pause ends, every run of the scope is told to go on. */
export const setPause = defineSignal<[unknown]>('setPause');
export const pauses = defineQuery<readonly Pause[]>('pauses');

export interface IncidentControlInput {
  readonly carried?: readonly Pause[];
}
