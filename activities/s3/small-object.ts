import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import { callAws, type AwsAction, type CallContext } from '../sts/aws-call.ts';
import { isAbsent } from './absent-object.ts';
import type { Bucket } from './bucket.ts';
import { toCondition, wasOvertaken } from './write-condition.ts';
import { requireVersionId, urlOf } from './stored-object.ts';

export interface SmallObject {
  /** At most `maxBytes` and one chunk more. */
  readonly bytes: Buffer;
  /** False when there is more than `maxBytes`: the rest was not read. */
  readonly complete: boolean;
  readonly etag: string;
  /** Undefined when it was stored without versioning. */
  readonly versionId: string | undefined;
}

/** @param version that one instead of the newest @returns undefined when it does not exist */
export async function readSmallObject(
  bucket: Bucket,
  key: string,
  maxBytes: number,
  call: CallContext,
  version?: string,
): Promise<SmallObject | undefined> {
  return callAws(call, { system: 's3', action: `read ${urlOf(bucket, key)}` }, async (abortSignal) => {
    try {
      const pinned = version === undefined ? {} : { VersionId: version };
      const command = new GetObjectCommand({ Bucket: bucket.name, Key: key, ...pinned });
      const { Body, ETag, VersionId } = await bucket.s3.send(command, { abortSignal });
      const versionId = VersionId === 'null' ? undefined : VersionId;
      return { ...(await collect(Body, maxBytes)), etag: ETag ?? '', versionId };
    } catch (error) {
      if (await isAbsent(bucket, key, error, abortSignal)) return undefined;
      throw error;
    }
  });
}

export interface SmallContent {
  readonly body: string | Buffer;
  readonly type: string;
}

/** @param replaces entity tag of what was seen there; undefined = nothing @returns the new version id; undefined when another writer came first */
export async function writeSmallObject(
  bucket: Bucket,
  key: string,
  content: SmallContent & { readonly replaces: string | undefined },
  call: CallContext,
): Promise<string | undefined> {
  return callAws(call, writeOf(bucket, key), async (abortSignal) => {
    try {
      const command = toPut(bucket, key, content, toCondition(content.replaces));
      const { VersionId } = await bucket.s3.send(command, { abortSignal });
      return requireVersionId(VersionId, bucket);
    } catch (error) {
      if (wasOvertaken(error)) return undefined;
      throw error;
    }
  });
}

/** Unconditional: for evidence that only one run writes. */
export async function replaceSmallObject(
  bucket: Bucket,
  key: string,
  content: SmallContent,
  call: CallContext,
): Promise<void> {
  await callAws(call, writeOf(bucket, key), (abortSignal) =>
    bucket.s3.send(toPut(bucket, key, content, {}), { abortSignal }),
  );
}

function writeOf(bucket: Bucket, key: string): AwsAction {
  return { system: 's3', action: `write ${urlOf(bucket, key)}` };
}

function toPut(
  bucket: Bucket,
  key: string,
  { body, type }: SmallContent,
  condition: { IfMatch?: string; IfNoneMatch?: string },
): PutObjectCommand {
  return new PutObjectCommand({ Bucket: bucket.name, Key: key, Body: body, ContentType: type, ...condition });
}

/** Leaving the loop early destroys the stream, so that a huge object is not read to its end. */
async function collect(body: unknown, maxBytes: number): Promise<Pick<SmallObject, 'bytes' | 'complete'>> {
  if (!(body instanceof Readable)) throw new TypeError('the SDK gave no stream');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > maxBytes) break;
  }
  return { bytes: Buffer.concat(chunks), complete: size <= maxBytes };
}
