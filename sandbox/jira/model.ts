import type { SandboxPerson } from '../shared/people.ts';

/** Atlassian Document Format: checked by adf.ts, otherwise carried as it is. */
export interface AdfNode {
  readonly type: string;
  readonly version?: number;
  readonly text?: string;
  readonly attrs?: Readonly<Record<string, unknown>>;
  readonly marks?: readonly AdfNode[];
  readonly content?: readonly AdfNode[];
}

/** A rich text as its JSON: a hundred thousand trees would not fit where their texts do. See adf.ts. */
export type PackedAdf = string & { readonly isAdf: true };

/** Statuses are shared between workflows: compare ids, names may be spelt alike in two of them. */
export interface Status {
  readonly id: string;
  readonly name: string;
  readonly category: 'new' | 'indeterminate' | 'done';
}

/** `from` is undefined for a global transition: possible out of every status. */
export interface Transition {
  readonly id: string;
  readonly name: string;
  readonly from?: Status;
  readonly to: Status;
  /** A condition of a global transition: not out of these. */
  readonly notFrom?: readonly Status[];
  readonly screen?: Screen;
  /** A condition: for everybody outside this group the transition is neither listed nor usable. */
  readonly onlyGroup?: string;
}

/** What can be said along with a transition. */
export interface Screen {
  readonly fields: readonly (FieldId | 'resolution')[];
  readonly comment: boolean;
  /** A validator: without it the transition is refused. */
  readonly requiresResolution?: boolean;
}

export interface Resolution {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

export interface Workflow {
  readonly initial: Status;
  readonly statuses: readonly Status[];
  readonly transitions: readonly Transition[];
  /** Post functions, by id of the status that is entered: it sets this resolution, every other clears it. Absent: nothing does. */
  readonly resolutions?: Readonly<Record<string, Resolution>>;
}

/** One type belongs to one project here, and brings its workflow. */
export interface IssueType {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly workflow: Workflow;
  /** Ids of the fields on its screens. */
  readonly fields: readonly FieldId[];
  readonly required: readonly FieldId[];
}

export interface Project {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly types: readonly IssueType[];
  readonly components: readonly Component[];
}

/** A part of what a project is about; it belongs to that project alone. */
export interface Component {
  readonly id: string;
  readonly name: string;
  readonly description: string;
}

export interface Priority {
  readonly id: string;
  readonly name: string;
  readonly statusColor: string;
}

/** A value of a select field. */
export interface Option {
  readonly id: string;
  readonly value: string;
}

/** Who of a project's people may see an issue; no level: all of them. */
export interface SecurityLevel {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Members of one of these groups may. */
  readonly groups: readonly string[];
}

/** The fields people can set; the others (status, created …) belong to Jira. */
export interface IssueValues {
  summary: string;
  description: PackedAdf | null;
  labels: readonly string[];
  priority: Priority;
  assignee: SandboxPerson | null;
  reporter: SandboxPerson | null;
  components: readonly Component[];
  /** Agent-Version. */
  customfield_10050: string | null;
  /** Environment. */
  customfield_10061: string | null;
  /** Project: not the Jira project but the one that is deployed. */
  customfield_10062: string | null;
  /** Build job. */
  customfield_10063: string | null;
  /** Build number. */
  customfield_10064: string | null;
  /** Branch. */
  customfield_10065: string | null;
  /** Commit SHA. */
  customfield_10066: string | null;
  /** Deploy action. */
  customfield_10067: string | null;
  /** Scan status. */
  customfield_10068: string | null;
  /** Evidence digest. */
  customfield_10069: string | null;
  /** Rollback plan. */
  customfield_10070: PackedAdf | null;
  /** Justification. */
  customfield_10071: PackedAdf | null;
  /** `yyyy-MM-dd` */
  duedate: string | null;
  /** Halo Issue ID. */
  customfield_10080: string | null;
  /** Halo Rule Key. */
  customfield_10081: string | null;
  /** Halo Critical. */
  customfield_10082: string | null;
  /** Asset Group Path. */
  customfield_10083: string | null;
  /** Server Hostname. */
  customfield_10084: string | null;
  /** Owner Team. */
  customfield_10085: Option | null;
  /** First Seen: a moment in Jira's form, UTC. */
  customfield_10086: string | null;
  security: SecurityLevel | null;
  /** Case ARN. */
  customfield_10090: string | null;
  /** Impacted accounts. */
  customfield_10091: readonly string[];
  /** Engagement type. */
  customfield_10092: Option | null;
  /** Pending action. */
  customfield_10093: string | null;
  /** Secret ARN: several, a line each. */
  customfield_10100: PackedAdf | null;
  /** Actions. */
  customfield_10101: readonly string[];
  /** Window start: a moment in Jira's form, UTC. */
  customfield_10102: string | null;
  /** Window end. */
  customfield_10103: string | null;
}

export type FieldId = keyof IssueValues;

/** `toString` is Jira's own name for the new text: always an own property, or readers find Object.prototype's. */
export interface ChangeItem {
  readonly field: string;
  readonly fieldtype: 'jira' | 'custom';
  readonly fieldId?: string;
  readonly from: string | null;
  readonly fromString: string | null;
  readonly to: string | null;
  readonly toString: string | null;
}

/** One entry of the changelog: what one person did in one step. */
export interface Change {
  readonly id: string;
  readonly author: SandboxPerson;
  readonly created: Date;
  readonly items: readonly ChangeItem[];
}

/** Properties are invisible to people and to webhooks; `expand=properties` shows them to programs. */
export interface Comment {
  readonly id: string;
  readonly author: SandboxPerson;
  updateAuthor: SandboxPerson;
  body: PackedAdf;
  readonly created: Date;
  updated: Date;
  properties: readonly EntityProperty[];
  /** For members of the group, or holders of the role, alone. */
  visibility: Visibility | null;
}

export interface Visibility {
  readonly type: 'group' | 'role';
  readonly value: string;
}

export interface EntityProperty {
  readonly key: string;
  readonly value: unknown;
}

export interface Attachment {
  readonly id: string;
  readonly author: SandboxPerson;
  readonly created: Date;
  readonly filename: string;
  readonly mimeType: string;
  readonly content: StoredFile;
}

/** Bytes on disk, away from the memory of the sandbox. */
export interface StoredFile {
  readonly path: string;
  readonly size: number;
}

/** The live issue: handlers change it in place and then save it in the store. */
export interface Issue {
  readonly id: string;
  key: string;
  project: Project;
  type: IssueType;
  status: Status;
  /** When the category of its status changed last. */
  moved: Date;
  resolution: Resolution | null;
  /** When the resolution was set. */
  resolved: Date | null;
  readonly creator: SandboxPerson;
  readonly created: Date;
  updated: Date;
  values: Readonly<IssueValues>;
  readonly comments: Comment[];
  readonly attachments: Attachment[];
  readonly watchers: Set<SandboxPerson>;
  readonly changes: Change[];
  readonly properties: Map<string, unknown>;
}
