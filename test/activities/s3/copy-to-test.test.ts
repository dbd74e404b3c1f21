import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { S3Port } from '../../../activities/s3/port.ts';
import type { RoleChain } from '../../../activities/sts/role-chain.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import { sharedAws } from '../../support/aws.ts';
import { addFault, clearFaults, s3Error } from './aws-faults.ts';
import {
  adapterOf,
  chainOf,
  execution,
  key,
  megabytes,
  put,
  read,
  s3Of,
  sha256Of,
  turn,
  version,
} from './promotion-aws.ts';

const MiB = 1024 * 1024;

describe('S3: copying to the test bucket', function () {
  this.timeout(60_000);
  let aws: SandboxAws;
  let roles: RoleChain;
  let s3: S3Port;
  before(async () => {
    aws = await sharedAws();
    roles = chainOf(aws);
    s3 = s3Of(aws, roles);
  });
  beforeEach(() => aws.reset());
  afterEach(() => clearFaults(aws));

  async function pin(body: string | Buffer) {
    await put(aws, 'soc', key, body);
    return s3.pinInstaller({ version, signature: 'off' });
  }

  it('stores the pinned bytes with their digest', async () => {
    const copied = await s3.copyToTest({ version, pinned: await pin('the installer'), turn });
    const stored = await read(aws, 'test', key);
    assert.equal(stored?.text, 'the installer');
    assert.deepEqual(stored.metadata, { 'lockkeeper-sha256': sha256Of('the installer') });
    assert.equal(copied.versionId, stored.versionId);
    assert.equal(copied.bucket, 'devops-agent-test');
    assert.equal(copied.written, true);
  });

  it('copies what was pinned, also when SOC replaces the object in mid-run', async () => {
    const pinned = await pin('the installer');
    await put(aws, 'soc', key, 'another one');
    await s3.copyToTest({ version, pinned, turn });
    assert.equal((await read(aws, 'test', key))?.text, 'the installer');
  });

  it('adopts equal content: a repeat writes nothing', async () => {
    const pinned = await pin('the installer');
    const first = await s3.copyToTest({ version, pinned, turn });
    assert.deepEqual(await s3.copyToTest({ version, pinned, turn }), { ...first, written: false });
  });

  it('overwrites other content: the version corrected by SOC', async () => {
    await s3.copyToTest({ version, pinned: await pin('broken'), turn });
    const copied = await s3.copyToTest({ version, pinned: await pin('fixed'), turn });
    assert.equal(copied.written, true);
    assert.equal((await read(aws, 'test', key))?.text, 'fixed');
  });

  it('does not believe a digest with another size', async () => {
    const pinned = await pin('the installer');
    await put(aws, 'test', key, 'short', { 'lockkeeper-sha256': pinned.sha256 });
    assert.equal((await s3.copyToTest({ version, pinned, turn })).written, true);
  });

  for (const size of [1, 17 * MiB])
    it(`leaves nothing behind when ${size} bytes are not those that were pinned`, async () => {
      const pinned = { ...(await pin(Buffer.alloc(size, 'x'))), sha256: 'f'.repeat(64) };
      await assert.rejects(s3.copyToTest({ version, pinned, turn }), { type: 'Conflict' });
      assert.equal(await read(aws, 'test', key), undefined);
    });

  it('copies 64 MiB in parts and bounded memory', async () => {
    const body = megabytes(64);
    const pinned = await pin(body);
    const streaming = s3Of(aws, roles, { partSize: 5 * MiB, queueSize: 1 });
    const memory = watchMemory();
    const peak = await streaming.copyToTest({ version, pinned, turn }).finally(memory.stop).then(memory.peak);
    assert.ok(peak < 48 * MiB, `${Math.round(peak / MiB)} MiB more than before`);
    assert.equal(sha256Of(body), pinned.sha256);
    const again = await streaming.copyToTest({ version, pinned, turn });
    assert.equal(again.written, false);
  });

  const overtaken: [string, number][] = [
    ['PreconditionFailed', 412],
    ['ConditionalRequestConflict', 409],
  ];
  for (const [code, status] of overtaken)
    it(`looks again when another writer came first (${code})`, async () => {
      const pinned = await pin('the installer');
      await addFault(aws, {
        match: { method: 'PUT', path: '/devops-agent-test/' },
        ...s3Error(status, code),
      });
      assert.equal((await s3.copyToTest({ version, pinned, turn })).written, true);
    });

  it('gives up as Conflict when others write all the time', async () => {
    const pinned = await pin('the installer');
    const fault = s3Error(412, 'PreconditionFailed');
    await addFault(aws, { match: { method: 'PUT', path: '/devops-agent-test/' }, ...fault, times: 9 });
    await assert.rejects(s3.copyToTest({ version, pinned, turn }), { type: 'Conflict' });
  });

  it('adopts its own write whose answer was lost', async () => {
    const pinned = await pin('the installer');
    await addFault(aws, { match: { method: 'PUT', path: '/devops-agent-test/' }, mode: 'lost' });
    await assert.rejects(s3.copyToTest({ version, pinned, turn }), { type: 'Unavailable' });
    assert.equal((await s3.copyToTest({ version, pinned, turn })).written, false);
  });

  it('ends with the activity, and no object appears', async () => {
    const pinned = await pin(megabytes(17));
    const cancelled = new AbortController();
    await addFault(aws, { match: { method: 'PUT', path: 'partNumber=2' }, mode: 'hang' });
    const copying = adapterOf(aws, roles)
      .during({ signal: cancelled.signal, heartbeat: () => undefined }, execution)
      .copyToTest({ version, pinned, turn });
    const reason = new Error('cancelled by the test');
    await untilRequested(aws, 'partNumber=1');
    cancelled.abort(reason);
    await assert.rejects(copying, reason);
    assert.equal(await read(aws, 'test', key), undefined);
  });

  it('takes only an object that was pinned in the SOC bucket', async () => {
    const pinned = await pin('the installer');
    const foreign = { ...pinned, bucket: 'somebody-else' };
    await assert.rejects(s3.copyToTest({ version, pinned: foreign, turn }), { type: 'PolicyViolation' });
    await assert.rejects(s3.copyToTest({ version: '9.9.9', pinned, turn }), { type: 'PolicyViolation' });
  });
});

/** Resolves when a call with this in its query was logged. */
async function untilRequested(aws: SandboxAws, query: string) {
  while (!aws.front.requests.some((request) => request.query.includes(query)))
    await new Promise((resolve) => setImmediate(resolve));
}

/** The largest amount of live buffers above now, bytes. It has to be stopped, and leaves most of the time to what it watches. */
function watchMemory() {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const live = () => {
    // buffers are freed beside the program: the second collection waits for what the first one found
    collectGarbage();
    collectGarbage();
    return process.memoryUsage().arrayBuffers;
  };
  const before = live();
  let peak = 0;
  let timer = setTimeout(look, 400);
  return { peak: () => peak, stop: () => clearTimeout(timer) };

  function look(): void {
    const began = performance.now();
    peak = Math.max(peak, live() - before);
    timer = setTimeout(look, Math.max(400, 4 * (performance.now() - began)));
  }
}
