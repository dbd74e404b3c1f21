import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { requireOwner } from '../s3/bucket.ts';
import type { PinnedObject } from '../s3/port.ts';
import { toClientSettings } from '../sts/aws-connection.ts';
import type { SessionCredentials } from '../sts/session-cache.ts';
import type { Ec2Options } from './options.ts';

/** Secrets until they expire: they leave the launching activity inside the user data only. */
export interface PresignedUrls {
  /** GET of exactly one version. */
  readonly installer: string;
  /** PUT that is good once: it wants the headers `content-type: application/json` and `if-none-match: *`. */
  readonly result: string;
}

/** @param credentials have to outlive the URLs: a URL dies with the session that signed it */
export async function signUrls(
  options: Ec2Options,
  credentials: SessionCredentials,
  wanted: { readonly tested: PinnedObject; readonly resultKey: string; readonly expiresInSeconds: number },
): Promise<PresignedUrls> {
  const s3 = createSigner(options, credentials);
  const { tested, resultKey, expiresInSeconds: expiresIn } = wanted;
  const get = { Bucket: options.testBucket, Key: tested.key, VersionId: tested.versionId };
  const put = {
    Bucket: options.testBucket,
    Key: resultKey,
    ContentType: 'application/json',
    IfNoneMatch: '*',
  };
  try {
    return {
      installer: await getSignedUrl(s3, new GetObjectCommand(get), { expiresIn }),
      result: await getSignedUrl(s3, new PutObjectCommand(put), {
        expiresIn,
        unhoistableHeaders: new Set(['if-none-match']),
        signableHeaders: new Set(['host', 'content-type', 'if-none-match']),
      }),
    };
  } finally {
    s3.destroy();
  }
}

function createSigner(options: Ec2Options, credentials: SessionCredentials): S3Client {
  const s3 = new S3Client({
    ...toClientSettings(options),
    credentials,
    forcePathStyle: options.forcePathStyle ?? false,
    // Else the SDK signs the checksum of an empty body into the PUT.
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  return requireOwner(s3, options.testAccountId);
}
