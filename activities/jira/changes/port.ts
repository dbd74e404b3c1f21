import type { Grant } from '../../../workflows/approval/messages.ts';
import type { AutoApproved } from '../../../workflows/change-inspection/messages.ts';
import type { HistoryFacts } from '../../../workflows/change-approval/facts.ts';
import type { ChangeBuild, ChangePolicy, GivenDetails } from '../../../workflows/change-approval/messages.ts';
import type { PlanReport } from '../../../workflows/change-approval/plan-report.ts';
import type { TicketComment } from '../../../workflows/shared/comment.ts';
import type { TicketRef } from '../port.ts';

/** The statuses of a change ticket by their meaning; a site's own names are mapped by configuration. */
export const changeStatuses = [
  'draft',
  'waiting',
  'approved',
  'declined',
  'canceled',
  'manualReview',
  'deploying',
  'resolved',
  'closed',
  'deployFailed',
] as const;
export type ChangeStatus = (typeof changeStatuses)[number];

/** What is compared: each is a field of the ticket, a single line of text. */
export const buildFields = [
  'environment',
  'project',
  'buildJob',
  'build',
  'branch',
  'sha',
  'action',
] as const satisfies readonly (keyof ChangeBuild)[];

/** A change ticket as it stands now. Fields as typed by whoever wrote last: data, compared and never believed. */
export interface ChangeTicket extends TicketRef {
  readonly key: string;
  readonly url: string;
  readonly summary: string;
  readonly inScope: boolean;
  readonly status: ChangeStatus | 'other';
  readonly statusName: string;
  /** Null: the field is empty. */
  readonly build: { readonly [K in keyof ChangeBuild]: string | null };
  readonly details: {
    readonly justification: string | null;
    readonly rollbackPlan: string | null;
    readonly components: readonly string[];
  };
  /** The creator by name in the configuration; `jira:<account id>` for somebody it does not name. */
  readonly creator: string | null;
  /** Who changed one of the fields that decide since the ticket was created, in the same form; without the bot. */
  readonly changers: readonly string[];
  /** Who moved it into its present status, in the same form; null: nobody, it was created there. */
  readonly movedBy: string | null;
  /** ISO 8601 UTC. */
  readonly movedAt: string;
  /** The run that the ticket belongs to, by its entity property; null: made by hand. */
  readonly workflowId: string | null;
}

/** Who or what allows a guarded write of a change. */
export interface ChangePermission {
  readonly build: ChangeBuild;
  readonly policy: ChangePolicy;
  /** Null: by policy alone, which this worker's own configuration must allow. */
  readonly grant: Grant | null;
  /** For a risky plan; null: none was reported, or it is not risky. */
  readonly plan: PlanReport | null;
  readonly planGrant: Grant | null;
}

/** Change tickets (process 2). Every verb is safe to repeat; activities of the Jira queue. */
export interface JiraChangesPort {
  /**
   * The ticket of a build: the oldest one of the environment, project and build that is not in an end status, whoever made it
   * (C-4, C-5). `ended`: how many of that build are in an end status (declined, canceled, closed).
   */
  findChange(input: {
    site: string;
    build: ChangeBuild;
  }): Promise<{ ticket: ChangeTicket | null; ended: number }>;
  /** Once per key, with the story of `createTicket`; in the status Draft. */
  createChange(input: {
    site: string;
    key: string;
    workflowId: string;
    build: ChangeBuild;
    details: GivenDetails & { readonly summary: string };
    body: TicketComment;
  }): Promise<{ issueId: string; ticket: string; created: boolean }>;
  /** @throws NotFound */
  readChange(input: TicketRef): Promise<ChangeTicket>;
  /** Fills what is empty of the details, and our own fields (scan status, evidence digest); a person's text is never overwritten. */
  fillChange(
    input: TicketRef & { details: GivenDetails; scanStatus?: string; evidenceDigest?: string },
  ): Promise<{ changed: boolean }>;
  /** The entity property that maps the ticket to its run. A property of another run is kept: answered `false`. */
  linkChange(input: TicketRef & { workflowId: string }): Promise<{ linked: boolean }>;
  /** By the listed transitions, several hops if need be; being there already is success. Never into Approved. @throws Conflict no way leads there */
  moveChange(
    input: TicketRef & { to: Exclude<ChangeStatus, 'approved'> },
  ): Promise<{ changed: boolean; fromName: string; toName: string }>;
  /**
   * Guarded (design §3): into Approved, and records in the ticket's property who or what approved which build
   * {automatic, policy, requestId, evidenceDigest, approvers, sha, at, authors, requester}. @throws PolicyViolation
   */
  approveChange(
    input: TicketRef & {
      permission: ChangePermission;
      approvers: readonly string[];
      authors: readonly string[];
      requester: string | null;
      at: string;
    },
  ): Promise<{ changed: boolean }>;
  /** One comment per key, edited in place when its text differs (found by its property). */
  writeComment(
    input: TicketRef & { key: string; body: TicketComment },
  ): Promise<{ commentId: string; changed: boolean }>;
  /** `HistoryFacts` of the project, besides the ticket itself; approvals are read from the tickets' properties. */
  readHistory(input: TicketRef & { build: ChangeBuild }): Promise<HistoryFacts>;
  /** Changes in a status that is no end, changed within so many minutes; for the sweep. Both null: made by hand and incomplete. */
  findChanges(input: { site: string; changedWithinMinutes: number }): Promise<
    readonly {
      readonly issueId: string;
      readonly key: string;
      readonly workflowId: string | null;
      readonly status: ChangeTicket['status'];
      readonly build: ChangeTicket['build'];
    }[]
  >;
  /** All changes that were approved without a person in that month (UTC), by their properties, sorted by issue id (C-31). */
  listAutoApproved(input: { site: string; month: string }): Promise<readonly AutoApproved[]>;
}
