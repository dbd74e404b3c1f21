import type { CallContext } from '../sts/aws-call.ts';
import type { Bucket } from './bucket.ts';
import { keptAsideField, type ManifestDocument } from './manifest.ts';
import { keepAside, type StoredManifest } from './manifest-store.ts';
import { mergeManifest } from './merge-manifest.ts';
import type { ManifestEntry } from './port.ts';
import { updateManifest, type ManifestResult } from './update-manifest.ts';

/** See S3Port.publishManifest. */
export async function publishManifest(
  bucket: Bucket,
  entry: ManifestEntry,
  fence: number,
  call: CallContext,
): Promise<ManifestResult> {
  return updateManifest(
    bucket,
    fence,
    async (stored) => mergeManifest(await documentOf(bucket, stored, call), entry, fence),
    call,
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
