import { PutObjectCommand } from '@aws-sdk/client-s3';
import { installerKey } from '../../activities/s3/keys.ts';
import { makeInstaller, type InstallerVariant } from '../../samples/installers/make-installer.ts';
import { createAwsClients } from '../aws/aws-clients.ts';
import type { ConsoleVendors } from './page.ts';
import { VendorRefusal } from './vendor-call.ts';

export interface SocUpload {
  readonly at: string;
  readonly version: string;
  readonly variant: InstallerVariant;
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly versionId: string;
}

export interface SocUploads {
  /** Newest first. The bucket's own list is not shown: sam may not list it. */
  list(): readonly SocUpload[];
  /** PutObject with sam's credentials; throws `RangeError` for a version that the sample cannot have. */
  upload(version: string, variant: InstallerVariant): Promise<void>;
}

export function createSocUploads(aws: ConsoleVendors['aws']): SocUploads {
  const uploads: SocUpload[] = [];
  const { s3 } = createAwsClients(aws.url, aws.provisioned.credentials.sam);
  const { bucket } = aws.provisioned.accounts.soc;

  return {
    list: () => uploads,
    async upload(version, variant) {
      const installer = Buffer.from(makeInstaller({ version, variant }));
      const key = installerKey(version);
      const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: installer });
      const { VersionId: versionId = '' } = await s3.send(command).catch(refuse);
      const at = new Date().toISOString();
      uploads.unshift({ at, version, variant, key, size: installer.length, versionId });
    },
  };
}

function refuse(error: unknown): never {
  const { message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
  throw new VendorRefusal('S3', $metadata?.httpStatusCode ?? 0, message);
}
