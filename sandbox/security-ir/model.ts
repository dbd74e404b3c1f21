/** AWS's own, in their order in the life of a case. */
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
export const closureCodes = [
  'Investigation Completed',
  'Not Resolved',
  'False Positive',
  'Duplicate',
] as const;
export type ClosureCode = (typeof closureCodes)[number];

/** Seconds since 1970, whole: two changes within one second have the same time. */
export type Seconds = number;

export interface Watcher {
  readonly email: string;
  readonly name?: string | undefined;
  readonly jobTitle?: string | undefined;
}

export interface ThreatActor {
  readonly ipAddress: string;
  readonly userAgent?: string | undefined;
}

export interface StoredComment {
  readonly commentId: string;
  readonly createdDate: Seconds;
  readonly creator: string;
  lastUpdatedDate: Seconds;
  lastUpdatedBy: string;
  body: string;
}

export interface StoredAttachment {
  readonly attachmentId: string;
  readonly fileName: string;
  readonly creator: string;
  readonly createdDate: Seconds;
  readonly contentLength: number;
  attachmentStatus: 'Pending' | 'Verified' | 'Failed';
  /** Undefined until it is uploaded; such an attachment is not listed. */
  bytes?: Buffer;
}

export interface CaseEdit {
  readonly eventTimestamp: Seconds;
  readonly principal: string;
  readonly action: string;
  readonly message: string;
}

export interface StoredCase {
  /** Its place in the list: higher is newer. */
  readonly n: number;
  readonly caseId: string;
  readonly caseArn: string;
  readonly createdDate: Seconds;
  lastUpdatedDate: Seconds;
  title: string;
  description: string;
  caseStatus: CaseStatus;
  engagementType: 'Security Incident' | 'Investigation';
  resolverType: 'AWS' | 'Self';
  pendingAction: 'Customer' | 'None';
  reportedIncidentStartDate: Seconds;
  actualIncidentStartDate?: Seconds;
  closedDate?: Seconds;
  closureCode?: ClosureCode;
  impactedAccounts: readonly string[];
  impactedAwsRegions: readonly { readonly region: string }[];
  impactedServices: readonly string[];
  threatActorIpAddresses: readonly ThreatActor[];
  watchers: readonly Watcher[];
  caseMetadata: readonly { readonly key: string; readonly value: string }[];
  tags: Readonly<Record<string, string>>;
  readonly comments: StoredComment[];
  readonly attachments: StoredAttachment[];
  readonly edits: CaseEdit[];
}

export interface Membership {
  readonly membershipId: string;
  readonly membershipArn: string;
  readonly accountId: string;
  readonly region: string;
  /** Since when. */
  readonly activated: Seconds;
  status: 'Active' | 'Cancelled' | 'Terminated';
}

/** Who did it: an ARN as STS names it, `AWS Responder`, or the service itself. */
export type Principal = string;

export const responder: Principal = 'AWS Responder';
export const service: Principal = 'security-ir.amazonaws.com';
