import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { createHash } from 'node:crypto';
import { addAbortSignal, Readable } from 'node:stream';
import { createFailure, failureType } from '../../workflows/shared/failures.ts';
import { callAws, type CallContext } from '../sts/aws-call.ts';
import { isAbsent } from './absent-object.ts';
import type { Bucket } from './bucket.ts';
import { digestMetadata } from './keys.ts';

/** The newest version of an object, without its bytes. */
export interface StoredObject {
  readonly versionId: string;
  readonly etag: string;
  readonly size: number;
  /** What its writer said, hex; nobody has to believe it. */
  readonly claimedSha256: string | undefined;
}

export interface Digest {
  readonly sha256: string;
  readonly size: number;
}

/** @returns undefined when there is no such object, or its newest version is a delete marker */
export async function headObject(
  bucket: Bucket,
  key: string,
  call: CallContext,
): Promise<StoredObject | undefined> {
  const action = `look at ${urlOf(bucket, key)}`;
  return callAws(call, { system: 's3', action }, async (abortSignal) => {
    try {
      const command = new HeadObjectCommand({ Bucket: bucket.name, Key: key });
      const head = await bucket.s3.send(command, { abortSignal });
      return {
        versionId: requireVersionId(head.VersionId, bucket),
        etag: head.ETag ?? '',
        size: head.ContentLength ?? 0,
        claimedSha256: head.Metadata?.[digestMetadata],
      };
    } catch (error) {
      if (await isAbsent(bucket, key, error, abortSignal)) return undefined;
      throw error;
    }
  });
}

/** The bytes of exactly one version, as a stream that ends with the activity. The caller destroys it. */
export async function openVersion(
  bucket: Bucket,
  { key, versionId }: { key: string; versionId: string },
  abortSignal: AbortSignal,
): Promise<Readable> {
  const command = new GetObjectCommand({ Bucket: bucket.name, Key: key, VersionId: versionId });
  const { Body } = await bucket.s3.send(command, { abortSignal });
  if (!(Body instanceof Readable)) throw new TypeError('the SDK gave no stream');
  return addAbortSignal(abortSignal, Body);
}

/** Streams one version in bounded memory. */
export async function digestVersion(
  bucket: Bucket,
  version: { key: string; versionId: string },
  call: CallContext,
): Promise<Digest> {
  const action = `read ${urlOf(bucket, version.key)} version ${version.versionId}`;
  return callAws(call, { system: 's3', action }, async (abortSignal) => {
    const progress = createByteProgress(call, action);
    const hash = createHash('sha256');
    let size = 0;
    for await (const chunk of await openVersion(bucket, version, abortSignal)) {
      hash.update(chunk as Buffer);
      size += (chunk as Buffer).length;
      progress(size);
    }
    return { sha256: hash.digest('hex'), size };
  });
}

/**
 * @param newest of the same key. Of a version that is not there S3 may say 403 as well as 404, so that only of the newest one
 * it surely means a right that is missing.
 * @returns undefined when that version is not there
 */
export async function digestIfThere(
  bucket: Bucket,
  version: { key: string; versionId: string },
  newest: StoredObject | undefined,
  call: CallContext,
): Promise<Digest | undefined> {
  const absence = newest?.versionId === version.versionId ? ['NotFound'] : ['NotFound', 'PermissionDenied'];
  try {
    return await digestVersion(bucket, version, call);
  } catch (error) {
    if (absence.includes(failureType(error))) return undefined;
    throw error;
  }
}

/** A version id, without which nothing can be pinned. @throws UnsupportedResponse naming the fix */
export function requireVersionId(versionId: string | undefined, bucket: Bucket): string {
  if (versionId && versionId !== 'null') return versionId;
  throw createFailure(
    'UnsupportedResponse',
    `bucket ${bucket.name} is not versioned: switch versioning on (aws s3api put-bucket-versioning) and store the object again`,
  );
}

export function urlOf(bucket: Bucket, key: string): string {
  return `s3://${bucket.name}/${key}`;
}

/** Heartbeats at most once a second, however small the chunks are. */
export function createByteProgress(call: CallContext, action: string, now = Date.now) {
  let last = 0;
  return (bytes: number) => {
    if (now() - last < 1000) return;
    last = now();
    call.heartbeat({ action, bytes });
  };
}
