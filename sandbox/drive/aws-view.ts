import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { makeInstaller, type InstallerVariant } from '../../samples/installers/make-installer.ts';
import type { Endpoints } from '../stack/endpoints.ts';

export interface ManifestView {
  readonly version: string;
  readonly uploaded_at: string;
  readonly pipeline_url: string;
  readonly sha256: string;
  readonly fence: number;
  readonly approval?: { readonly request_id: string; readonly approvers: readonly string[] } | null;
  readonly history: readonly { readonly version: string; readonly ticket: string }[];
}

type AccountName = keyof Endpoints['accounts'];

/** What people and auditors do in AWS: SOC uploads as `sam`; the rest is read with each account's administrator. */
export function awsView(endpoints: Pick<Endpoints, 'aws' | 'accounts' | 'awsCredentials'>) {
  const shared = { endpoint: endpoints.aws, region: 'us-east-1', maxAttempts: 2 };
  const soc = new S3Client({ ...shared, forcePathStyle: true, credentials: endpoints.awsCredentials.sam });
  const admin = (account: AccountName) => endpoints.awsCredentials.admin[account];
  const s3 = (account: AccountName) =>
    new S3Client({ ...shared, forcePathStyle: true, credentials: admin(account) });
  const ec2 = new EC2Client({ ...shared, credentials: admin('test') });

  async function read(account: AccountName, key: string): Promise<Buffer | undefined> {
    try {
      const { Body } = await s3(account).send(
        new GetObjectCommand({ Bucket: endpoints.accounts[account].bucket, Key: key }),
      );
      return Body ? Buffer.from(await Body.transformToByteArray()) : undefined;
    } catch (error) {
      if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
      throw error;
    }
  }

  return {
    /** @returns what was uploaded */
    async uploadInstaller(version: string, body: InstallerVariant | Buffer = 'good'): Promise<Buffer> {
      const bytes = Buffer.isBuffer(body) ? body : Buffer.from(makeInstaller({ version, variant: body }));
      const Key = `agent/v${version}/agent-installer.sh`;
      await soc.send(new PutObjectCommand({ Bucket: endpoints.accounts.soc.bucket, Key, Body: bytes }));
      return bytes;
    },
    /** What a stranger with the account's administrator does behind our back. */
    async overwriteInstaller(account: AccountName, version: string, bytes: Buffer): Promise<void> {
      const Key = `agent/v${version}/agent-installer.sh`;
      await s3(account).send(
        new PutObjectCommand({ Bucket: endpoints.accounts[account].bucket, Key, Body: bytes }),
      );
    },
    readInstaller: (account: AccountName, version: string) =>
      read(account, `agent/v${version}/agent-installer.sh`),
    async readManifest(account: AccountName): Promise<ManifestView | undefined> {
      const bytes = await read(account, 'agent/manifest.json');
      return bytes && (JSON.parse(bytes.toString('utf8')) as ManifestView);
    },
    /** Ids of test instances by whether they still live. */
    async instances(): Promise<{ live: string[]; ended: string[] }> {
      const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
      const all = Reservations.flatMap((reservation) => reservation.Instances ?? []);
      const ids = (live: boolean) =>
        all.filter((one) => (one.State?.Name !== 'terminated') === live).map((one) => one.InstanceId ?? '');
      return { live: ids(true), ended: ids(false) };
    },
  };
}

export type AwsView = ReturnType<typeof awsView>;
