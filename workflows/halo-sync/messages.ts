import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { ApprovalPolicy } from '../approval/messages.ts';
import type { PolicyRef } from '../shared/turn.ts';
import type { FieldValue, Severity } from './finding.ts';

export type DueDays = Readonly<Partial<Record<Severity, number>>>;

/** One condition on a field of a finding; all of a route's must hold. */
export interface Condition {
  readonly field: string;
  /** Equal to one of these, or matching one where `*` stands for any characters; a list matches when one of its members does. */
  readonly oneOf: readonly string[];
}

/** Where new tickets go. Routes are tried in order. What none takes is parked, unless the last has no conditions. */
export interface Route {
  readonly name: string;
  readonly when: readonly Condition[];
  readonly project: string;
  readonly issueType: string;
  readonly priority: string | null;
  readonly components: readonly string[];
  /** Name of a person in the configuration. */
  readonly assignee: string | null;
  /** Template such as `{issue_rule_key}`: findings of one value share a ticket. Null: a ticket each. */
  readonly groupBy: string | null;
  /** False: such findings get no ticket. */
  readonly sync: boolean;
}

/** The rules of one source, made by `toFindingPolicy(config, source)`; they travel as input and with each request of a pass. */
export interface FindingPolicy extends PolicyRef {
  readonly source: string;
  /** Name of a Jira site. */
  readonly site: string;
  /** Supported types that are wanted; others are skipped and counted (H-6). */
  readonly types: readonly string[];
  readonly criticalOnly: boolean;
  /** Further query parameters of the source, as they are. */
  readonly filters: Readonly<Record<string, string>>;
  /** Name or id of the field that holds the finding's id (H-59). */
  readonly idField: string;
  readonly routes: readonly Route[];
  /** Source field → Jira field by name or id, in order. */
  readonly mapping: readonly { readonly from: string; readonly to: string }[];
  readonly static: readonly { readonly to: string; readonly value: string | number | boolean }[];
  /** Transition name or target status. */
  readonly close: string;
  readonly reopen: string;
  /** Where new tickets are moved after creation; null: the workflow's initial status (H-15). */
  readonly newStatus: string | null;
  /** Closed but re-openable (H-65); empty: every status of the category done that is not hard-closed. */
  readonly closedStatuses: readonly string[];
  readonly hardClosedStatuses: readonly string[];
  /** H-20. */
  readonly recordResolved: boolean;
  /** `digest`: one comment a day, by the nightly reconcile, with the last scan result. */
  readonly comments: 'each-finding' | 'changes' | 'digest' | 'off';
  /** Write mapped fields and description again when the content changed. People's edits of other fields stay. */
  readonly updateFields: boolean;
  /** Days from first seen to due; none for a severity that is not named. */
  readonly dueDays: DueDays;
  /** Tried in order before `dueDays`: known exploited, a critical asset. Left out by policies older than these. */
  readonly dueRules?: readonly { readonly when: readonly Condition[]; readonly days: DueDays }[];
  /** Days that count, 1 Monday to 7 Sunday, and days off, `yyyy-MM-dd`; null: every day counts. */
  readonly dueCalendar?: {
    readonly weekdays: readonly number[];
    readonly holidays: readonly string[];
  } | null;
  /** Per cent of the time until due at which an open ticket is reminded of; none: never. */
  readonly remindAt?: readonly number[];
  /** Flap damping: closed only when it stayed resolved for so long. 0: at once. */
  readonly closeAfterMinutes: number;
  /** A human closed it though it is active: reopened after so long. Null: left closed. */
  readonly reopenAfterMinutes: number | null;
  /** From so many reopenings on, moves are made without a comment and the label `flapping` is set. */
  readonly flapLimit: number;
  /** A finding that the source does not have any more. */
  readonly missing: 'close' | 'keep';
  /** More new tickets than `limit` in one pass wait for a person: all, group or drop. Null: no breaker. */
  readonly flood: {
    readonly limit: number;
    readonly approval: ApprovalPolicy;
    readonly groupBy: string;
  } | null;
  /** Who decides on accepted risks, and for how long at most. Null: nobody can accept. */
  readonly acceptance: { readonly approval: ApprovalPolicy; readonly maxDays: number } | null;
  /** A pass reads again what changed so long before the watermark: clocks and late rows. */
  readonly overlapMinutes: number;
  /** How long Jira's search may not know of a new ticket. */
  readonly indexLagSeconds: number;
  /** Outside calls at once in a page. */
  readonly concurrency: number;
  /** Findings a page activity handles, in whole pages of the source. */
  readonly pageSize: number;
  readonly heartbeatSeconds: number;
  readonly runLinkBase: string;
}

export const passKinds = ['pass', 'reconcile', 'backfill', 'remind'] as const;
/** `pass`: what changed since the watermark; `reconcile`: everything, and tickets whose finding is gone; `backfill`: since a date; `remind`: open tickets that are due soon. */
export type PassKind = (typeof passKinds)[number];

export interface PassRequest {
  readonly kind: PassKind;
  /** For a backfill: ISO 8601 UTC; null: everything. */
  readonly since: string | null;
  /** Chosen by the asker, to follow it. At most 64 characters `[\w.:-]`. */
  readonly requestId: string;
  /** The asker's policy: the newest one counts. */
  readonly policy: FindingPolicy;
}

/** A ticket that was created lately: Jira's search may not know it yet. */
export interface RecentCreate {
  /** First 16 hex digits of the SHA-256 of the finding's id. */
  readonly hash: string;
  readonly issueId: string;
  /** ms since 1970 */
  readonly at: number;
}

