import { createHash } from 'node:crypto';
import { createFailure } from '../../workflows/shared/failures.ts';
import type { CallContext } from '../sts/aws-call.ts';
import type { Bucket } from './bucket.ts';
import { manifestKey } from './keys.ts';
import { parseManifest, type ManifestDocument } from './manifest.ts';
import { readSmallObject, writeSmallObject } from './small-object.ts';
import { urlOf } from './stored-object.ts';

/** About 30,000 promotions. */
const maxManifestBytes = 16 * 1024 * 1024;

export type StoredManifest =
  | { readonly state: 'absent'; readonly document: undefined; readonly etag: undefined }
  | (StoredBytes & { readonly state: 'present'; readonly document: ManifestDocument })
  | (StoredBytes & { readonly state: 'unreadable'; readonly bytes: Buffer });

interface StoredBytes {
  readonly etag: string;
  /** Undefined in a bucket without versions. */
  readonly versionId: string | undefined;
}

/** @param version that one instead of the newest */
export async function readManifest(
  bucket: Bucket,
  call: CallContext,
  version?: string,
): Promise<StoredManifest> {
  const stored = await readSmallObject(bucket, manifestKey, maxManifestBytes, call, version);
  if (!stored) return { state: 'absent', document: undefined, etag: undefined };
  if (!stored.complete)
    throw createFailure(
      'UnsupportedResponse',
      `${urlOf(bucket, manifestKey)} is larger than ${maxManifestBytes} bytes: move the oldest part of its history away`,
    );
  const { bytes, etag, versionId } = stored;
  const document = parseManifest(bytes);
  return document
    ? { state: 'present', document, etag, versionId }
    : { state: 'unreadable', bytes, etag, versionId };
}

/** @returns the new version id; undefined when another writer came first */
export async function writeManifest(
  bucket: Bucket,
  document: ManifestDocument,
  replaces: string | undefined,
  call: CallContext,
): Promise<string | undefined> {
  const body = `${JSON.stringify(document, undefined, 2)}\n`;
  return writeSmallObject(bucket, manifestKey, { body, type: 'application/json', replaces }, call);
}

/** Copies bytes that are no manifest to a key made of their digest, so that a repeat finds them there. @returns the key */
export async function keepAside(bucket: Bucket, bytes: Buffer, call: CallContext): Promise<string> {
  const digest = createHash('sha256').update(bytes).digest('hex');
  const key = `${manifestKey}.unreadable-${digest.slice(0, 16)}`;
  const content = { body: bytes, type: 'application/octet-stream', replaces: undefined };
  await writeSmallObject(bucket, key, content, call);
  return key;
}
