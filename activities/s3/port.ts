import type { PolicyRef, Turn } from '../../workflows/shared/turn.ts';

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
    policy: PolicyRef;
    turn: Turn;
  }): Promise<PinnedObject & { written: boolean }>;
  /** Adds the entry to `agent/manifest.json` under If-Match and the fence. @throws Conflict a larger fence was there */
  publishManifest(input: {
    account: string;
    entry: ManifestEntry;
    policy: PolicyRef;
    turn: Turn;
  }): Promise<{ outcome: 'published' | 'already-published'; previousVersion: string | null }>;
}
