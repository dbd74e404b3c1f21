import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { createKey } from '../../activities/decisions/key-sets.ts';
import { formatFaults } from '../../config/fault.ts';
import { Secret } from '../../config/secret.ts';
import { resolveSecretFiles } from '../../config/secret-files.ts';
import { readSecrets, requireAnySecret, requireSecrets, secretVariables } from '../../config/secrets.ts';

describe('secrets', () => {
  it('print as [redacted] and are revealed on demand', () => {
    const secret = new Secret('hunter2');
    const printed = [
      `${secret.toString()}`,
      JSON.stringify({ secret }),
      inspect({ secret }),
      String(secret),
    ].join();
    assert.doesNotMatch(printed, /hunter2/);
    assert.equal(printed.match(/\[redacted\]/g)?.length, 4);
    assert.equal(secret.reveal(), 'hunter2');
  });

  for (const [name, variable] of Object.entries(secretVariables))
    for (const value of ['', '  '])
      it(`${variable}=${JSON.stringify(value)} stops the start`, () => {
        const { secrets, faults } = readSecrets({ [variable]: value });
        assert.deepEqual(
          faults.map(({ path }) => path),
          [variable],
        );
        assert.ok(!(name in secrets));
      });

  it('a signing token of another form is a fault', () => {
    const valid = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    for (const value of ['secret', 'whsec_AAAA', `whsec_${'!'.repeat(44)}`])
      assert.equal(readSecrets({ LOCKKEEPER_GITLAB_SIGNING_TOKEN: value }).faults.length, 1, value);
    assert.deepEqual(readSecrets({ LOCKKEEPER_GITLAB_SIGNING_TOKEN: valid }).faults, []);
  });

  const gateway = createKey('gateway', new Date(0));
  const jira = createKey('jira', new Date(0));
  const setOf = (...keys: readonly object[]) => JSON.stringify({ keys });

  it('private keys are taken as setup keys made them', () => {
    const env = { LOCKKEEPER_DECISION_KEYS: setOf(gateway), LOCKKEEPER_JIRA_ATTESTATION_KEYS: setOf(jira) };
    assert.deepEqual(readSecrets(env).faults, []);
  });

  for (const [what, value, says] of [
    ['no JSON', 'secret', /no JWK Set/],
    ['one key without its set', JSON.stringify(gateway), /no JWK Set/],
    ['no keys', setOf(), /no JWK Set/],
    ['a public key', setOf({ ...gateway, d: undefined }), /no JWK Set/],
    ['half of another key', setOf({ ...gateway, x: jira.x }), /no JWK Set/],
    ['an RSA key', setOf({ ...gateway, kty: 'RSA' }), /no JWK Set/],
    ['a key that may speak for nobody', setOf({ ...gateway, lk_via: [] }), /no JWK Set/],
    ['two keys of one id', setOf(gateway, { ...jira, kid: gateway.kid }), /no JWK Set/],
    [
      'only a replaced key',
      setOf({ ...gateway, lk_not_after: '2026-01-01T00:00:00Z' }),
      /replaced or revoked/,
    ],
  ] as const)
    it(`private keys that are ${what} are a fault, which does not repeat them`, () => {
      const { secrets, faults } = readSecrets({ LOCKKEEPER_DECISION_KEYS: value });
      assert.match(formatFaults(faults), says);
      assert.ok(!formatFaults(faults).includes(gateway.d) && !secrets.decisionKeys);
    });

  it('the gateway’s keys are none for Jira', () => {
    const { faults } = readSecrets({ LOCKKEEPER_JIRA_ATTESTATION_KEYS: setOf(gateway) });
    assert.match(formatFaults(faults), /may speak for jira.*mix up/);
  });

  it('all that a role lacks is named at once', () => {
    const required = requireSecrets({ secrets: {} }, ['jiraEmail', 'jiraApiToken']);
    assert.ok('faults' in required);
    assert.deepEqual(
      required.faults.map(({ path }) => path),
      ['LOCKKEEPER_JIRA_EMAIL', 'LOCKKEEPER_JIRA_API_TOKEN'],
    );
  });

  it('one of several will do', () => {
    const names = ['gitlabWebhookToken', 'gitlabSigningToken'] as const;
    assert.equal(requireAnySecret({ secrets: {} }, names).length, 1);
    assert.deepEqual(requireAnySecret({ secrets: { gitlabSigningToken: new Secret('x') } }, names), []);
  });

  it('come from files, without the last line break', () => {
    const read = (path: string) => (path === '/run/secret' ? 'abc\n' : assert.fail(path));
    const { env, faults } = resolveSecretFiles({ LOCKKEEPER_GITLAB_TOKEN_FILE: '/run/secret' }, read);
    assert.equal(env['LOCKKEEPER_GITLAB_TOKEN'], 'abc');
    assert.deepEqual(faults, []);
  });

  it('a file that is missing, and a secret that is set twice, are faults', () => {
    const read = () => {
      throw Object.assign(new Error('no'), { code: 'ENOENT' });
    };
    const env = {
      LOCKKEEPER_GITLAB_TOKEN_FILE: '/x',
      LOCKKEEPER_JIRA_EMAIL: 'a',
      LOCKKEEPER_JIRA_EMAIL_FILE: '/y',
    };
    const paths = resolveSecretFiles(env, read).faults.map(({ path, problem }) => `${path} ${problem}`);
    assert.deepEqual(paths, [
      'LOCKKEEPER_JIRA_EMAIL is set twice, here and by a file',
      'LOCKKEEPER_GITLAB_TOKEN_FILE names a file that cannot be read (ENOENT)',
    ]);
  });
});
