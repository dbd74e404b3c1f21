import type { TicketComment } from '../../../workflows/shared/comment.ts';
import type { FindingTicket, TicketMark } from '../../../workflows/halo-sync/ticket.ts';

/** A new ticket, whole: fields are set in the create call, because a Jira workflow routes by them (H-28). */
export interface FindingTicketOrder {
  readonly project: string;
  readonly issueType: string;
  /** At most 255 characters, one line. */
  readonly summary: string;
  /** Fits into Jira's 32,767 characters. */
  readonly description: TicketComment;
  /** By name or id, with the source's values: converted by the field's type (text, number, date, date-time, select, user, labels). */
  readonly fields: readonly {
    readonly to: string;
    readonly value: string | number | boolean | readonly string[];
  }[];
  readonly priority: string | null;
  readonly components: readonly string[];
  readonly assigneeAccountId: string | null;
  /** `yyyy-MM-dd` */
  readonly dueDate: string | null;
  readonly labels: readonly string[];
  readonly mark: TicketMark;
}

export type CreateOutcome =
  | { readonly state: 'created'; readonly issueId: string; readonly key: string }
  /** Jira's own words, by field: such a finding is parked. */
  | { readonly state: 'refused'; readonly reason: string };

/** All edits of one ticket in one call: comment, fields and mark stand or fall together. */
export interface TicketEdit {
  readonly issueId: string;
  readonly comment: TicketComment | null;
  readonly fields: FindingTicketOrder['fields'];
  readonly description: TicketComment | null;
  readonly dueDate: string | null;
  readonly addLabels: readonly string[];
  readonly removeLabels?: readonly string[];
  readonly mark: TicketMark;
}

export interface TicketMove {
  readonly issueId: string;
  /** Name of a transition or of the status that it leads to, in that order, regardless of case. */
  readonly to: string;
  readonly comment: TicketComment | null;
  readonly mark: TicketMark;
}

/** What somebody said on a ticket. */
export interface TicketRemark {
  /** Null: Jira names nobody. */
  readonly authorAccountId: string | null;
  /** An active account of a person, not an app's. */
  readonly isPerson: boolean;
  /** Changed after it was written. */
  readonly isEdited: boolean;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
  /** Without control characters; external text all the same. */
  readonly text: string;
}

/** A row of a group ticket's table. */
export interface GroupMember {
  readonly id: string;
  readonly name: string;
  readonly asset: string;
  readonly severity: string;
  /** ISO 8601 UTC. */
  readonly since: string;
}

/** The tickets of findings on one site, in whatever project they are now (H-31). Every verb is safe to repeat; its story is at its implementation. */
export interface FindingTickets {
  /** By the exact id field; ≤ 100 ids a call to Jira; equality is checked here, since JQL's is not (H-32). Newest first. */
  lookUp(findingIds: readonly string[]): Promise<ReadonlyMap<string, readonly FindingTicket[]>>;
  /** By Jira's numeric ids, read past the search index: for tickets that search may not know yet. */
  readMany(issueIds: readonly string[]): Promise<readonly FindingTicket[]>;
  /** By the label of each id: what a create call whose answer was lost may have made. */
  findLabelled(findingIds: readonly string[]): Promise<ReadonlyMap<string, readonly FindingTicket[]>>;
  /** ≤ 50 a call to Jira. Throws when the outcome is unknown: look by label, then again. */
  createMany(orders: readonly FindingTicketOrder[]): Promise<readonly CreateOutcome[]>;
  edit(edit: TicketEdit): Promise<void>;
  /** Being there already is success. One call where the transition's screen takes a comment, else two. */
  move(move: TicketMove): Promise<{ readonly moved: boolean }>;
  /** @returns null when the ticket has no such comment */
  readComment(input: { readonly issueId: string; readonly commentId: string }): Promise<TicketRemark | null>;
  link(input: {
    readonly from: string;
    readonly to: string;
    readonly type: 'relates' | 'duplicates';
  }): Promise<void>;
  /** The full JSON when the text had to be cut. Once per name. */
  attach(input: { readonly issueId: string; readonly name: string; readonly json: string }): Promise<void>;
  /** Tickets of this source that are not done; 1,000 a page. @param known issue ids to leave out: then 5,000 a page are looked through */
  listOpen(
    cursor: string | null,
    known?: ReadonlySet<string>,
  ): Promise<{ readonly tickets: readonly FindingTicket[]; readonly next: string | null }>;
  /** Tickets of this source that are not done and have a due date, those due first at first; 1,000 a page. */
  listDue(
    cursor: string | null,
  ): Promise<{ readonly tickets: readonly FindingTicket[]; readonly next: string | null }>;
  /** Of a group ticket: kept in entity properties of ours, in chunks, because a description is anybody's to edit. */
  readMembers(issueId: string): Promise<readonly GroupMember[]>;
  /** Members first, then text and mark in one call: a repeat writes the same. */
  writeMembers(input: {
    readonly issueId: string;
    readonly members: readonly GroupMember[];
    readonly summary: string;
    readonly description: TicketComment;
    readonly mark: TicketMark;
  }): Promise<void>;
  /**
   * What create metadata says is wrong with an order of this form: missing required fields, unknown values. Read once.
   * `fields`: by name or id, all that orders of this form set besides summary, description, labels and the id field; `priority`,
   * `components`, `assignee` and `duedate` among them where a route or a rule sets them.
   */
  findFormFaults(input: {
    readonly project: string;
    readonly issueType: string;
    readonly fields: readonly string[];
  }): Promise<readonly string[]>;
}
