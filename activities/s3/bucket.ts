import { S3Client } from '@aws-sdk/client-s3';
import { toClientSettings, type AwsConnection } from '../sts/aws-connection.ts';
import type { SessionCredentials } from '../sts/session-cache.ts';

export interface BucketPlace {
  /** Twelve digits: the account that has to own the bucket. */
  readonly id: string;
  readonly bucket: string;
}

/** A bucket with the one client, and so the one role, that may touch it. */
export interface Bucket {
  readonly name: string;
  readonly s3: S3Client;
}

export interface BucketConnection extends AwsConnection {
  readonly forcePathStyle?: boolean;
}

export function openBucket(
  { id, bucket }: BucketPlace,
  credentials: SessionCredentials | (() => Promise<SessionCredentials>),
  connection: BucketConnection,
): Bucket {
  const s3 = new S3Client({
    ...toClientSettings(connection),
    credentials,
    forcePathStyle: connection.forcePathStyle ?? false,
  });
  return { name: bucket, s3: requireOwner(s3, id) };
}

/** ExpectedBucketOwner on every call, also on those that lib-storage makes by itself: names of deleted buckets are free for anyone. */
export function requireOwner(s3: S3Client, accountId: string): S3Client {
  s3.middlewareStack.add(
    (next) => (args) => next({ ...args, input: { ...args.input, ExpectedBucketOwner: accountId } }),
    { step: 'initialize', name: 'expectedBucketOwner' },
  );
  return s3;
}
