import assert from 'node:assert/strict';
import type { S3Port } from '../../../activities/s3/port.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import { sharedAws } from '../../support/aws.ts';
import { approvedBy } from './permissions.ts';
import { chainOf, entryOf, oldEntryOf, put, putManifest, s3Of } from './promotion-aws.ts';

const account = 'prod-a';
const nothing = { account, version: null, versions: [], entry: null, manifestVersionId: null };

describe('S3: reading an account', function () {
  this.timeout(60_000);
  let aws: SandboxAws;
  let s3: S3Port;
  before(async () => {
    aws = await sharedAws();
    s3 = s3Of(aws, chainOf(aws));
  });
  beforeEach(() => aws.reset());

  it('says that there is no manifest', async () =>
    assert.deepEqual(await s3.readAccount({ account }), { ...nothing, manifest: 'absent' }));

  it('says that there is something that is none', async () => {
    const manifestVersionId = await put(aws, account, 'agent/manifest.json', '[]');
    const expected = { ...nothing, manifest: 'unreadable', manifestVersionId };
    assert.deepEqual(await s3.readAccount({ account }), expected);
  });

  it('says what is in force and what was before', async () => {
    const entry = entryOf(approvedBy(['sue', 'lee']));
    const older = entryOf({ version: '1.4.1', entry_id: 'older' });
    const manifest = { ...entry, fence: 5, owner: 'x', history: [older, entry] };
    const manifestVersionId = await putManifest(aws, account, manifest);
    assert.deepEqual(await s3.readAccount({ account }), {
      account,
      manifest: 'present',
      version: '1.4.2',
      versions: ['1.4.1', '1.4.2'],
      entry,
      manifestVersionId,
    });
  });

  it('names an older entry without run and approval', async () => {
    await putManifest(aws, account, oldEntryOf());
    assert.deepEqual((await s3.readAccount({ account })).entry, oldEntryOf());
  });

  it('leaves out what has not our form: a stranger’s texts are data, and bounded', async () => {
    const stranger = { version: '1.0.0', ticket: 'x'.repeat(1_000_000), size: 'big', approval: { by: 'me' } };
    await putManifest(aws, account, { ...stranger, pipeline_url: 'javascript:x' });
    const { version, versions, entry } = await s3.readAccount({ account });
    assert.deepEqual(
      { version, versions, entry },
      {
        version: '1.0.0',
        versions: ['1.0.0'],
        entry: { version: '1.0.0' },
      },
    );
  });

  it('names the newest 500 versions, each cut', async () => {
    const history = Array.from({ length: 1000 }, (_, index) => ({
      version: `1.0.${index}`,
      uploaded_at: 'x',
    }));
    await putManifest(aws, account, { version: `1.1.${'0'.repeat(200)}`, history });
    const { version, versions } = await s3.readAccount({ account });
    assert.equal(version?.length, 100);
    assert.equal(versions.length, 500);
    assert.equal(versions[0], '1.0.501');
    assert.equal(versions.at(-1), version);
  });

  it('has no version where none is a text', async () => {
    await putManifest(aws, account, { version: 7 });
    const { manifest, version, entry } = await s3.readAccount({ account });
    assert.deepEqual({ manifest, version, entry }, { manifest: 'present', version: null, entry: null });
  });

  it('refuses an account that is not configured', () =>
    assert.rejects(s3.readAccount({ account: 'test' }), { type: 'InvalidInput' }));
});
