import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyEnvelope } from '../../../activities/decisions/envelope.ts';
import { toPublicKey } from '../../../activities/decisions/key-sets.ts';
import { createKeyFile, noKeys } from '../../../activities/decisions/keys.ts';
import { audience, gatewayKey, jiraKey, nowMs, signed } from './signing.ts';

describe('createKeyFile', () => {
  let folder: string;
  let path: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'lockkeeper-keys-'))));
  beforeEach(() => (path = join(folder, 'keys.json')));
  afterEach(() => rmSync(path, { force: true }));
  after(() => rmSync(folder, { recursive: true }));
  const write = (...keys: readonly object[]) => writeFileSync(path, JSON.stringify({ keys }));

  it('finds a key by its id', async () => {
    write(toPublicKey(gatewayKey));
    const keys = createKeyFile(path);
    assert.deepEqual(await keys.find(gatewayKey.kid), toPublicKey(gatewayKey));
    assert.equal(await keys.find('other'), undefined);
    assert.equal(await keys.find('__proto__'), undefined);
  });

  it('knows a key as soon as the file has it, and loses it with the file', async () => {
    write(toPublicKey(gatewayKey));
    const keys = createKeyFile(path);
    const envelope = await signed({ via: 'jira' }, jiraKey);
    const verify = () => verifyEnvelope(envelope, { keys, audience, nowMs });
    assert.equal((await verify()).state, 'unknown-key');
    const aside = join(folder, 'aside.json');
    writeFileSync(aside, JSON.stringify({ keys: [toPublicKey(gatewayKey), toPublicKey(jiraKey)] }));
    renameSync(aside, path);
    assert.equal((await verify()).state, 'valid');
    write(toPublicKey(gatewayKey), { ...toPublicKey(jiraKey), lk_revoked: true });
    assert.partialDeepStrictEqual(await verify(), { state: 'refused', rule: 'key-not-allowed' });
  });

  it('holds no keys while the file is missing or malformed, not even those of before', async () => {
    write(toPublicKey(gatewayKey));
    const keys = createKeyFile(path);
    await keys.find(gatewayKey.kid);
    rmSync(path);
    await assert.rejects(keys.find(gatewayKey.kid), { type: 'Unavailable', message: /ENOENT/ });
    for (const wrong of ['', '[]', '{"keys":[{}]}', JSON.stringify({ keys: [gatewayKey] })]) {
      writeFileSync(path, wrong);
      await assert.rejects(keys.find(gatewayKey.kid), {
        type: 'Unavailable',
        message: /no set of public keys/,
      });
    }
    write(toPublicKey(gatewayKey));
    assert.ok(await keys.find(gatewayKey.kid));
  });

  it('is told apart from no file at all', async () => assert.equal(await noKeys.find('x'), undefined));

  it('refuses two keys of one id', async () => {
    write(toPublicKey(gatewayKey), { ...toPublicKey(jiraKey), kid: gatewayKey.kid });
    await assert.rejects(createKeyFile(path).find(gatewayKey.kid), { type: 'Unavailable' });
  });
});
