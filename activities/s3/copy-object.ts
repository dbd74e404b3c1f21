import { Upload } from '@aws-sdk/lib-storage';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createFailure } from '../../workflows/shared/failures.ts';
import { callAws, type CallContext } from '../sts/aws-call.ts';
import type { Bucket } from './bucket.ts';
import { digestMetadata } from './keys.ts';
import type { PinnedObject } from './port.ts';
import {
  createByteProgress,
  openVersion,
  requireVersionId,
  urlOf,
  type StoredObject,
} from './stored-object.ts';
import { toCondition, wasOvertaken } from './write-condition.ts';

/** `partSize` × (`queueSize` + 1) bytes is what one copy holds in memory. */
export interface UploadSize {
  /** Bytes, at least 5 MiB. */
  readonly partSize: number;
  readonly queueSize: number;
}

export interface Copy {
  readonly from: Bucket;
  readonly pinned: PinnedObject;
  readonly to: Bucket;
  /** What was seen at the target: only that is replaced. */
  readonly replaces: StoredObject | undefined;
  readonly upload: UploadSize;
}

/**
 * Streams exactly the pinned version to the same key of another bucket. The bytes are checked on the way, before the
 * upload is completed: bytes that differ from the pin never become an object.
 * @returns the new version id; undefined when another writer came first
 * @throws Conflict the bytes differ from the pin
 */
export async function copyObject(copy: Copy, call: CallContext): Promise<string | undefined> {
  const action = `copy ${urlOf(copy.from, copy.pinned.key)} to ${urlOf(copy.to, copy.pinned.key)}`;
  return callAws(call, { system: 's3', action }, async (signal) => {
    const source = await openVersion(copy.from, copy.pinned, signal);
    const progress = createByteProgress(call, action);
    try {
      const body = Readable.from(checked(source, copy.pinned, progress));
      return requireVersionId(await upload(copy, body, signal), copy.to);
    } catch (error) {
      if (wasOvertaken(error)) return undefined;
      throw error;
    } finally {
      source.destroy();
    }
  });
}

async function upload(copy: Copy, body: Readable, signal: AbortSignal): Promise<string | undefined> {
  const { to, pinned, replaces } = copy;
  const task = new Upload({
    client: to.s3,
    ...copy.upload,
    params: {
      Bucket: to.name,
      Key: pinned.key,
      Body: body,
      ContentType: 'text/x-shellscript',
      Metadata: { [digestMetadata]: pinned.sha256 },
      ...toCondition(replaces?.etag),
    },
  });
  const abort = () => void task.abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return (await task.done()).VersionId;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function* checked(
  source: AsyncIterable<Buffer>,
  pinned: PinnedObject,
  progress: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of source) {
    hash.update(chunk);
    size += chunk.length;
    progress(size);
    yield chunk;
  }
  requireSameBytes(pinned, { sha256: hash.digest('hex'), size });
}

/** @throws Conflict with both digests */
export function requireSameBytes(
  pinned: PinnedObject,
  found: { readonly sha256: string; readonly size: number },
): void {
  if (found.sha256 === pinned.sha256 && found.size === pinned.size) return;
  throw createFailure(
    'Conflict',
    `s3: the bytes of ${pinned.key} are not those that were pinned (${found.size} bytes instead of ${pinned.size})`,
    { details: { system: 's3', expected: pinned.sha256, found: found.sha256 } },
  );
}
