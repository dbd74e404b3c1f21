import assert from 'node:assert/strict';
import { inspect } from 'node:util';
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
