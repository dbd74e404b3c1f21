import assert from 'node:assert/strict';
import type { ManifestEntry, S3Port } from '../../../activities/s3/port.ts';
import type { RoleChain } from '../../../activities/sts/role-chain.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import { sharedAws } from '../../support/aws.ts';
import { addFault, clearFaults, s3Error } from './aws-faults.ts';
import { approved, approvedBy, createRecorder, grantOf, permission } from './permissions.ts';
import {
  chainOf,
  entryOf,
  execution,
  put,
  putManifest,
  read,
  readManifestOf,
  remove,
  s3Of,
  sha256Of,
  turn,
} from './promotion-aws.ts';

const account = 'prod-a';
const manifestKey = 'agent/manifest.json';
const objectKey = 'agent/v1.4.1/agent-installer.sh';
const { ticket, workflow_id, run_id } = entryOf();
const pointer = {
  uploaded_at: '2025-09-15T08:00:00Z',
  ticket,
  workflow_id,
  entry_id: `${workflow_id}/0/rollback`,
  run_id,
  ...approvedBy(['sue']),
};

describe('S3: rolling a manifest back', function () {
  this.timeout(60_000);
  let aws: SandboxAws;
  let roles: RoleChain;
  let s3: S3Port;
  let older: ManifestEntry;
  const newer = entryOf();
  before(async () => {
    aws = await sharedAws();
    roles = chainOf(aws);
    s3 = s3Of(aws, roles);
  });
  beforeEach(async () => {
    await aws.reset();
    const s3_version_id = await put(aws, account, objectKey, 'the older one');
    const pipeline_url = 'https://gitlab.com/your-org/your-project/-/pipelines/99';
    const bytes = { sha256: sha256Of('the older one'), size: 13 };
    older = entryOf({ version: '1.4.1', entry_id: 'older', pipeline_url, s3_version_id, ...bytes });
    await putManifest(aws, account, { ...newer, fence: 4, owner: 'x', history: [older, newer] });
  });
  afterEach(() => clearFaults(aws));

  const input = { account, fromVersion: '1.4.2', toVersion: '1.4.1', entry: pointer };
  const rollBack = (changes: object = {}, port = s3) =>
    port.rollBackManifest({ ...input, permission: approved(), turn, ...changes });
  const manifestId = async () => (await read(aws, account, manifestKey))?.versionId;

  async function refuses(type: string, message: RegExp, changes: object = {}) {
    const before = await manifestId();
    await assert.rejects(rollBack(changes), { type, message });
    assert.equal(await manifestId(), before);
  }

  it('makes the earlier version current again, as a new entry', async () => {
    const { outcome, manifestVersionId } = await rollBack();
    assert.equal(outcome, 'published');
    assert.equal(manifestVersionId, await manifestId());
    const { version, pipeline_url, sha256, size, s3_version_id } = older;
    const entry = { ...pointer, version, pipeline_url, sha256, size, s3_version_id };
    const history = [older, newer, entry];
    const document = { ...entry, schema_version: 1, fence: 5, owner: 'x', history };
    assert.deepEqual(await readManifestOf(aws, account), document);
  });

  it('does nothing the second time', async () => {
    const first = await rollBack();
    assert.deepEqual(await rollBack(), { ...first, outcome: 'already-published' });
    assert.equal(await manifestId(), first.manifestVersionId);
  });

  it('knows its own write whose answer was lost', async () => {
    await addFault(aws, { match: { method: 'PUT', path: 'manifest.json\\?' }, mode: 'lost' });
    await assert.rejects(rollBack(), { type: 'Unavailable' });
    assert.equal((await rollBack()).outcome, 'already-published');
    assert.equal(((await readManifestOf(aws, account))['history'] as unknown[]).length, 3);
  });

  it('can be rolled forward again by a promotion', async () => {
    await rollBack();
    const again = { ...newer, entry_id: `${workflow_id}/1`, ...approvedBy(['sue'], 'request-2') };
    const allowed = approved(grantOf([{}], 'request-2'));
    const published = await s3.publishManifest({ account, entry: again, permission: allowed, turn });
    assert.equal(published.previousVersion, '1.4.1');
    assert.equal((await readManifestOf(aws, account))['version'], '1.4.2');
  });

  it('asks the guard about exactly this, and makes no call when it refuses', async () => {
    const guard = createRecorder(true);
    const before = aws.front.requests.length;
    const guarded = s3Of(aws, roles, { checkPermission: guard.checkPermission });
    await assert.rejects(rollBack({}, guarded), { type: 'PolicyViolation' });
    assert.equal(aws.front.requests.length, before);
    const write = { kind: 'rollback', account, fromVersion: '1.4.2', toVersion: '1.4.1' };
    assert.deepEqual(guard.asked, [[write, approved(), execution]]);
  });

  it('refuses an entry that names another run, before any call', async () => {
    const before = aws.front.requests.length;
    const entry = { ...pointer, run_id: 'run-0' };
    await assert.rejects(rollBack({ entry }), { type: 'PolicyViolation', message: /^entry\.run_id/ });
    assert.equal(aws.front.requests.length, before);
  });

  it('refuses a request that another run has consumed', async () => {
    const consumed = { ...newer, ...approvedBy(['sue']), run_id: 'run-0' };
    await putManifest(aws, account, { ...consumed, fence: 4, history: [older, consumed] });
    await refuses('PolicyViolation', /request-1 was consumed by run run-0/);
  });

  it('refuses a turn that is over', () =>
    refuses('Conflict', /under a later turn/, { turn: { ...turn, token: 3 } }));

  it('leaves a manifest alone that names another version by now', () =>
    refuses('Conflict', /does not name 1\.4\.3 any more/, { fromVersion: '1.4.3' }));

  it('refuses a version that was never published there', () =>
    refuses('PolicyViolation', /its history does not name it/, { toVersion: '1.0.0' }));

  it('refuses an entry that does not say which object it was', async () => {
    await putManifest(aws, account, { ...newer, history: [{ version: '1.4.1' }, newer] });
    await refuses('PolicyViolation', /does not say which object/);
  });

  it('refuses a manifest that cannot be read', async () => {
    await put(aws, account, manifestKey, '{"version": "1.4');
    await refuses('PolicyViolation', /cannot be read: repair it/);
  });

  it('refuses where there is no manifest', async () => {
    await remove(aws, account, manifestKey);
    await refuses('PolicyViolation', /there is no manifest/);
  });

  it('refuses an account that is not configured', () =>
    assert.rejects(rollBack({ account: 'prod-z' }), { type: 'InvalidInput' }));

  const tampered: Record<string, readonly [() => Promise<unknown>, RegExp]> = {
    'with other bytes on top': [
      () => put(aws, account, objectKey, 'exchanged'),
      /bytes of the newest version are not those/,
    ],
    'that was deleted': [() => remove(aws, account, objectKey), /the newest version is gone/],
    'whose version is gone': [
      () => remove(aws, account, objectKey, older.s3_version_id),
      /version \S+ is gone: 1\.4\.1 cannot be rolled back to/,
    ],
    'whose bytes are not what the entry says': [
      () => putManifest(aws, account, { ...newer, history: [{ ...older, sha256: 'c'.repeat(64) }, newer] }),
      /bytes of version \S+ are not those/,
    ],
    'whose size is not what the entry says': [
      () => putManifest(aws, account, { ...newer, history: [{ ...older, size: 14 }, newer] }),
      /bytes of version \S+ are not those/,
    ],
  };
  for (const [kind, [tamper, message]] of Object.entries(tampered))
    it(`refuses an object ${kind}`, async () => {
      await tamper();
      await refuses('PolicyViolation', message);
    });

  it('takes the same bytes on top, stored again', async () => {
    await put(aws, account, objectKey, 'the older one');
    assert.equal((await rollBack()).outcome, 'published');
  });

  it('loses no entry when another writes at the same time', async () => {
    const rival = { ...newer, version: '1.5.0', entry_id: 'rival' };
    const [rolled, promoted] = await Promise.allSettled([
      rollBack(),
      s3.publishManifest({ account, entry: rival, permission, turn }),
    ]);
    const { version, history } = await readManifestOf(aws, account);
    const ids = (history as ManifestEntry[]).map(({ entry_id }) => entry_id);
    assert.equal(promoted.status, 'fulfilled');
    assert.equal(version, '1.5.0');
    // whoever came second has seen the first: the rollback then finds another version and leaves it alone
    assert.equal(ids.includes(pointer.entry_id), rolled.status === 'fulfilled');
  });

  it('reads and decides again after 412, and streams the bytes once', async () => {
    const fault = s3Error(412, 'PreconditionFailed');
    await addFault(aws, { match: { method: 'PUT', path: 'manifest.json\\?' }, ...fault, times: 3 });
    const before = aws.front.requests.length;
    assert.equal((await rollBack()).outcome, 'published');
    const reads = aws.front.requests.slice(before).filter(({ path }) => path.includes('/v1.4.1/'));
    assert.deepEqual(
      reads.map(({ method }) => method),
      ['HEAD', 'GET'],
    );
  });

  it('gives up for a while when others write all the time', async () => {
    const fault = s3Error(412, 'PreconditionFailed');
    await addFault(aws, { match: { method: 'PUT', path: 'manifest.json\\?' }, ...fault, times: 50 });
    await assert.rejects(rollBack(), { type: 'Unavailable' });
  });
});
