import assert from 'node:assert/strict';
import type { PinnedObject, S3Port } from '../../../activities/s3/port.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import { sharedAws } from '../../support/aws.ts';
import { addFault, clearFaults, s3Error } from './aws-faults.ts';
import { createRecorder, permission } from './permissions.ts';
import {
  chainOf,
  execution,
  key,
  megabytes,
  put,
  putTested,
  read,
  s3Of,
  sha256Of,
  turn,
  version,
} from './promotion-aws.ts';

const account = 'prod-a';

describe('S3: publishing to a production account', function () {
  this.timeout(60_000);
  let aws: SandboxAws;
  let s3: S3Port;
  before(async () => {
    aws = await sharedAws();
    s3 = s3Of(aws, chainOf(aws));
  });
  beforeEach(() => aws.reset());
  afterEach(() => clearFaults(aws));

  const publish = (tested: PinnedObject, changes = {}) =>
    s3.publishObject({ account, version, tested, permission, turn, ...changes });
  const putManifest = (manifest: object | string) =>
    put(
      aws,
      account,
      'agent/manifest.json',
      typeof manifest === 'string' ? manifest : JSON.stringify(manifest),
    );

  it('writes the tested version, not the newest one', async () => {
    const tested = await putTested(aws, 'tested');
    await putTested(aws, 'not tested');
    const published = await publish(tested);
    const stored = await read(aws, account, key);
    assert.equal(stored?.text, 'tested');
    assert.deepEqual(published, {
      ...tested,
      bucket: 'prod-a-agent-installers',
      versionId: stored.versionId,
      written: true,
    });
  });

  it('writes 17 MiB in parts', async () => {
    const body = megabytes(17);
    const published = await publish(await putTested(aws, body));
    assert.equal(published.sha256, sha256Of(body));
    assert.equal(published.size, body.length);
  });

  it('takes equal content as success, also a stranger’s without our metadata', async () => {
    const versionId = await put(aws, account, key, 'tested');
    const published = await publish(await putTested(aws, 'tested'));
    assert.equal(published.written, false);
    assert.equal(published.versionId, versionId);
  });

  it('does not believe metadata: the bytes decide', async () => {
    await put(aws, account, key, 'forged', { 'lockkeeper-sha256': sha256Of('tested') });
    assert.equal((await publish(await putTested(aws, 'tested'))).written, true);
    assert.equal((await read(aws, account, key))?.text, 'tested');
  });

  it('overwrites other content under a version that was never published', async () => {
    await put(aws, account, key, 'left behind');
    await putManifest({ version: '1.4.1', history: [{ version: '1.4.0' }] });
    assert.equal((await publish(await putTested(aws, 'tested'))).written, true);
  });

  const published: Record<string, object | string> = {
    'the current version': { version },
    'a version in the history': { version: '2.0.0', history: [{ version }, { version: '2.0.0' }] },
    'a manifest that cannot be read': '{"version": "1.4.',
    'a manifest of which parts were lost': {
      version: '2.0.0',
      kept_aside: ['agent/manifest.json.unreadable-0'],
    },
  };
  for (const [kind, manifest] of Object.entries(published))
    it(`refuses other content under ${kind}, with both digests, and writes nothing`, async () => {
      const versionId = await put(aws, account, key, 'published');
      await putManifest(manifest);
      const details = { expected: sha256Of('tested'), found: sha256Of('published'), system: 's3' };
      await assert.rejects(publish(await putTested(aws, 'tested')), {
        type: 'PolicyViolation',
        details: [details],
      });
      assert.equal((await read(aws, account, key))?.versionId, versionId);
    });

  it('reads back what it wrote: a store that keeps other bytes is a Conflict', async () => {
    const tested = await putTested(aws, 'tested');
    const path = '/prod-a-agent-installers/agent/v';
    const body = 'rotten';
    await addFault(aws, { match: { method: 'GET', path }, mode: 'status', status: 200, body });
    await assert.rejects(publish(tested), {
      type: 'Conflict',
      details: [{ system: 's3', expected: tested.sha256, found: sha256Of(body) }],
    });
  });

  it('adopts its own write whose answer was lost', async () => {
    const tested = await putTested(aws, 'tested');
    await addFault(aws, { match: { method: 'PUT', path: '/prod-a-agent' }, mode: 'lost' });
    await assert.rejects(publish(tested), { type: 'Unavailable' });
    assert.equal((await publish(tested)).written, false);
  });

  it('looks again when another writer came first', async () => {
    const tested = await putTested(aws, 'tested');
    await addFault(aws, {
      match: { method: 'PUT', path: '/prod-a-agent' },
      ...s3Error(412, 'PreconditionFailed'),
    });
    assert.equal((await publish(tested)).written, true);
  });

  const refusals: [string, object, string][] = [
    ['an account that is not configured', { account: 'prod-z' }, 'InvalidInput'],
    ['a test bucket as account', { account: 'test' }, 'InvalidInput'],
    ['another version than was tested', { version: '1.4.3' }, 'PolicyViolation'],
  ];
  for (const [kind, changes, type] of refusals)
    it(`refuses ${kind} before any call`, async () => {
      const tested = await putTested(aws, 'tested');
      const before = aws.front.requests.length;
      await assert.rejects(publish(tested, changes), { type });
      assert.equal(aws.front.requests.length, before);
    });

  it('asks the guard about exactly these bytes and this run', async () => {
    const guard = createRecorder();
    const tested = await putTested(aws, 'tested');
    const { checkPermission } = guard;
    await s3Of(aws, chainOf(aws), { checkPermission }).publishObject({
      account,
      version,
      tested,
      permission,
      turn,
    });
    const { sha256, size } = tested;
    assert.deepEqual(guard.asked, [
      [{ kind: 'publish', account, version, sha256, size }, permission, execution],
    ]);
  });

  it('makes no call when the guard refuses', async () => {
    const tested = await putTested(aws, 'tested');
    const guarded = s3Of(aws, chainOf(aws), { checkPermission: createRecorder(true).checkPermission });
    const before = aws.front.requests.length;
    await assert.rejects(guarded.publishObject({ account, version, tested, permission, turn }), {
      type: 'PolicyViolation',
    });
    assert.equal(aws.front.requests.length, before);
  });

  it('refuses bytes that lie elsewhere than in the test bucket', async () => {
    const tested = { ...(await putTested(aws, 'tested')), bucket: 'soc-agent-installers' };
    await assert.rejects(publish(tested), { type: 'PolicyViolation' });
  });
});