/** A finding that could not be written: the others go on. */
export interface Parked {
  readonly findingId: string;
  /** Failure type and message, no external body; at most 300 characters. */
  readonly reason: string;
  /** ISO 8601 UTC of the first time. */
  readonly since: string;
  readonly tries: number;
}

export const countNames = [
  'listed',
  'unchanged',
  'created',
  'createdClosed',
  'updated',
  'commented',
  'closed',
  'reopened',
  'missing',
  'accepted',
  'damped',
  'skipped',
  'dropped',
  'parked',
  'twins',
  'adopted',
  'grouped',
  'forged',
  'reminded',
] as const;
export type CountName = (typeof countNames)[number];
export type Counts = Readonly<Record<CountName, number>>;

/** How new findings beyond the flood limit are treated. `null`: it was not reached, or nobody has decided. */
export type FloodChoice = 'all' | 'group' | 'drop';

export interface PageInput {
  readonly policy: FindingPolicy;
  /** Of the pass. */
  readonly requestId?: string;
  readonly kind: PassKind;
  /** `resolved` comes after `active` has been read whole; `missing` only in a reconcile: tickets whose finding was not listed. */
  readonly stage: 'active' | 'resolved' | 'missing' | 'parked' | 'due';
  /** ISO 8601 UTC; null: everything. */
  readonly since: string | null;
  /** Of the source, or of Jira's search in the stage `missing`; null: the first page. */
  readonly cursor: string | null;
  readonly recent: readonly RecentCreate[];
  /** New tickets that this page may still create before a person is asked; null: no limit. */
  readonly mayCreate: number | null;
  readonly flood: FloodChoice | null;
  /** Findings first seen before this that have no ticket get none: a flood was dropped. ISO 8601 UTC or null. */
  readonly dropSeenBefore: string | null;
  /** Stage `parked`: these, by id. */
  readonly ids?: readonly string[];
  /** Reads everything, writes nothing, counts what it would do. */
  readonly dryRun: boolean;
}

/** What a route took: findings, and why the last of them could not be written that could not. */
export interface RouteTally {
  readonly matched: number;
  readonly error: string | null;
}

/** Of one route, or of `unrouted`. */
export interface RouteHealth extends RouteTally {
  /** The request of the pass that it last took something in; `matched` is of that pass. */
  readonly requestId: string;
  /** ISO 8601 UTC */
  readonly matchedAt: string;
  /** ISO 8601 UTC of `error`; both are of that pass as well. */
  readonly errorAt: string | null;
}

export interface PageResult {
  /** Null: that stage is done. */
  readonly cursor: string | null;
  readonly counts: Counts;
  readonly created: readonly RecentCreate[];
  readonly parked: readonly { readonly findingId: string; readonly reason: string }[];
  /** Were parked before and are written now. */
  readonly unparked: readonly string[];
  /** The greatest `changedAt` of the page; null: it was empty. */
  readonly newestChange: string | null;
  /** The page was left before its end: that many new tickets were not created because `mayCreate` was used up. The same cursor comes again. */
  readonly flooded: number;
  /** By name of the route. Left out by workers older than this. */
  readonly routes?: Readonly<Record<string, RouteTally>>;
}

export interface PassReport {
  readonly requestId: string;
  readonly kind: PassKind;
  readonly state: 'waiting' | 'running' | 'asking' | 'done' | 'failed';
  readonly stage: PageInput['stage'] | null;
  readonly pages: number;
  readonly counts: Counts;
  /** ISO 8601 UTC. */
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly error: string | null;
}

export interface HaloSyncInput {
  readonly policy: FindingPolicy;
  readonly carried?: HaloSyncState;
  /** Continue as new beyond this history length. Default 4,000 events. */
  readonly maxHistoryLength?: number;
}

/** Everything the one writer of a source knows: plain data, carried through continue-as-new. */
export interface HaloSyncState {
  /** ISO 8601 UTC; null: nothing was ever synced. Moves only when every finding of a pass was written or parked. */
  readonly watermark: string | null;
  readonly waiting: readonly Omit<PassRequest, 'policy'>[];
  readonly running: RunningPass | null;
  readonly recent: readonly RecentCreate[];
  /** At most 1,000; more stop the watermark. */
  readonly parked: readonly Parked[];
  readonly dropSeenBefore: string | null;
  /** The last 20. */
  readonly reports: readonly PassReport[];
  /** By name of the route. */
  readonly routes?: Readonly<Record<string, RouteHealth>>;
}

export interface RunningPass {
  readonly request: Omit<PassRequest, 'policy'>;
  readonly report: PassReport;
  readonly since: string | null;
  readonly stage: PageInput['stage'];
  readonly cursor: string | null;
  readonly newestChange: string | null;
  readonly createdSoFar: number;
  readonly flood: FloodChoice | null;
}

export interface HaloSyncView {
  readonly source: string;
  readonly watermark: string | null;
  readonly running: PassReport | null;
  readonly waiting: number;
  readonly reports: readonly PassReport[];
  readonly parked: readonly Parked[];
  /** Every route of the rules, in order, and what it last took; null: nothing yet. Of an older worker: left out. */
  readonly routes?: readonly { readonly name: string; readonly health: RouteHealth | null }[];
}

/** A PassRequest; malformed is counted and ignored. Two waiting requests of one kind become one. */
export const requestPass = defineSignal<[unknown]>('requestPass');
/** {ids?: string[]}: parked findings are tried again, all of them when none is named. */
export const retryParked = defineSignal<[unknown]>('retryParked');
/** {ids: string[]}: these findings are looked at in a pass soon, though the source says nothing new of them. */
export const recheck = defineSignal<[unknown]>('recheck');
export const findings = defineQuery<HaloSyncView>('findings');

/** Values of one finding for mapping, routing and grouping. */
export type ReadField = (name: string) => FieldValue | undefined;
