import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { ApprovalPolicy } from '../approval/messages.ts';
import type { PolicyRef } from '../shared/turn.ts';
import type { Expected, Link } from './link.ts';
import type { CaseStatus, FieldMap } from './sides.ts';
import type { StatusHold } from './steps.ts';

/** The rules of one connection, made by `toIncidentPolicy(config, connection)`; they travel as input and with each event. */
export interface IncidentPolicy extends PolicyRef {
  readonly connection: string;
  /** Name of a Jira site. */
  readonly site: string;
  readonly fields: readonly FieldMap[];
  /** A status that is missing here is held. */
  readonly toIssue: Readonly<Partial<Record<CaseStatus, string>>>;
  /** Jira status, in lower case → status of the case. */
  readonly toCase: Readonly<Record<string, CaseStatus>>;
  /** Both moved at once: who wins. */
  readonly statusConflict: 'case' | 'issue';
  /** Jira status of an issue whose case is gone. */
  readonly goneStatus: string | null;
  /** An issue that is deleted: its case gets a comment, and is closed if so. */
  readonly deletedIssue: 'comment' | 'close';
  /** An issue reopened after its case was closed. */
  readonly reopened: 'new-case' | 'alert';
  readonly comments: 'both' | 'to-issue' | 'to-case' | 'off';
  readonly attachments: 'both' | 'to-issue' | 'to-case' | 'off';
  readonly watchers: 'both' | 'to-issue' | 'to-case' | 'off';
  /** Slack channel names: conflicts, customer-pending, reopened, parked. */
  readonly channels: readonly string[];
  /** Who answers conflicts; null: none is asked about. */
  readonly conflictApproval: ApprovalPolicy | null;
  /** Minutes from `pendingAction: Customer` until each reminder; the last goes to on-call. */
  readonly pendingMinutes: readonly number[];
  /** Name of a person. */
  readonly onCall: string;
  /** Days that a run goes on to listen after its case was closed. */
  readonly tailDays: number;
  readonly heartbeatSeconds: number;
  readonly runLinkBase: string;
  /** `https://<site>/browse/` */
  readonly issueLinkBase: string;
}

export interface IncidentSyncInput {
  readonly connection: string;
  readonly caseId: string;
  readonly policy: IncidentPolicy;
  /** Set by intake and by `sync link`: this issue, instead of one that is found or made. */
  readonly issueId?: string;
  readonly carried?: IncidentState;
  /** Continue as new beyond this history length. Default 4,000 events. */
  readonly maxHistoryLength?: number;
}

/** A hint that a side changed: never its state. */
export interface IncidentEvent {
  /** Of EventBridge, the webhook or the sweep. At most 200 characters. */
  readonly deliveryId: string;
  /** Such as `Case Comment Added`, `jira:issue_updated`, `sweep`. At most 80 characters. */
  readonly event: string;
  readonly side: 'case' | 'issue' | 'both';
  /** The sender's rules: the newest count. */
  readonly policy?: IncidentPolicy;
  /** Links to this issue, if nothing is linked yet. */
  readonly issueId?: string;
}

export interface ParkedStep {
  readonly name: string;
  /** Failure type and message, no external body; at most 300 characters. */
  readonly reason: string;
  /** ISO 8601 UTC of the first time. */
  readonly since: string;
  readonly tries: number;
}

/** Everything a link knows: plain data, carried through continue-as-new. */
export interface IncidentState {
  readonly link: Link | null;
  /** Since when customers are asked for something; null: they are not. ISO 8601 UTC */
  readonly pendingSince: string | null;
  /** How many reminders went out for it. */
  readonly reminded: number;
  readonly expected: readonly Expected[];
  readonly parked: readonly ParkedStep[];
  readonly hold: StatusHold | null;
  readonly paused: boolean;
  /** The last 200 delivery ids. */
  readonly deliveries: readonly string[];
  /** Answers of people to conflicts, by key of the mapping; each for as long as both values stay what they were. */
  readonly answers: Readonly<Record<string, ConflictAnswer>>;
  /** Keys of the mapping that people are asked about, or have left as they are. */
  readonly conflicts: readonly string[];
  /** When the case was seen closed; ISO 8601 UTC, null: it is open. */
  readonly closedAt: string | null;
  /** Names of notes that were written, and of what else is said once. */
  readonly notes: readonly string[];
  readonly syncs: number;
  /** `freeze` was asked to look at it. */
  readonly severe: boolean;
  /** Why nothing is carried over at present: Jira does not show the issue, or it was deleted. */
  readonly gone: 'deleted' | 'invisible' | null;
  /** When channels last heard of parked steps; ISO 8601 UTC */
  readonly toldParkedAt: string | null;
  /** What the last nightly comparison found to differ: it was missed by events and by the sweep. */
  readonly drift: Drift | null;
}

/** What a person said of two values that both changed. `none`: they stay as they are, each on its side. */
export interface ConflictAnswer {
  readonly choice: 'case' | 'issue' | 'none';
  /** Hashes of both values when it was asked. */
  readonly case: string;
  readonly issue: string;
}

export interface Drift {
  readonly deliveryId: string;
  /** Keys of the mapping, `status`, `comments`, `attachments`, `watchers`, `issue`; never a value. */
  readonly differs: readonly string[];
}

export interface IncidentView {
  readonly connection: string;
  readonly caseId: string;
  readonly issueKey: string | null;
  readonly version: number;
  readonly paused: boolean;
  readonly parked: readonly ParkedStep[];
  readonly hold: StatusHold | null;
  readonly comments: number;
  readonly attachments: number;
  readonly syncs: number;
  readonly link: Link | null;
  readonly conflicts: readonly string[];
  readonly gone: IncidentState['gone'];
  readonly severe: boolean;
  readonly drift: Drift | null;
}

/** An IncidentEvent; malformed is counted and ignored. */
export const incidentChanged = defineSignal<[unknown]>('incidentChanged');
/** {paused: boolean, by: string, reason: string}: this link only; a connection or everything is paused at `incident-control`. */
export const pauseLink = defineSignal<[unknown]>('pauseLink');
/** Parked steps are tried again, with the latest state, once. */
export const reprocess = defineSignal<[unknown]>('reprocess');
/** {by: string, reason: string}: forgets the base and rebuilds it from both sides. */
export const resync = defineSignal<[unknown]>('resync');
/** {by: string, reason: string}: ends the run and takes our property and label off the issue. */
export const unlink = defineSignal<[unknown]>('unlink');
export const incident = defineQuery<IncidentView>('incident');

/** Both ends of a link, of one connection. */
export interface LinkRef {
  readonly connection: string;
  readonly caseId: string;
  readonly issueId: string;
}
