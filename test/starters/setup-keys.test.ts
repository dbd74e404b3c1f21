import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signDecision, verifyEnvelope } from '../../activities/decisions/envelope.ts';
import { createKeyFile } from '../../activities/decisions/keys.ts';
import { parsePrivateKeys, parsePublicKeys, signingKeyOf } from '../../config/signing-keys.ts';
import { findPublicFile, setUpKeys, type KeyOptions } from '../../starters/cli/setup-keys.ts';
import { audience, claimsWith, nowMs } from '../activities/decisions/signing.ts';
import { exampleWith } from '../config/example-config.ts';
import { runCli } from '../support/command-line.ts';

const decisions = { gatewayUrl: 'https://lockkeeper.example.com', publicKeys: 'keys/public.json' };

describe('setup keys', () => {
  let folder: string;
  let printed: Record<string, unknown>[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lockkeeper-keys-'));
    printed = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const files = () => ({
    public: join(folder, 'public.json'),
    gateway: join(folder, 'gateway-keys.private.json'),
    jira: join(folder, 'jira-keys.private.json'),
  });
  const run = (options: KeyOptions = {}, now = new Date(nowMs), env = {}) =>
    setUpKeys(
      {
        publicFile: files().public,
        env,
        now,
        output: { json: true, print: (data) => printed.push(data as Record<string, unknown>) },
      },
      options,
    );
  const read = (path: string) => readFileSync(path, 'utf8');
  const privateKeys = (holder: 'gateway' | 'jira') => parsePrivateKeys(read(files()[holder])) ?? [];
  const publicKeys = () => parsePublicKeys(read(files().public)) ?? [];
  const everything = () => Object.values(files()).map(read).join();

  it('makes two private sets for their owner’s eyes, and a public one for all', () => {
    assert.equal(run(), 0);
    for (const holder of ['gateway', 'jira'] as const)
      assert.equal(statSync(files()[holder]).mode & 0o777, 0o600);
    assert.deepEqual(
      publicKeys().map(({ lk_via }) => lk_via),
      [['slack', 'cli'], ['jira']],
    );
    assert.ok(!read(files().public).includes('"d"'));
    assert.deepEqual(printed.at(-1), {
      set: {
        LOCKKEEPER_DECISION_KEYS_FILE: files().gateway,
        LOCKKEEPER_JIRA_ATTESTATION_KEYS_FILE: files().jira,
      },
    });
    assert.equal(readdirSync(folder).length, 3);
  });

  it('makes keys that workers verify with', async () => {
    run();
    const envelope = await signDecision(claimsWith(), signingKeyOf(privateKeys('gateway'))!);
    const keys = createKeyFile(files().public);
    assert.equal((await verifyEnvelope(envelope, { keys, audience, nowMs })).state, 'valid');
  });

  it('changes nothing when it is run again, and never prints a private key', () => {
    run();
    const before = everything();
    run();
    assert.equal(everything(), before);
    const secrets = [...privateKeys('gateway'), ...privateKeys('jira')].map(({ d }) => d);
    assert.ok(secrets.every((d) => !JSON.stringify(printed).includes(d)));
  });

  it('replaces keys on demand: what the old one signs from then on does not count', async () => {
    run();
    const old = signingKeyOf(privateKeys('gateway'))!;
    run({ rotate: true }, new Date(nowMs + 60_000));
    const keys = createKeyFile(files().public);
    const verify = async (key: typeof old, atMs: number) => {
      const iat = atMs / 1000;
      const envelope = await signDecision(claimsWith({ iat, exp: iat + 999 }), key);
      return (await verifyEnvelope(envelope, { keys, audience, nowMs: atMs })).state;
    };
    assert.equal(await verify(old, nowMs + 60_000), 'valid');
    assert.equal(await verify(old, nowMs + 61_000), 'refused');
    assert.equal(await verify(signingKeyOf(privateKeys('gateway'))!, nowMs + 61_000), 'valid');
    assert.equal(publicKeys().length, 4);
    assert.equal(statSync(files().gateway).mode & 0o777, 0o600);
  });

  it('lets old and new keys overlap for a restart', () => {
    run();
    run({ rotate: true, overlap: '60' });
    assert.equal(publicKeys()[0]?.lk_not_after, new Date(nowMs + 3_600_000).toISOString());
    assert.throws(() => run({ rotate: true, overlap: 'soon' }), { exitCode: 2 });
  });

  it('revokes one key and puts another in its place', () => {
    run();
    const [revoked] = privateKeys('jira');
    const gateway = read(files().gateway);
    run({ revoke: revoked?.kid ?? '' });
    assert.equal(publicKeys().find(({ kid }) => kid === revoked?.kid)?.lk_revoked, true);
    assert.notEqual(privateKeys('jira')[0]?.kid, revoked?.kid);
    assert.equal(read(files().gateway), gateway);
  });

  it('says which keys there are when it is told of none of them', () => {
    run();
    const before = everything();
    assert.throws(() => run({ revoke: 'other' }), { exitCode: 3, fix: /gateway-20261122-/ });
    assert.equal(everything(), before);
  });

  it('writes nothing in a dry run', () => {
    run({ dryRun: true });
    assert.deepEqual(readdirSync(folder), []);
    assert.deepEqual(
      printed.slice(0, 3).map(({ result }) => result),
      Array(3).fill('would be written'),
    );
  });

  it('does not touch a file that holds something else', () => {
    writeFileSync(files().gateway, 'notes');
    assert.throws(() => run({ rotate: true }), { exitCode: 1, message: /holds no set of private keys/ });
    assert.equal(read(files().gateway), 'notes');
    assert.ok(!existsSync(files().public));
  });

  it('says what it cannot write, and leaves nothing behind', () => {
    writeFileSync(join(folder, 'notes'), 'no folder');
    const target = join(folder, 'notes', 'jira.json');
    assert.throws(() => run({ jiraFile: target }), { exitCode: 1, message: /cannot be written/ });
    assert.deepEqual(readdirSync(folder), ['notes']);
  });

  it('finds the files where the processes find them', () => {
    const LOCKKEEPER_DECISION_KEYS_FILE = join(folder, 'elsewhere.json');
    run({ jiraFile: join(folder, 'named.json') }, new Date(nowMs), { LOCKKEEPER_DECISION_KEYS_FILE });
    assert.deepEqual(readdirSync(folder).sort(), ['elsewhere.json', 'named.json', 'public.json']);
    assert.throws(() => run({ jiraFile: files().public }), { exitCode: 2, message: /are one/ });
  });

  it('needs to know where the public keys are, and nothing of the private ones', () => {
    const yaml = join(folder, 'lockkeeper.yaml');
    writeFileSync(yaml, exampleWith({}));
    assert.throws(() => findPublicFile(yaml, { HOME: folder }), {
      exitCode: 2,
      message: /decisions\.publicKeys/,
    });
    writeFileSync(yaml, exampleWith({ decisions }));
    const env = { HOME: folder, LOCKKEEPER_DECISION_KEYS_FILE: '/not/there/yet' };
    assert.equal(findPublicFile(yaml, env), join(folder, 'keys/public.json'));
  });

  it('is a command', async () => {
    const yaml = join(folder, 'lockkeeper.yaml');
    writeFileSync(yaml, exampleWith({ decisions }));
    const call = async (...args: string[]) =>
      (await runCli(['--config', yaml, 'setup', 'keys', '--json', ...args], { HOME: folder })).stdout;
    assert.match(await call('--dry-run'), /"result":"would be written"/);
    assert.ok(!existsSync(join(folder, 'keys')));
    assert.match(await call(), /"result":"written"/);
    assert.equal(readdirSync(join(folder, 'keys')).length, 3);
  });
});
