import type { Grant } from '../../workflows/approval/messages.ts';
import type { PromotionPolicy } from '../../workflows/agent-promotion/messages.ts';
import type { Publication } from '../jira/port.ts';
import type { Turn } from '../../workflows/shared/turn.ts';

export type SignaturePolicy = 'required' | 'if-present' | 'off';

/** One immutable version of an object, with our own digest of its bytes. */
export interface PinnedObject {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string;
  /** SHA-256 of the bytes, hex, computed while streaming. */
  readonly sha256: string;
  /** Bytes, at least 1. */
  readonly size: number;
}

export interface PinnedInstaller extends PinnedObject {
  readonly signature: 'verified' | 'absent' | 'not-checked';
  /** Name of the configured public key that verified it. */
  readonly signedBy: string | null;
}

/** One line of a manifest's history; the first three are the top-level fields of the current version (P-55). */
export interface ManifestEntry {
  readonly version: string;
  /** `2025-09-14T12:34:56Z`, fixed once by the workflow. */
  readonly uploaded_at: string;
  readonly pipeline_url: string;
  readonly sha256: string;
  readonly size: number;
  /** Version id of the installer in the account's bucket. */
  readonly s3_version_id: string;
  readonly ticket: string;
  readonly workflow_id: string;
  /** Fixed once by the workflow: `<workflow id>/<round>`. */
  readonly entry_id: string;
  /** The run that wrote it: an approved request is consumed by one run. */
  readonly run_id: string;
  /** The request that allowed it and who approved it; null under a policy without approval. */
  readonly approval: { readonly request_id: string; readonly approvers: readonly string[] } | null;
}

/** What allows one write to one production account; the worker that holds the credentials checks all of it (design §3). */
export interface Permission {
  /** The whole of it: compared, field by field through its digest, with this worker's own copy. */
  readonly policy: PromotionPolicy;
  /** Step name of the wave, such as `wave-1`: it must have been opened at `freeze`. */
  readonly wave: string;
  /** Required for accounts whose wave or policy asks for an approval. */
  readonly grant: Grant | null;
  /** An approved exception from a freeze. */
  readonly exception: Grant | null;
}

/** What an account's bucket holds now. */
export interface AccountState {
  readonly account: string;
  /** `unreadable`: there is a manifest and it is none. */
  readonly manifest: 'absent' | 'unreadable' | 'present';
  readonly version: string | null;
  /** Versions of the history, oldest first, the current one last: the newest 500. */
  readonly versions: readonly string[];
  /** Of the current entry. */
  readonly entry: Partial<ManifestEntry> | null;
  readonly manifestVersionId: string | null;
}

/** What a promotion needs of S3. Accounts are named; bucket, owner and role come from the worker's configuration. */
export interface S3Port {
  /**
   * Reads the newest version of `agent/v<version>/agent-installer.sh` in the SOC bucket once, in bounded memory.
   * @throws NotFound missing · InvalidInput empty · PolicyViolation signature missing or wrong
   */
  pinInstaller(input: { version: string; signature: SignaturePolicy }): Promise<PinnedInstaller>;
  /** Copies exactly that version to the test bucket; equal content there is adopted. @throws Conflict when the bytes differ from the pin */
  copyToTest(input: {
    version: string;
    pinned: PinnedObject;
    turn: Turn;
  }): Promise<PinnedObject & { written: boolean }>;
  /**
   * Writes the tested bytes to one production account and streams them back to compare.
   * @throws PolicyViolation other content under a published version
   */
  publishObject(input: {
    account: string;
    version: string;
    tested: PinnedObject;
    permission: Permission;
    turn: Turn;
  }): Promise<PinnedObject & { written: boolean }>;
  /** Adds the entry to `agent/manifest.json` under If-Match and the fence. @throws Conflict a larger fence was there */
  publishManifest(input: {
    account: string;
    entry: ManifestEntry;
    permission: Permission;
    turn: Turn;
  }): Promise<{
    outcome: 'published' | 'already-published';
    previousVersion: string | null;
    /** S3's version id of the manifest object that has it. */
    manifestVersionId: string;
  }>;
  /** A read: what the account's manifest says now. */
  readAccount(input: { account: string }): Promise<AccountState>;
  /**
   * Compares one account with what a promotion recorded: manifest version, entry, and the object's bytes by streaming.
   * @returns the differences in words; empty when all is as we left it
   */
  findDrift(input: { account: string; recorded: Publication }): Promise<readonly string[]>;
  /**
   * Makes an earlier entry of the history the current one again (the pointer; objects stay), as a new entry with `entry.run_id`
   * and `entry.approval`. @throws PolicyViolation no such version in the history, or its object is not what the entry says · Conflict fenced
   */
  rollBackManifest(input: {
    account: string;
    toVersion: string;
    /** The version that is taken back: a manifest that names another one now is left alone (Conflict). */
    fromVersion: string;
    entry: Pick<ManifestEntry, 'uploaded_at' | 'ticket' | 'workflow_id' | 'entry_id' | 'run_id' | 'approval'>;
    permission: Permission;
    turn: Turn;
  }): Promise<{ outcome: 'published' | 'already-published'; manifestVersionId: string }>;
}
