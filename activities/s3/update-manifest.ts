import { createFailure } from '../../workflows/shared/failures.ts';
import type { CallContext } from '../sts/aws-call.ts';
import type { Bucket } from './bucket.ts';
import { manifestKey } from './keys.ts';
import { readManifest, writeManifest, type StoredManifest } from './manifest-store.ts';
import type { ManifestMerge } from './merge-manifest.ts';
import { requireVersionId, urlOf } from './stored-object.ts';

const tries = 8;

export interface ManifestResult {
  readonly outcome: 'published' | 'already-published';
  readonly previousVersion: string | null;
  readonly manifestVersionId: string;
}

/**
 * Reads, merges and writes under If-Match. Another writer in between makes it read and merge again. After a lost answer the
 * repeat finds its own entry in the history.
 */
export async function updateManifest(
  bucket: Bucket,
  fence: number,
  merge: (stored: StoredManifest) => Promise<ManifestMerge>,
  call: CallContext,
): Promise<ManifestResult> {
  for (let left = tries; left > 0; left -= 1) {
    const stored = await readManifest(bucket, call);
    const merged = await merge(stored);
    if (merged.outcome === 'fenced') throw fenced(bucket, merged.fence, fence);
    if (merged.outcome === 'consumed') throw consumed(bucket, merged);
    const { outcome, previousVersion } = merged;
    if (outcome === 'already-published')
      return { outcome, previousVersion, manifestVersionId: versionIdOf(bucket, stored) };
    const manifestVersionId = await writeManifest(bucket, merged.document, stored.etag, call);
    if (manifestVersionId !== undefined) return { outcome: 'published', previousVersion, manifestVersionId };
  }
  throw createFailure(
    'Unavailable',
    `s3: ${urlOf(bucket, manifestKey)} was changed by others ${tries} times in a row`,
  );
}

function versionIdOf(bucket: Bucket, stored: StoredManifest): string {
  return requireVersionId(stored.state === 'absent' ? undefined : stored.versionId, bucket);
}

function fenced(bucket: Bucket, found: number, ours: number) {
  return createFailure(
    'Conflict',
    `s3: ${urlOf(bucket, manifestKey)} was written under a later turn: this run has lost its turn and writes nothing`,
    { details: { system: 's3', expected: `fence up to ${ours}`, found: `fence ${found}` } },
  );
}

function consumed(bucket: Bucket, { requestId, by }: { requestId: string; by: string }) {
  return createFailure(
    'PolicyViolation',
    `request ${requestId} was consumed by run ${by}: ${urlOf(bucket, manifestKey)} has its entry already; ask people again`,
    { details: { system: 's3', action: `write ${urlOf(bucket, manifestKey)}`, found: `run ${by}` } },
  );
}
