import assert from 'node:assert/strict';
import type { S3Adapter } from '../../../activities/s3/client.ts';
import type { ManifestEntry } from '../../../activities/s3/port.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import { sharedAws } from '../../support/aws.ts';
import { addFault, clearFaults, s3Error } from './aws-faults.ts';
import {
  chainOf,
  entryOf,
  policy,
  put,
  read,
  readManifestOf,
  s3Of,
  sha256Of,
  turn,
} from './promotion-aws.ts';

const account = 'prod-a';
const manifestKey = 'agent/manifest.json';

describe('S3: publishing the manifest', function () {
  this.timeout(60_000);
  let aws: SandboxAws;
  let s3: S3Adapter;
  before(async () => {
    aws = await sharedAws();
    s3 = s3Of(aws, chainOf(aws));
  });
  beforeEach(() => aws.reset());
  afterEach(() => clearFaults(aws));

  const publish = (changes: Partial<ManifestEntry> = {}, token = turn.token) =>
    s3.publishManifest({ account, entry: entryOf(changes), policy, turn: { ...turn, token } });

  it('writes the first one, and a repeat writes nothing', async () => {
    assert.deepEqual(await publish(), { outcome: 'published', previousVersion: null });
    const first = await read(aws, account, manifestKey);
    assert.deepEqual(await publish(), { outcome: 'already-published', previousVersion: null });
    assert.equal((await read(aws, account, manifestKey))?.versionId, first?.versionId);
    assert.deepEqual(await readManifestOf(aws, account), {
      ...entryOf(),
      schema_version: 1,
      fence: 5,
      history: [entryOf()],
    });
  });

  it('keeps what strangers wrote', async () => {
    await put(
      aws,
      account,
      manifestKey,
      '{"version": "1.0.0", "owner": "platform", "history": [{"note": 1}]}',
    );
    assert.deepEqual(await publish(), { outcome: 'published', previousVersion: '1.0.0' });
    const { owner, history } = await readManifestOf(aws, account);
    assert.equal(owner, 'platform');
    assert.deepEqual(history, [{ note: 1 }, { version: '1.0.0' }, entryOf()]);
  });

  it('loses no entry among concurrent writers', async () => {
    const versions = ['1.0.0', '1.1.0', '1.2.0', '1.3.0', '1.4.0'];
    await Promise.all(versions.map((version) => publish({ version, entry_id: version })));
    const { history } = await readManifestOf(aws, account);
    assert.deepEqual((history as ManifestEntry[]).map(({ version }) => version).sort(), versions);
  });

  it('refuses a turn that is over', async () => {
    await publish({}, 9);
    const before = await read(aws, account, manifestKey);
    await assert.rejects(publish({ version: '1.4.3', entry_id: 'next' }, 8), {
      type: 'Conflict',
      details: [{ system: 's3', expected: 'fence up to 8', found: 'fence 9' }],
    });
    assert.equal((await read(aws, account, manifestKey))?.versionId, before?.versionId);
  });

  it('keeps bytes that are no manifest aside, once, and begins anew', async () => {
    await put(aws, account, manifestKey, '{"version": "1.0');
    const aside = `${manifestKey}.unreadable-${sha256Of('{"version": "1.0').slice(0, 16)}`;
    await addFault(aws, { match: { method: 'PUT', path: 'manifest.json\\?' }, ...s3Error(503, 'SlowDown') });
    await assert.rejects(publish(), { type: 'RateLimited' });
    assert.equal((await publish()).outcome, 'published');
    assert.equal((await read(aws, account, aside))?.text, '{"version": "1.0');
    assert.deepEqual((await readManifestOf(aws, account))['kept_aside'], [aside]);
  });

  it('knows its own write whose answer was lost', async () => {
    await addFault(aws, { match: { method: 'PUT', path: 'manifest.json\\?' }, mode: 'lost' });
    await assert.rejects(publish(), { type: 'Unavailable' });
    assert.equal((await publish()).outcome, 'already-published');
    assert.equal(((await readManifestOf(aws, account))['history'] as unknown[]).length, 1);
  });

  it('reads and merges again after 412, but not for ever', async () => {
    const fault = s3Error(412, 'PreconditionFailed');
    await addFault(aws, { match: { method: 'PUT', path: 'manifest.json\\?' }, ...fault, times: 3 });
    assert.equal((await publish()).outcome, 'published');
    await addFault(aws, { match: { method: 'PUT', path: 'manifest.json\\?' }, ...fault, times: 50 });
    await assert.rejects(publish({ version: '2.0.0', entry_id: 'y' }), { type: 'Unavailable' });
  });

  it('refuses a policy that is not this worker’s', async () => {
    const foreign = { ...policy, digest: 'b'.repeat(64) };
    await assert.rejects(s3.publishManifest({ account, entry: entryOf(), policy: foreign, turn }), {
      type: 'PolicyViolation',
    });
    assert.equal(await read(aws, account, manifestKey), undefined);
  });
});
