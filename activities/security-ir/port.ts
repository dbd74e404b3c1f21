import type { CaseField, CaseStatus } from '../../workflows/incident-sync/sides.ts';

/** A case with all its texts: stays in the activity that reads it. */
export interface IncidentCase {
  readonly caseId: string;
  readonly caseArn: string;
  readonly status: CaseStatus;
  readonly resolverType: 'AWS' | 'Self';
  readonly engagementType: 'Security Incident' | 'Investigation';
  readonly pendingAction: 'Customer' | 'None';
  readonly closureCode: string | null;
  /** ISO 8601 UTC */
  readonly closedAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Values of the mapped fields; dates ISO 8601 UTC; an IP address is `<address> <user agent>`; absent ones are null or empty. */
  readonly fields: Readonly<Record<CaseField, string | readonly string[] | null>>;
  readonly watchers: readonly Watcher[];
  readonly attachments: readonly CaseAttachment[];
}

export interface Watcher {
  readonly email: string;
  readonly name: string | null;
}

export interface CaseAttachment {
  readonly id: string;
  readonly fileName: string;
  readonly status: 'Verified' | 'Failed' | 'Pending';
  readonly creator: string;
  readonly createdAt: string;
}

export interface CaseComment {
  readonly id: string;
  readonly body: string;
  readonly creator: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly lastUpdatedBy: string;
}

export interface NewCase {
  /** At most 255 characters: SHA-256 hex of the key. */
  readonly clientToken: string;
  readonly title: string;
  readonly description: string;
  readonly engagementType: IncidentCase['engagementType'];
  readonly resolverType: 'AWS' | 'Self';
  /** ISO 8601 UTC */
  readonly reportedIncidentStartDate: string;
  readonly impactedAccounts: readonly string[];
  readonly impactedAwsRegions: readonly string[];
  readonly impactedServices: readonly string[];
  readonly threatActorIpAddresses: readonly string[];
  readonly watchers: readonly {
    readonly email: string;
    readonly name?: string;
    readonly jobTitle?: string;
  }[];
  readonly tags: Readonly<Record<string, string>>;
}

export interface CaseListItem {
  readonly caseId: string;
  /** As AWS calls it: a word that we do not know is that case's own trouble, not the list's. */
  readonly status: string;
  /** ISO 8601 UTC */
  readonly updatedAt: string;
  readonly createdAt: string;
}

/**
 * One membership of AWS Security Incident Response: one request each, no repeats here (Temporal repeats), 20 s a call, 429 with
 * Retry-After. Failures as in `activities/vendor-error.ts`: ResourceNotFoundException is `NotFound`, AccessDeniedException
 * `PermissionDenied`, an expired or wrong credential `CredentialRejected`, ConflictException `Conflict`.
 */
export interface CaseSystem {
  getCase(caseId: string): Promise<IncidentCase>;
  /** All pages. */
  listComments(caseId: string): Promise<readonly CaseComment[]>;
  /** One page of at most 25; newest first is not promised. @param cursor null: the first */
  listCases(
    cursor: string | null,
  ): Promise<{ readonly items: readonly CaseListItem[]; readonly cursor: string | null }>;
  readTags(caseArn: string): Promise<Readonly<Record<string, string>>>;
  tag(caseArn: string, tags: Readonly<Record<string, string>>): Promise<void>;
  untag(caseArn: string, keys: readonly string[]): Promise<void>;
  createCase(order: NewCase): Promise<{ readonly caseId: string }>;
  /** Lists are given whole; the difference to what stands is sent. */
  updateCase(
    caseId: string,
    fields: Readonly<Partial<Record<CaseField, string | readonly string[]>>>,
  ): Promise<void>;
  addWatchers(caseId: string, watchers: readonly Watcher[]): Promise<void>;
  updateStatus(caseId: string, status: CaseStatus): Promise<void>;
  closeCase(caseId: string): Promise<void>;
  /** @param clientToken a repeat answers with the same comment */
  createComment(caseId: string, body: string, clientToken: string): Promise<{ readonly commentId: string }>;
  updateComment(caseId: string, commentId: string, body: string): Promise<void>;
  /** The bytes, streamed. The presigned URL never leaves this call. @throws UnsupportedResponse when the store answers with anything but the file */
  download(
    caseId: string,
    attachmentId: string,
  ): Promise<{ readonly body: AsyncIterable<Uint8Array>; readonly size: number | null }>;
  /** @param input.file on this machine. There is one attachment per (name, size): a name that is there already is success */
  upload(
    caseId: string,
    input: {
      readonly fileName: string;
      readonly file: string;
      readonly size: number;
      readonly clientToken: string;
    },
  ): Promise<{ readonly attachmentId: string | null }>;
  /** ARN or name by which this credential appears as creator; looked up once (STS GetCallerIdentity). */
  ownPrincipal(): Promise<string>;
}
