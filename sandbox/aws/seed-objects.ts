import { PutObjectCommand } from '@aws-sdk/client-s3';
import { behindTls, createAwsClients } from './aws-clients.ts';
import type { ProvisionedAws } from './provision-accounts.ts';
import { accountNames, type AccountName } from './sandbox-accounts.ts';

export interface SeededObject {
  readonly account: AccountName;
  readonly key: string;
  readonly versionId: string;
}

interface ObjectFixture {
  readonly account: AccountName;
  readonly key: string;
  readonly body: string;
  /** Of `body`; utf8 by default. */
  readonly encoding?: 'utf8' | 'base64';
}

/** What `POST /_sandbox/seed` takes: {"objects": [{account, key, body, encoding?}]}, written by each account's administrator. */
export async function seedObjects(
  emulatorUrl: string,
  provisioned: ProvisionedAws,
  fixtures: unknown,
): Promise<{ objects: SeededObject[] }> {
  const seeded: SeededObject[] = [];
  for (const fixture of parseFixtures(fixtures)) {
    const s3 = behindTls(createAwsClients(emulatorUrl, provisioned.credentials.admin[fixture.account]).s3);
    const Bucket = provisioned.accounts[fixture.account].bucket;
    const Body = Buffer.from(fixture.body, fixture.encoding ?? 'utf8');
    const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key: fixture.key, Body }));
    seeded.push({ account: fixture.account, key: fixture.key, versionId: VersionId ?? '' });
  }
  return { objects: seeded };
}

function parseFixtures(fixtures: unknown): ObjectFixture[] {
  const { objects } = fixtures as { objects?: ObjectFixture[] };
  if (!Array.isArray(objects))
    throw new Error('objects: a list of {account, key, body, encoding?} is expected');
  for (const { account, key, body } of objects) {
    if (!accountNames.includes(account))
      throw new Error(`objects.account: one of ${accountNames.join(', ')}`);
    if (typeof key !== 'string' || typeof body !== 'string')
      throw new Error('objects.key and objects.body: strings');
  }
  return objects;
}
