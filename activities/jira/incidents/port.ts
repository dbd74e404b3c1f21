/** An issue with all its texts: stays in the activity that reads it. */
export interface IncidentIssue {
  readonly issueId: string;
  readonly key: string;
  readonly project: string;
  readonly issueType: string;
  readonly status: string;
  /** Status category done. */
  readonly done: boolean;
  readonly resolution: string | null;
  /** ISO 8601 UTC */
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly labels: readonly string[];
  /**
   * Values of the asked fields by name or id as asked; rich text as plain text, users as e-mail or display name, lists as they stand.
   * A field that the issue's project does not have is left out: it is not there, which is not the same as empty (null).
   */
  readonly fields: Readonly<Record<string, string | readonly string[] | null>>;
  readonly comments: readonly IssueComment[];
  readonly attachments: readonly IssueAttachment[];
  readonly watchers: readonly { readonly accountId: string; readonly email: string | null }[];
  readonly mark: IncidentMark | null;
  /** Created by our account. */
  readonly reporterIsBot: boolean;
}

export interface IssueComment {
  readonly id: string;
  /** ADF as plain text (activities/jira/incidents/plain-adf.ts): what people see, lists and code kept. */
  readonly body: string;
  readonly authorName: string;
  readonly byBot: boolean;
  /** Restricted visibility, or internal in Jira Service Management. */
  readonly restricted: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Our comment property: {key, copyOf?: <comment id of the case>#<part>, note?: name}; null: none, or not written by our account. */
  readonly property: Readonly<Record<string, string>> | null;
}

export interface IssueAttachment {
  readonly id: string;
  readonly fileName: string;
  readonly size: number;
  readonly byBot: boolean;
  readonly createdAt: string;
}

/** The entity property `lockkeeper` of a linked issue. */
export interface IncidentMark {
  readonly workflowId: string;
  readonly connection: string;
  readonly caseId: string;
}

export interface IssueOrder {
  readonly project: string;
  readonly issueType: string;
  readonly summary: string;
  /** Plain text. */
  readonly description: string;
  readonly priority: string | null;
  readonly securityLevel: string | null;
  readonly components: readonly string[];
  readonly assigneeAccountId: string | null;
  /** By name or id. */
  readonly fields: Readonly<Record<string, string | readonly string[]>>;
  readonly label: string;
  readonly mark: IncidentMark;
}

/** Issues of one connection on one site, through jira.js: failures and limits as everywhere (`activities/http.ts`). */
export interface IncidentTickets {
  /** @param fields names or ids to read besides. @throws NotFound Jira's 404 */
  readIssue(issueId: string, fields: readonly string[]): Promise<IncidentIssue>;
  /** After a 404: whether the project and the right to browse it are there (S-97). */
  canBrowse(project: string): Promise<boolean>;
  /** Ours, by label, checked by mark and creator; oldest first. */
  findMarked(
    label: string,
  ): Promise<readonly { readonly issueId: string; readonly key: string; readonly mark: IncidentMark }[]>;
  /** The bare call, once: whoever calls looks first, and again after an unknown outcome (`ensureTicket` in create-ticket.ts shows how). */
  createIssue(order: IssueOrder): Promise<{ readonly issueId: string; readonly key: string }>;
  /** Property and label in one call. */
  setMark(issueId: string, mark: IncidentMark, label: string): Promise<void>;
  removeMark(issueId: string, label: string): Promise<void>;
  readMark(issueId: string): Promise<IncidentMark | null>;
  /**
   * Fields by name or id; summary and description included. Reads the change log back.
   * @returns of each field that this call changed, what stood there before, as Jira's change log says; null: it does not say
   */
  writeFields(
    issueId: string,
    fields: Readonly<Record<string, string | readonly string[]>>,
  ): Promise<Readonly<Record<string, string | null>>>;
  /**
   * Several hops where needed, each with what its screen requires. @param options.comment travels with the last hop where it can, else
   * as a comment. @returns where it is, and why no further
   */
  moveTo(
    issueId: string,
    status: string,
    options: {
      readonly resolution: string | null;
      readonly comment?: { readonly body: string; readonly property: Readonly<Record<string, string>> };
    },
  ): Promise<{ readonly status: string; readonly held: string | null }>;
  /** One per `property.key`, found again by it. */
  ensureComment(
    issueId: string,
    body: string,
    property: Readonly<Record<string, string>>,
  ): Promise<{ readonly commentId: string }>;
  updateComment(issueId: string, commentId: string, body: string): Promise<void>;
  download(
    attachmentId: string,
  ): Promise<{ readonly body: AsyncIterable<Uint8Array>; readonly size: number | null }>;
  /** Streamed from a file; one per (name, size): what is there of ours is success. */
  upload(
    issueId: string,
    input: { readonly fileName: string; readonly file: string; readonly size: number },
  ): Promise<{ readonly attachmentId: string }>;
  /** By exact e-mail, one hit only; others are counted as unknown. */
  addWatchers(
    issueId: string,
    emails: readonly string[],
  ): Promise<{ readonly added: number; readonly unknown: number }>;
  /** Issues of ours changed lately, by label prefix and project. */
  findChanged(withinMinutes: number): Promise<
    readonly {
      readonly issueId: string;
      readonly key: string;
      readonly mark: IncidentMark | null;
      readonly issueType: string;
      readonly labels: readonly string[];
      /** ISO 8601 UTC */
      readonly updatedAt: string;
    }[]
  >;
  /** Faults of projects, types, fields and statuses that the configuration names, in words; empty: all is there. */
  findFormFaults(): Promise<readonly string[]>;
}
