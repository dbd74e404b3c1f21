import assert from 'node:assert/strict';
import type { Permission, PinnedObject, S3Port } from '../../../activities/s3/port.ts';
import type { RoleChain } from '../../../activities/sts/role-chain.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import { sharedAws } from '../../support/aws.ts';
import {
  check,
  dana,
  evidenceWith,
  grantOf,
  own,
  permissionWith,
  sue,
} from '../decisions/permission-world.ts';
import { approvedBy } from './permissions.ts';
import {
  chainOf,
  entryOf,
  execution,
  put,
  putManifest,
  putTested,
  read,
  readManifestOf,
  s3Of,
  sha256Of,
  turn,
  version,
} from './promotion-aws.ts';

const account = 'prod-a';
const bytes = { sha256: sha256Of('installer'), size: 9 };

/** The real guard before the real store: what people signed, and what then stands in the bucket. */
describe('S3: production writes behind the guard', function () {
  this.timeout(60_000);
  let aws: SandboxAws;
  let roles: RoleChain;
  let tested: PinnedObject;
  before(async () => {
    aws = await sharedAws();
    roles = chainOf(aws);
  });
  beforeEach(async () => {
    await aws.reset();
    tested = await putTested(aws, 'installer');
  });

  const portOf = (by = execution): S3Port =>
    s3Of(aws, roles, { checkPermission: (write, given, run) => check(write, given, { by: run }) }, by);
  const approve = async (): Promise<Permission> =>
    permissionWith({ grant: await grantOf([sue], { evidence: evidenceWith({}, bytes) }) });
  const allowRollback = async (): Promise<Permission> => {
    const versions = { fromVersion: version, toVersion: '1.4.1' };
    const evidence = evidenceWith({ kind: 'promotion-rollback' }, versions);
    return permissionWith({ grant: await grantOf([dana], { policy: own.rollback, evidence }) });
  };

  const verbs: Record<string, (permission: Permission, by?: typeof execution) => Promise<unknown>> = {
    publishObject: (permission, by) =>
      portOf(by).publishObject({ account, version, tested, permission, turn }),
    publishManifest: (permission, by) =>
      portOf(by).publishManifest({ account, entry: entryOf(approvedBy(['sue'])), permission, turn }),
    rollBackManifest: (permission, by) =>
      portOf(by).rollBackManifest({
        account,
        fromVersion: version,
        toVersion: '1.4.1',
        entry: entryOf(approvedBy(['dana'])),
        permission,
        turn,
      }),
  };

  it('publishes what people signed', async () => {
    const permission = await approve();
    await verbs['publishObject']!(permission);
    await verbs['publishManifest']!(permission);
    assert.deepEqual((await readManifestOf(aws, account))['approval'], approvedBy(['sue']).approval);
  });

  it('takes back what people signed', async () => {
    const s3_version_id = await put(aws, account, 'agent/v1.4.1/agent-installer.sh', 'older');
    const older = entryOf({ version: '1.4.1', sha256: sha256Of('older'), size: 5, s3_version_id });
    const history = [{ ...older, entry_id: 'older' }];
    await putManifest(aws, account, { ...entryOf({ entry_id: 'newer' }), history });
    await verbs['rollBackManifest']!(await allowRollback());
    assert.equal((await readManifestOf(aws, account))['version'], '1.4.1');
  });

  const lax: typeof own = {
    ...own,
    approval: null,
    waves: own.waves.map((wave) => ({ ...wave, approval: null })),
  };
  const refused: Record<string, (good: Permission) => readonly [Permission, typeof execution]> = {
    'a foreign workflow': (good) => [good, { ...execution, workflowId: 'mine' }],
    'a reset run': (good) => [good, { ...execution, runId: 'run-2' }],
    'a lax policy under a known name': (good) => [{ ...good, policy: lax, grant: null }, execution],
    'nobody’s approval': (good) => [{ ...good, grant: null }, execution],
  };
  for (const [verb, write] of Object.entries(verbs))
    for (const [kind, forge] of Object.entries(refused))
      it(`${verb} refuses ${kind}, before any call`, async () => {
        const good = await (verb === 'rollBackManifest' ? allowRollback() : approve());
        const before = aws.front.requests.length;
        await assert.rejects(write(...forge(good)), { type: 'PolicyViolation' });
        assert.equal(aws.front.requests.length, before);
      });

  it('writes no other bytes than those that people saw', async () => {
    tested = await putTested(aws, 'exchanged');
    await assert.rejects(verbs['publishObject']!(await approve()), { type: 'PolicyViolation' });
    assert.equal(await read(aws, account, 'agent/manifest.json'), undefined);
  });
});
