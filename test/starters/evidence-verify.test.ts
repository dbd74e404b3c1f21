import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportEvidence, verifyEvidence } from '../../starters/cli/evidence.ts';
import { parseBundle, sealBundle, type EvidenceBundle } from '../../starters/cli/evidence/bundle.ts';
import { createOutput } from '../../starters/cli/output.ts';
import { createProgram } from '../../starters/cli/program.ts';
import { claimsFor } from '../support/approval-answers.ts';
import { createSigner } from '../support/signed-decisions.ts';
import { startTimeSkipping, type TimeSkippingWorld } from '../support/time-skipping.ts';
import { tamperings, type Tamper, type Writable } from './evidence-tampering.ts';
import { parsed, publicKeys, sessionWith, signed, startEvidenceRun, wrongsOf } from './evidence-world.ts';

const dana = { principal: 'dana', groups: ['devops'] };
const sue = { principal: 'sue', groups: ['security'] };

describe('lockkeeper evidence verify', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  let folder: string;
  let file: string;
  /** Approved by dana, who had taken it back once, and by sue. */
  let bundle: EvidenceBundle;
  let verifiedAt: number;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lockkeeper-evidence-'));
    file = join(folder, 'evidence.json');
    temporal = await startTimeSkipping();
    const run = await startEvidenceRun(temporal);
    const view = await run.shown();
    await run.say(view, dana);
    await run.shown(({ decisions }) => decisions.length === 1);
    await run.say(view, { ...dana, verb: 'revoke' });
    await run.shown(({ decisions, note }) => decisions.length === 0 && note !== null);
    await run.say(view, dana);
    await run.say(view, sue);
    await run.handle.result();
    await exportEvidence(sessionWith(temporal.client), run.workflowId, { out: file });
    bundle = parsed(readFileSync(file, 'utf8'));
    verifiedAt = Date.parse(bundle.generated_at) + 10 * 24 * 3600 * 1000;
    writeFileSync(join(folder, 'keys.json'), JSON.stringify({ keys: publicKeys() }));
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await temporal.stop();
  });

  const tampered = (tamper: Tamper): EvidenceBundle => {
    const copy = structuredClone(bundle) as Writable<EvidenceBundle>;
    tamper(copy);
    return copy;
  };

  for (const [what, tamper, check, found] of tamperings)
    it(`finds ${what}`, async () => {
      const wrongs = await wrongsOf(tampered(tamper));
      const hit = wrongs.find((wrong) => check.test(wrong.check) && found.test(wrong.found));
      assert.ok(hit, JSON.stringify(wrongs, null, 2));
    });

  it('finds a decision that was signed by somebody else', async () => {
    const foreign = createSigner('gateway-1');
    const view = { requestId: bundle.requests[0]?.request_id } as Parameters<typeof claimsFor>[0];
    const claims = {
      ...claimsFor({ ...bundle.requests[0], ...view, openedAt: bundle.run.started_at }, sue),
    };
    const envelope = await signed(claims, foreign);
    const wrongs = await wrongsOf(
      tampered((b) => {
        const last = b.decisions.at(-1);
        if (last) last.envelope = envelope;
      }),
    );
    assert.ok(wrongs.some(({ found }) => found.startsWith('refused: bad-signature')));
  });

  it('trusts no key that is unknown, was revoked, replaced before or may not speak for this', async () => {
    const withKey = (change: object) =>
      wrongsOf(bundle, {
        find: (kid) =>
          Promise.resolve(
            publicKeys()
              .map((key) => ({ ...key, ...change }))
              .find((key) => key.kid === kid),
          ),
      });
    const seen = async (change: object) => (await withKey(change)).map(({ found }) => found).join('\n');
    assert.match(await seen({ kid: 'other' }), /the key gateway-1 is not among the public keys/);
    assert.match(await seen({ lk_revoked: true }), /key-not-allowed: the key gateway-1 was revoked/);
    assert.match(await seen({ lk_not_after: '2020-01-01T00:00:00Z' }), /was replaced at 2020/);
    assert.match(await seen({ lk_via: ['jira'] }), /may not speak for cli/);
    assert.equal(await seen({ lk_not_after: '2100-01-01T00:00:00Z' }), '');
  });

  async function verify(path: string, options: { keys?: string; json?: boolean } = {}) {
    const printed: string[] = [];
    const output = createOutput(options.json === true, (text) => printed.push(text));
    const { keys = join(folder, 'keys.json') } = options;
    const code = await verifyEvidence(output, path, { keys, config: 'nowhere.yaml' }, verifiedAt);
    return { code, text: printed.join('') };
  }
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it('prints every check of a file that is right, and ends with 0', async () => {
    const { code, text } = await verify(file);
    assert.equal(code, 0, text);
    assert.match(text, /^bundle_sha256 +ok +[0-9a-f]{64}$/m);
    assert.match(text, /^decision at event \d+ \(jti-\d+\) +ok +valid: revoke by dana via cli$/m);
    assert.match(text, /^publishManifest prod-b at event \d+ +ok +approved$/m);
    assert.match(text, /all \d+ checks are ok\n$/);
  });

  it('says what it expected and found in a file that was edited, and ends with 10', async () => {
    const edited = readFileSync(file, 'utf8').replaceAll('DEVOPS-1', 'DEVOPS-2');
    const { code, text } = await verify(write('edited.json', edited));
    assert.equal(code, 10);
    assert.match(text, /^bundle_sha256 +WRONG +expected [0-9a-f]{64}; found [0-9a-f]{64}$/m);
    assert.match(text, /\d of \d+ checks are WRONG\n$/);
  });

  it('prints one JSON value', async () => {
    const { code, text } = await verify(file, { json: true });
    const value = JSON.parse(text) as { ok: boolean; workflowId: string; checks: { state: string }[] };
    assert.deepEqual([code, value.ok, value.workflowId], [0, true, bundle.run.workflow_id]);
    assert.ok(value.checks.every(({ state }) => state === 'ok'));
  });

  it('refuses what is not there or no evidence', async () => {
    const missing = join(folder, 'nowhere.json');
    await assert.rejects(verify(missing), { exitCode: 3, message: `${missing}: no such file` });
    await assert.rejects(verify(file, { keys: missing }), { exitCode: 3 });
    await assert.rejects(verify(file, { keys: file }), { exitCode: 1, message: /no set of public keys/ });
    for (const text of ['', 'null', '[]', '{}', '{"schema_version":2,"bundle_sha256":"x"}'])
      await assert.rejects(verify(write('other.json', text)), {
        exitCode: 2,
        message: /no evidence of version 1/,
      });
    const noKeys = verifyEvidence(
      createOutput(false, () => {}),
      file,
      { config: missing },
    );
    await assert.rejects(noKeys, { exitCode: 2, fix: /--keys/ });
  });

  it('has its SHA-256 as the last member, over all the rest', () => {
    const text = readFileSync(file, 'utf8');
    assert.match(text, /,"bundle_sha256":"[0-9a-f]{64}"\}\n$/);
    const { found, claimed } = parseBundle(text) ?? assert.fail('no bundle');
    assert.equal(found, claimed);
    assert.equal(`${sealBundle(bundle)}\n`, text);
    // a member that no form knows is part of it
    const more = parseBundle(text.replace('{', '{"more":1,')) ?? assert.fail('no bundle');
    assert.notEqual(more.found, more.claimed);
  });

  it('holds no credential', () => {
    assert.doesNotMatch(readFileSync(file, 'utf8'), /token|password|secret|AKIA|X-Amz/i);
  });
});

describe('the command line of lockkeeper evidence', () => {
  const run = async (...args: string[]) => {
    let text = '';
    const program = createProgram(() => undefined);
    for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)])
      command.configureOutput({ writeOut: (said) => (text += said), writeErr: (said) => (text += said) });
    await program.parseAsync(['node', 'lockkeeper', 'evidence', ...args]).catch((error: unknown) => {
      text += error instanceof Error ? error.message : '';
    });
    return text;
  };

  it('explains both verbs', async () => {
    assert.match(await run('--help'), /Usage: lockkeeper evidence .*--run <run-id>.*--out <file>.*verify/s);
    assert.match(await run('verify', '--help'), /lockkeeper evidence verify .*--keys <file>.*Exit code 10/s);
  });

  it('wants an id, or a file', async () => {
    assert.match(await run(), /missing required argument 'id'/);
    assert.match(await run('verify'), /missing required argument 'file'/);
    assert.match(await run('verify', 'x.json', '--key', 'y'), /unknown option '--key'/);
    assert.match(await run('verify', '/nowhere/x.json', '--keys', 'y'), /\/nowhere\/x\.json: no such file/);
  });
});
