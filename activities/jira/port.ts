import type { TicketComment } from '../../workflows/shared/comment.ts';
import type { RequestView } from '../../workflows/approval/messages.ts';
import type { Turn } from '../../workflows/shared/turn.ts';

/** The six statuses of an agent promotion by their meaning; a site's own names are mapped by configuration (P-11). */
export const promotionStatuses = ['toDo', 'inProgress', 'done', 'infoNeeded', 'failed', 'canceled'] as const;
export type PromotionStatus = (typeof promotionStatuses)[number];

export interface TicketRef {
  /** Name of the Jira site in the configuration. */
  readonly site: string;
  /** Jira's numeric issue id. */
  readonly issueId: string;
}

/** A promotion request as it stands now, read afresh from Jira. */
export interface Ticket extends TicketRef {
  readonly key: string;
  readonly summary: string;
  /** False when the project or the issue type is not the configured one any more (the ticket was moved). */
  readonly inScope: boolean;
  /** `other`: a status that the configuration does not name. */
  readonly status: PromotionStatus | 'other';
  /** The site's own name of the status. */
  readonly statusName: string;
  /** Agent-Version as typed, unvalidated and not trimmed; null when empty. At most 255 characters. */
  readonly agentVersion: string | null;
  readonly creatorAccountId: string | null;
  readonly assigneeAccountId: string | null;
  /** The creator by name in the configuration; `jira:<account id>` for somebody it does not name, null for nobody. */
  readonly creator: string | null;
  /** Who changed Agent-Version since the ticket was created, in the same form. */
  readonly changers: readonly string[];
  readonly labels: readonly string[];
  /** The changelog id of the last transition into ToDo, `0` for the creation (design §2). */
  readonly round: string;
  /** When the ticket entered ToDo for this round, ISO 8601 UTC. */
  readonly enteredAt: string;
}

export interface TicketSummary extends TicketRef {
  readonly key: string;
  readonly statusName: string;
}

/** Who a ticket goes to; people are resolved from the configuration at the time of use. */
export type Assignee =
  | { readonly kind: 'account'; readonly accountId: string }
  | { readonly kind: 'bot' }
  | { readonly kind: 'on-call' };

/** What the processes need of Jira. Every verb is safe to repeat; the story of each is at its implementation. */
export interface JiraPort {
  /** @throws NotFound when the ticket was deleted or is not visible */
  readTicket(input: TicketRef): Promise<Ticket>;
  /** Being there already is success. @throws Conflict when no listed transition leads there from the current status */
  transitionTicket(
    input: TicketRef & { to: PromotionStatus; turn?: Turn },
  ): Promise<{ changed: boolean; fromName: string; toName: string }>;
  assignTicket(input: TicketRef & { assignee: Assignee }): Promise<{ changed: boolean; accountId: string }>;
  /** Once per key: the key is kept in a comment property, never in the text. */
  commentTicket(
    input: TicketRef & { key: string; body: TicketComment },
  ): Promise<{ commentId: string; created: boolean }>;
  /** The entity property `lockkeeper`, which maps a ticket to its workflow. */
  linkTicket(input: TicketRef & { workflowId: string }): Promise<void>;
  /** All promotion requests in a status, oldest first, all pages. The search index may be late. */
  findTickets(input: { site: string; status: PromotionStatus }): Promise<readonly TicketSummary[]>;
  /**
   * Asks on the ticket: one comment that shows the evidence and says how to answer (`/approve`, `/reject <reason>`, `/revoke`,
   * `/override <reason>`, `/info <question>`). Its comment property carries request id, digest, policy and workflow id: a later answer is bound to them. Once per request id.
   */
  askOnTicket(input: TicketRef & { view: RequestView }): Promise<{ commentId: string; created: boolean }>;
  /**
   * Reads the answers to a request from Jira itself and attests each with this queue's own key (`via: jira`): author, comment id
   * and time are Jira's, request and digest those of the newest question of the bot before the answer. Unmapped authors and edited
   * comments are `ignored`. The workflow id is the caller's own, never the input's.
   */
  attestDecisions(
    input: TicketRef & { requestId: string; groups: readonly string[] },
  ): Promise<{ envelopes: readonly string[]; ignored: readonly { commentId: string; reason: string }[] }>;
  /** What a promotion wrote where: the anchor of the drift sweep, in the ticket's entity property `lockkeeper`. */
  recordPublications(
    input: TicketRef & { workflowId: string; publications: readonly Publication[] },
  ): Promise<void>;
  /** @returns empty when there is no such ticket or nothing was recorded */
  readPublications(input: { site: string; key: string }): Promise<readonly Publication[]>;
  /**
   * Creates an issue once per key: label `lk-<hash>` and entity property; looks first and, after an unknown outcome, again and again
   * (design §5). An open issue of that key is adopted.
   */
  createTicket(input: {
    site: string;
    /** Project key; left out: the site's own. */
    project?: string;
    key: string;
    issueType: string;
    summary: string;
    body: TicketComment;
    labels: readonly string[];
  }): Promise<{ issueId: string; ticket: string; created: boolean }>;
}

/** One account's object and manifest as a promotion left them. */
export interface Publication {
  readonly account: string;
  readonly version: string;
  readonly sha256: string;
  readonly s3VersionId: string;
  readonly manifestVersionId: string;
}
