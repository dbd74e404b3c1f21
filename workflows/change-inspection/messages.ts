import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { ApprovalPolicy } from '../approval/messages.ts';
import type { ProgressReport } from '../shared/progress.ts';
import type { PolicyRef } from '../shared/turn.ts';

/** The rules of random inspections: made by `toInspectionPolicy(config)` (C-29…C-31). */
export interface InspectionPolicy extends PolicyRef {
  readonly site: string;
  /** Who inspects: `approve` = it was in order, `reject` = a finding. Requester, author and approver are excluded. */
  readonly approval: ApprovalPolicy;
  /** Percent of the population, 3 by default, but never fewer than `least` (all when there are fewer). */
  readonly percent: number;
  readonly least: number;
  /** Issue type of the ticket that a failed inspection opens, in the project of the changes. */
  readonly findingIssueType: string;
  /** True: a failed inspection switches auto-approval off until people switch it on again. */
  readonly switchOff: boolean;
  /** Who must approve switching it on again. */
  readonly switchOnApproval: ApprovalPolicy;
  readonly notify: readonly string[];
  readonly heartbeatSeconds: number;
  readonly runLinkBase: string;
}

export interface InspectionInput {
  /** `2026-10`; null: the month before the one in which it runs, UTC. */
  readonly month: string | null;
  readonly policy: InspectionPolicy;
}

/** A change that was approved by a policy and not by a person, as its ticket's evidence says. */
export interface AutoApproved {
  readonly ticket: string;
  readonly issueId: string;
  readonly environment: string;
  readonly project: string;
  readonly build: string;
  readonly sha: string;
  /** `<name>@<version>` of the change policy. */
  readonly policy: string;
  /** ISO 8601 UTC. */
  readonly approvedAt: string;
  readonly requester: string | null;
  readonly authors: readonly string[];
  readonly workflowId: string;
}

export interface InspectedTicket {
  readonly ticket: string;
  readonly result: 'open' | 'passed' | 'failed' | 'overdue';
  readonly inspector: string | null;
  readonly reason: string | null;
  /** Key of the ticket that reports what was found. */
  readonly finding: string | null;
  readonly at: string | null;
}

/** Everything with which an auditor draws the same sample again. */
export interface InspectionRecord {
  readonly month: string;
  readonly policy: string;
  /** Sorted by ticket's number. */
  readonly population: readonly string[];
  /** 32 hex digits: SHA-256 of month and population's keys, see `sample.ts`. */
  readonly seed: string;
  readonly sample: readonly string[];
  readonly tickets: readonly InspectedTicket[];
}

export interface InspectionOutcome extends InspectionRecord {
  readonly outcome: 'inspected' | 'empty';
}

/** Of a run without a month, as the schedule starts it: the month is inspected in a run of its own. */
export interface InspectionStarted {
  readonly outcome: 'started' | 'known-already';
  readonly month: string;
  readonly workflowId: string;
}

export const inspection = defineQuery<InspectionRecord | null>('inspection');
/** {deliveryId, event}: a sampled ticket changed. */
export const ticketChanged = defineSignal<[unknown]>('ticketChanged');
export const resume = defineSignal<[unknown]>('resume');
export const status = defineQuery<ProgressReport>('status');
