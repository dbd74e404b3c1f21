/**
 * What the two sides of a link say, as hashes: texts, names of people and bytes never enter a history. Whoever writes reads them
 * again, in the activity. A hash is the first 16 hex digits of a SHA-256 over the normal form of a value (`activities/incidents/hash.ts`).
 */

export const caseStatuses = [
  'Submitted',
  'Acknowledged',
  'Detection and Analysis',
  'Containment, Eradication and Recovery',
  'Post-incident Activities',
  'Ready to Close',
  'Closed',
] as const;
export type CaseStatus = (typeof caseStatuses)[number];

/** Fields of a case that can be mapped. Of lists the order does not count. */
export const caseFields = [
  'title',
  'description',
  'engagementType',
  'resolverType',
  'pendingAction',
  'closureCode',
  'reportedIncidentStartDate',
  'actualIncidentStartDate',
  'impactedAccounts',
  'impactedAwsRegions',
  'impactedServices',
  'threatActorIpAddresses',
  'caseArn',
] as const;
export type CaseField = (typeof caseFields)[number];
/** Those that UpdateCase takes: the others travel to Jira only. */
export const writableCaseFields: readonly CaseField[] = [
  'title',
  'description',
  'engagementType',
  'actualIncidentStartDate',
  'impactedAccounts',
  'impactedAwsRegions',
  'impactedServices',
  'threatActorIpAddresses',
];

export type Side = 'case' | 'issue';

/** One field on both sides; `key` is `<case field>=<Jira field>` and never changes its meaning. */
export interface FieldMap {
  readonly key: string;
  readonly caseField: CaseField;
  /** Name or id in Jira. */
  readonly issueField: string;
  readonly direction: 'both' | 'to-issue' | 'to-case';
  /** Both changed: who wins. `ask`: a person in Slack. Only for direction both. */
  readonly conflict: 'case' | 'issue' | 'newest' | 'ask';
  /** Value on the case → value in Jira, where they differ; a value that is not named travels as it is. */
  readonly values: Readonly<Record<string, string>>;
}

/** A comment as one side has it. */
export interface CommentMark {
  /** SIR's or Jira's id. */
  readonly id: string;
  readonly hash: string;
  /** ISO 8601 UTC */
  readonly createdAt: string;
  /** Written by our own account or principal: a copy, a note, or what a person wrote with our credentials. */
  readonly ours: boolean;
  /** Stays on its side: restricted visibility, or the configured prefix. */
  readonly internal: boolean;
  /** Of a copy of ours: `<id of the original>#<part>`, in Jira by its property, in a case by its first line; null: it is none. */
  readonly copyOf: string | null;
}

export interface AttachmentMark {
  readonly id: string;
  /** Hash of name, size and time: the name itself may tell. */
  readonly hash: string;
  /** Bytes; null: the side does not say. */
  readonly size: number | null;
  /** Cases: only `Verified` ones travel. Jira's are always verified. */
  readonly status: 'Verified' | 'Pending' | 'Failed';
  readonly ours: boolean;
}

export interface CaseSide {
  /** False: ResourceNotFoundException; a lost permission is a failure instead (S-97). */
  readonly found: boolean;
  readonly caseArn: string;
  readonly status: CaseStatus;
  readonly resolverType: 'AWS' | 'Self';
  readonly pendingAction: 'Customer' | 'None';
  readonly closureCode: string | null;
  /** ISO 8601 UTC; null: open. */
  readonly closedAt: string | null;
  readonly updatedAt: string;
  /** Hash by key of the mapping. */
  readonly fields: Readonly<Record<string, string>>;
  readonly watchers: string;
  readonly comments: readonly CommentMark[];
  readonly attachments: readonly AttachmentMark[];
  /** `<connection>/<issue id>` of the tag `lockkeeper:issue`; null: none. Read when asked for only. */
  readonly issueTag: string | null;
  /** Name of the route that the case takes, for a new issue. */
  readonly route: string;
  /** The configuration counts it among those that hold promotions and changes (design §4). */
  readonly severe: boolean;
}

export interface IssueSide {
  /** False: deleted, or not visible any more: `gone` tells. */
  readonly found: boolean;
  /** Jira answers 404 to both: `deleted` only when the project and our right to browse it are there (S-97). */
  readonly gone: 'deleted' | 'invisible' | null;
  readonly key: string;
  readonly status: string;
  readonly done: boolean;
  readonly resolution: string | null;
  readonly updatedAt: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly watchers: string;
  readonly comments: readonly CommentMark[];
  readonly attachments: readonly AttachmentMark[];
}
