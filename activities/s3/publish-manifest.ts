import { createFailure } from '../../workflows/shared/failures.ts';
import type { CallContext } from '../sts/aws-call.ts';
import type { Bucket } from './bucket.ts';
import { manifestKey } from './keys.ts';
import { keptAsideField, mergeManifest, type ManifestDocument } from './manifest.ts';
import { keepAside, readManifest, writeManifest, type StoredManifest } from './manifest-store.ts';
import type { ManifestEntry } from './port.ts';
import { urlOf } from './stored-object.ts';

const tries = 8;

export interface ManifestResult {
  readonly outcome: 'published' | 'already-published';
  readonly previousVersion: string | null;
}

/** See S3Port.publishManifest. Another writer between reading and writing makes it read and merge again. */
export async function publishManifest(
  bucket: Bucket,
  entry: ManifestEntry,
  fence: number,
  call: CallContext,
): Promise<ManifestResult> {
  for (let left = tries; left > 0; left -= 1) {
    const stored = await readManifest(bucket, call);
    const merge = mergeManifest(await documentOf(bucket, stored, call), entry, fence);
    if (merge.outcome === 'fenced') throw fenced(bucket, merge.fence, fence);
    const { outcome, previousVersion } = merge;
    if (outcome === 'already-published') return { outcome, previousVersion };
    if (await writeManifest(bucket, merge.document, stored.etag, call))
      return { outcome: 'published', previousVersion };
  }
  throw createFailure(
    'Unavailable',
    `s3: ${urlOf(bucket, manifestKey)} was changed by others ${tries} times in a row`,
  );
}

async function documentOf(
  bucket: Bucket,
  stored: StoredManifest,
  call: CallContext,
): Promise<ManifestDocument | undefined> {
  if (stored.state !== 'unreadable') return stored.document;
  return { [keptAsideField]: [await keepAside(bucket, stored.bytes, call)] };
}

function fenced(bucket: Bucket, found: number, ours: number) {
  return createFailure(
    'Conflict',
    `s3: ${urlOf(bucket, manifestKey)} was written under a later turn: this run has lost its turn and writes nothing`,
    { details: { system: 's3', expected: `fence up to ${ours}`, found: `fence ${found}` } },
  );
}
