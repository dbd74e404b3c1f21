import assert from 'node:assert/strict';
import type { Publication } from '../../../activities/jira/port.ts';
import type { S3Port } from '../../../activities/s3/port.ts';
import type { RoleChain } from '../../../activities/sts/role-chain.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import { failureType } from '../../../workflows/shared/failures.ts';
import { sharedAws } from '../../support/aws.ts';
import { addFault, clearFaults, s3Answers } from './aws-faults.ts';
import { permission } from './permissions.ts';
import {
  chainOf,
  entryOf,
  key,
  put,
  putManifest,
  putTested,
  readManifestOf,
  remove,
  s3Of,
  sha256Of,
  turn,
  version,
} from './promotion-aws.ts';

const account = 'prod-a';
const manifestKey = 'agent/manifest.json';
const timeouts = { connect: 300, request: 300, idle: 300 };

describe('S3: drift', function () {
  this.timeout(60_000);
  let aws: SandboxAws;
  let roles: RoleChain;
  let s3: S3Port;
  let recorded: Publication;
  before(async () => {
    aws = await sharedAws();
    roles = chainOf(aws);
    await roles.agentPublish(aws.provisioned.roles.agentPublish[account])();
    s3 = s3Of(aws, roles, { timeouts });
  });
  beforeEach(async () => {
    await aws.reset();
    recorded = await promote();
  });
  afterEach(() => clearFaults(aws));

  /** As a promotion does, and records it. */
  async function promote(): Promise<Publication> {
    const tested = await putTested(aws, 'installer');
    const object = await s3.publishObject({ account, version, tested, permission, turn });
    const entry = entryOf({ s3_version_id: object.versionId });
    const { manifestVersionId } = await s3.publishManifest({ account, entry, permission, turn });
    return { account, version, sha256: object.sha256, s3VersionId: object.versionId, manifestVersionId };
  }

  const find = (changes: Partial<Publication> = {}, port = s3) =>
    port.findDrift({ account, recorded: { ...recorded, ...changes } });
  /** Each difference, in the same order, and no other. */
  async function finds(expected: readonly RegExp[], changes: Partial<Publication> = {}) {
    const differences = await find(changes);
    assert.equal(differences.length, expected.length, differences.join('\n'));
    for (const [index, difference] of differences.entries()) assert.match(difference, expected[index]!);
  }

  it('finds nothing where all is as we left it', () => finds([]));

  it('reads only, by rights that a publisher has anyway', async () => {
    const before = aws.front.requests.length;
    await find();
    const calls = aws.front.requests.slice(before).filter(({ path }) => path.startsWith('/prod-a'));
    assert.deepEqual(
      calls.map(({ method }) => method),
      ['GET', 'HEAD', 'GET'],
    );
  });

  describe('of the object', () => {
    it('finds a newer object on top, even of the same bytes', async () => {
      const versionId = await put(aws, account, key, 'installer');
      await finds([
        new RegExp(`was overwritten: its newest version is ${versionId}, ours \\(.+\\) is still there`),
      ]);
    });

    it('finds a delete marker', async () => {
      await remove(aws, account, key);
      await finds([/agent-installer\.sh was deleted: ours \(.+\) is still there/]);
    });

    it('finds that our version was destroyed', async () => {
      await remove(aws, account, key, recorded.s3VersionId);
      await finds([/agent-installer\.sh was deleted: ours \(.+\) is gone/]);
    });

    it('finds that our version was destroyed under a newer one', async () => {
      await put(aws, account, key, 'another');
      await remove(aws, account, key, recorded.s3VersionId);
      await finds([/was overwritten: its newest version is .+, ours \(.+\) is gone/]);
    });

    it('finds other bytes under our version', async () => {
      const rotten = { mode: 'status', status: 200, body: 'rotten' } as const;
      await addFault(aws, { match: { method: 'GET', path: `/v${version}/` }, ...rotten });
      await finds([new RegExp(`have SHA-256 ${sha256Of('rotten')}, we wrote ${sha256Of('installer')}`)]);
    });

    it('streams what was recorded, not what is newest', async () => {
      await put(aws, account, key, 'another');
      await find();
      const read = aws.front.requests.filter(
        ({ method, path }) => method === 'GET' && path.includes('/v1.4.2/'),
      );
      assert.ok(read.at(-1)?.query.includes(`versionId=${recorded.s3VersionId}`));
    });
  });

  describe('of the manifest', () => {
    it('finds that it was edited, and names the fields', async () => {
      const found = await readManifestOf(aws, account);
      await putManifest(aws, account, { ...found, ticket: 'DEVOPS-1', owner: { team: 'x' } });
      await finds([
        /manifest\.json was written by somebody else: changed ticket, owner; its newest version is .+, ours \(.+\) is still there/,
      ]);
    });

    it('finds that it was stored again as it was', async () => {
      await putManifest(aws, account, await readManifestOf(aws, account));
      await finds([/written by somebody else: the same fields/]);
    });

    it('finds another version, object and digest in it', async () => {
      const found = await readManifestOf(aws, account);
      const other = { version: '9.9.9', sha256: 'x'.repeat(5000), s3_version_id: undefined };
      await putManifest(aws, account, { ...found, ...other });
      await finds([
        /changed version, sha256, s3_version_id;/,
        /version is 9\.9\.9, we wrote 1\.4\.2$/,
        /sha256 is x{100}, we wrote [0-9a-f]{64}$/,
        /s3_version_id is missing, we wrote/,
      ]);
    });

    it('names ten changed fields at most', async () => {
      const found = await readManifestOf(aws, account);
      const strangers = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`field-${index}`, 1]));
      await putManifest(aws, account, { ...found, ...strangers });
      await finds([/changed field-0, .+, field-9 and 20 more;/]);
    });

    it('finds that it is none any more', async () => {
      await put(aws, account, manifestKey, '{"version": ');
      await finds([/overwritten by something that is no manifest: its newest version is .+ still there/]);
    });

    it('finds a delete marker', async () => {
      await remove(aws, account, manifestKey);
      await finds([/manifest\.json was deleted: ours \(.+\) is still there/]);
    });

    it('finds that our version was destroyed', async () => {
      await remove(aws, account, manifestKey, recorded.manifestVersionId);
      await finds([/manifest\.json was deleted: ours \(.+\) is gone/]);
    });

    it('cannot say what was changed when ours is gone', async () => {
      await putManifest(aws, account, await readManifestOf(aws, account));
      await remove(aws, account, manifestKey, recorded.manifestVersionId);
      await finds([/nobody can tell what was changed; .+ is gone/]);
    });
  });

  it('finds both missing, in words', async () => {
    await aws.reset();
    await finds([/manifest\.json was deleted/, /agent-installer\.sh was deleted/]);
  });

  it('finds that the bucket is missing, in words', async () => {
    const { soc, test, 'prod-a': own } = aws.provisioned.accounts;
    const publishRoleArn = aws.provisioned.roles.agentPublish[account];
    const production = [{ name: account, publishRoleArn, id: own.id, bucket: 'prod-a-agent-gone' }];
    const misled = s3Of(aws, roles, { accounts: { soc, test, production } });
    assert.deepEqual(await find({}, misled), ['bucket prod-a-agent-gone does not exist']);
  });

  it('refuses an account that is not configured', () =>
    assert.rejects(s3.findDrift({ account: 'prod-z', recorded }), { type: 'InvalidInput' }));

  it('a version that answers 403 while it is the newest is a right that is missing', async () => {
    const [fault] = s3Answers['403']!;
    await addFault(aws, { match: { method: 'GET', path: `/v${version}/` }, ...fault });
    await assert.rejects(find(), { type: 'PermissionDenied' });
  });

  it('a version that answers 403 below a newer one is gone', async () => {
    await put(aws, account, key, 'another');
    const [fault] = s3Answers['403']!;
    await addFault(aws, { match: { method: 'GET', path: `/v${version}/` }, ...fault });
    await finds([/was overwritten: .+ is gone$/]);
  });

  for (const [kind, [fault, type]] of Object.entries(s3Answers)) {
    if (type === 'NotFound') continue;
    it(`meets ${kind}: ${type}, which is no drift`, async () => {
      await addFault(aws, { ...fault, match: { method: 'GET', path: '/prod-a-agent' }, times: 5 });
      await assert.rejects(find(), (error: unknown) => failureType(error) === type);
    });
  }
});
