import assert from 'node:assert/strict';
import { createAwsClients, type AwsClients } from '../../../sandbox/aws/aws-clients.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import {
  awsControlToken,
  clientsOf,
  credentialsOf,
  sharedAws,
  verdictOf,
  type Principal,
} from '../../support/aws.ts';
import { get, installer, put, rights, type Account, type Row } from './bucket-rights.ts';
import { settings } from './lone-papers.ts';

for (const [setting, apply] of Object.entries(settings))
  describe(`access to buckets by ${setting}`, function () {
    this.timeout(120_000);
    let aws: SandboxAws;
    let restore: Awaited<ReturnType<typeof apply>> = [];
    const versions = new Map<Account, string>();
    const clients = new Map<Principal, AwsClients>();

    before(async () => {
      aws = await sharedAws();
      await aws.reset();
      for (const account of ['soc', 'test', 'prod-a', 'prod-b'] as const)
        versions.set(account, await seed(aws, account));
      restore = await apply(aws);
      for (const principal of Object.keys(rights) as Principal[])
        clients.set(principal, await clientsOf(aws, principal));
    });
    after(async () => {
      for (const undo of restore) await undo();
    });

    for (const [principal, rows] of Object.entries(rights) as [Principal, readonly Row[]][])
      for (const [does, account, call, expected] of rows)
        it(`${principal} ${does} (${account}): ${expected}`, async () => {
          const { s3 } = clients.get(principal)!;
          const { bucket } = aws.provisioned.accounts[account];
          assert.equal(await verdictOf(call(s3, bucket, versions.get(account)!)), expected);
        });
  });

describe('buckets without TLS', () => {
  const visits: readonly (readonly [Principal, string])[] = [
    ['Agent-Deploy', 'soc-agent-installers'],
    ['Agent-Deploy', 'devops-agent-test'],
    ['Agent-Publish of prod-a', 'prod-a-agent-installers'],
    ['administrator of prod-a', 'prod-a-agent-installers'],
  ];
  for (const [principal, bucket] of visits)
    it(`${bucket} refuses ${principal}`, async () => {
      const aws = await sharedAws();
      // Past the front, which stands for TLS.
      const { s3 } = createAwsClients(aws.emulatorUrl, await credentialsOf(aws, principal));
      assert.equal(await verdictOf(get(installer)(s3, bucket, '')), 'refused');
      assert.equal(await verdictOf(put(installer)(s3, bucket, '')), 'refused');
    });
});

async function seed(aws: SandboxAws, account: Account): Promise<string> {
  const objects = ['private/plans.txt', installer].map((key) => ({ account, key, body: 'exit 0' }));
  const response = await fetch(`${aws.url}/_sandbox/seed`, {
    method: 'POST',
    headers: { 'x-sandbox-token': awsControlToken, 'content-type': 'application/json' },
    body: JSON.stringify({ objects }),
  });
  const seeded = (await response.json()) as { objects: { versionId: string }[] };
  return seeded.objects[1]!.versionId;
}
