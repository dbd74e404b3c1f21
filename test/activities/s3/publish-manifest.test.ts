import assert from 'node:assert/strict';
import type { ManifestEntry, Permission, S3Port } from '../../../activities/s3/port.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import { sharedAws } from '../../support/aws.ts';
import { addFault, clearFaults, s3Error } from './aws-faults.ts';
import { approved, approvedBy, createRecorder, grantOf, permission } from './permissions.ts';
import {
  chainOf,
  entryOf,
  execution,
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
  let s3: S3Port;
  before(async () => {
    aws = await sharedAws();
    s3 = s3Of(aws, chainOf(aws));
  });
  beforeEach(() => aws.reset());
  afterEach(() => clearFaults(aws));

  const publish = (changes: Partial<ManifestEntry> = {}, token = turn.token) =>
    s3.publishManifest({ account, entry: entryOf(changes), permission, turn: { ...turn, token } });

  it('writes the first one, and a repeat writes nothing', async () => {
    const published = await publish();
    const manifestVersionId = (await read(aws, account, manifestKey))?.versionId;
    const rest = { previousVersion: null, manifestVersionId };
    assert.deepEqual(published, { outcome: 'published', ...rest });
    assert.deepEqual(await publish(), { outcome: 'already-published', ...rest });
    assert.equal((await read(aws, account, manifestKey))?.versionId, manifestVersionId);
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
    assert.equal((await publish()).previousVersion, '1.0.0');
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

  it('takes nothing for an entry of ours that a bucket without versions holds', async () => {
    const body = JSON.stringify({ ...entryOf(), fence: 5, history: [entryOf()] });
    const answer = { mode: 'status', status: 200, headers: { 'x-amz-version-id': 'null' }, body } as const;
    await addFault(aws, { match: { method: 'GET', path: 'manifest.json' }, ...answer });
    await assert.rejects(publish(), { type: 'UnsupportedResponse', message: /is not versioned/ });
  });
});

describe('S3: what allows a manifest', function () {
  this.timeout(60_000);
  let aws: SandboxAws;
  before(async () => void (aws = await sharedAws()));
  beforeEach(() => aws.reset());

  const guard = createRecorder();
  const publish = (changes: Partial<ManifestEntry>, allowed = approved(), { checkPermission } = guard) =>
    s3Of(aws, chainOf(aws), { checkPermission }).publishManifest({
      account,
      entry: entryOf(changes),
      permission: allowed,
      turn,
    });

  it('asks the guard about exactly this entry and this run', async () => {
    guard.asked.length = 0;
    const allowed = approved();
    await publish(approvedBy(['sue']), allowed);
    const { version, sha256, size } = entryOf();
    const write = { kind: 'publish', account, version, sha256, size };
    assert.deepEqual(guard.asked, [[write, allowed, execution]]);
    assert.deepEqual((await readManifestOf(aws, account))['approval'], approvedBy(['sue']).approval);
  });

  it('makes no call when the guard refuses', async () => {
    const before = aws.front.requests.length;
    const refused = publish(approvedBy(['sue']), approved(), createRecorder(true));
    await assert.rejects(refused, { type: 'PolicyViolation' });
    assert.equal(aws.front.requests.length, before);
  });

  it('refuses a request that another run has consumed, and writes nothing', async () => {
    await publish(approvedBy(['sue']));
    const before = await read(aws, account, manifestKey);
    const reset = s3Of(aws, chainOf(aws), {}, { ...execution, runId: 'run-2' });
    const entry = entryOf({ ...approvedBy(['sue']), run_id: 'run-2' });
    await assert.rejects(reset.publishManifest({ account, entry, permission: approved(), turn }), {
      type: 'PolicyViolation',
      message: /^request request-1 was consumed by run run-1/,
    });
    assert.equal((await read(aws, account, manifestKey))?.versionId, before?.versionId);
  });

  const delegated = grantOf([{ principal: 'sid', actingFor: 'sue' }]);
  const two = grantOf([{}, { principal: 'lee', verb: 'override' }]);
  const good: [string, Partial<ManifestEntry>, Permission][] = [
    ['a delegate', approvedBy(['sid']), approved(delegated)],
    ['whom the delegate stands for', approvedBy(['sue']), approved(delegated)],
    ['two people', approvedBy(['sue', 'lee']), approved(two)],
    ['nobody, where nobody is asked', {}, permission],
    ['nobody, with a grant that was not needed', {}, { ...permission, grant: grantOf() }],
  ];
  for (const [kind, changes, allowed] of good)
    it(`writes who approved: ${kind}`, async () =>
      assert.equal((await publish(changes, allowed)).outcome, 'published'));

  const asked = approved();
  const bad: [string, Partial<ManifestEntry>, Permission][] = [
    ['another run', { ...approvedBy(['sue']), run_id: 'run-0' }, asked],
    ['another workflow', { ...approvedBy(['sue']), workflow_id: 'other' }, asked],
    ['another request', approvedBy(['sue'], 'request-0'), asked],
    ['no approval where one was given', {}, asked],
    ['an approval where none was given', approvedBy(['sue']), permission],
    ['an approval that nobody was asked for', approvedBy(['sue']), { ...permission, grant: grantOf() }],
    ['no approvers', approvedBy([]), asked],
    ['somebody who did not approve', approvedBy(['sue', 'eve']), asked],
    ['somebody who rejected', approvedBy(['sue']), approved(grantOf([{ verb: 'reject' }]))],
    ['somebody who approved another request', approvedBy(['sue']), approved(grantOf([{ requestId: 'x' }]))],
    ['envelopes that are none', approvedBy(['sue']), approved({ ...grantOf(), envelopes: ['', 'a.b.c'] })],
  ];
  for (const [kind, changes, allowed] of bad)
    it(`refuses an entry that names ${kind}, before any call`, async () => {
      const before = aws.front.requests.length;
      await assert.rejects(publish(changes, allowed), { type: 'PolicyViolation', message: /^entry\./ });
      assert.equal(aws.front.requests.length, before);
    });
});
