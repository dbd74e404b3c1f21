import { ListObjectsV2Command, S3ServiceException } from '@aws-sdk/client-s3';
import { awsErrorName } from '../sts/aws-call.ts';
import type { Bucket } from './bucket.ts';

/** A HEAD has no body to name its error: the SDK then says Unknown. */
const refusals: ReadonlySet<string> = new Set(['AccessDenied', 'Forbidden', 'Unknown']);

/**
 * Whether a read failed because nothing is there. S3 says 404 only to those who may list, and a right to list that is bound
 * to a prefix (as the shipped policies grant it) may not reach a read, which has none: then 403 is said, and listing decides.
 * @throws the listing's error, which names what a HEAD cannot, such as a session that has expired
 */
export async function isAbsent(
  bucket: Bucket,
  key: string,
  error: unknown,
  abortSignal: AbortSignal,
): Promise<boolean> {
  const name = awsErrorName(error);
  if (name === 'NoSuchKey' || name === 'NoSuchVersion' || name === 'NotFound') return true;
  if (!refusals.has(name) || statusOf(error) !== 403) return false;
  return !(await listKey(bucket, key, abortSignal)).includes(key);
}

/** The key is the first of those that begin with it. */
async function listKey(
  bucket: Bucket,
  key: string,
  abortSignal: AbortSignal,
): Promise<(string | undefined)[]> {
  const command = new ListObjectsV2Command({ Bucket: bucket.name, Prefix: key, MaxKeys: 1 });
  const { Contents = [] } = await bucket.s3.send(command, { abortSignal });
  return Contents.map(({ Key }) => Key);
}

function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}
