import { createFailure } from '../../workflows/shared/failures.ts';
import type { CallContext } from '../sts/aws-call.ts';
import type { Bucket } from './bucket.ts';
import { requireSameBytes, type UploadSize } from './copy-object.ts';
import { copyOnce } from './copy-once.ts';
import { namesVersion } from './manifest.ts';
import { readManifest } from './manifest-store.ts';
import type { PinnedObject } from './port.ts';
import { digestVersion, urlOf, type StoredObject } from './stored-object.ts';

export interface Publication {
  readonly test: Bucket;
  readonly production: Bucket;
  readonly upload: UploadSize;
  readonly version: string;
  readonly tested: PinnedObject;
}

/** See S3Port.publishObject. What was written is streamed back and compared before anything may name it. */
export async function publishObject(
  publication: Publication,
  call: CallContext,
): Promise<PinnedObject & { written: boolean }> {
  const { test, production, upload, tested } = publication;
  const published = await copyOnce(
    { from: test, pinned: tested, to: production, upload },
    (there) => isPublished(publication, there, call),
    call,
  );
  if (published.written) requireSameBytes(tested, await digestVersion(production, published, call));
  return published;
}

/** Metadata may lie: the bytes that are there decide. @throws PolicyViolation other bytes under a published version */
async function isPublished(
  { production, version, tested }: Publication,
  there: StoredObject,
  call: CallContext,
): Promise<boolean> {
  const { key } = tested;
  const found = await digestVersion(production, { key, versionId: there.versionId }, call);
  if (found.sha256 === tested.sha256) return true;
  const manifest = await readManifest(production, call);
  const published = manifest.state === 'unreadable' || namesVersion(manifest.document, version);
  if (!published) return false;
  throw createFailure(
    'PolicyViolation',
    `${urlOf(production, key)} holds other bytes, and ${version} ${publishedAs(manifest.state)}: publish them under a new version`,
    { details: { system: 's3', expected: tested.sha256, found: found.sha256 } },
  );
}

function publishedAs(state: 'unreadable' | 'absent' | 'present'): string {
  return state === 'unreadable'
    ? 'may be published (the manifest cannot be read: repair it)'
    : 'is published by the manifest';
}
