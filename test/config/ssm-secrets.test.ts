import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import {
  createParameterReader,
  loadConfigWithParameters,
  resolveSsmSecrets,
  type Parameter,
} from '../../config/ssm-secrets.ts';

const path = '/SecurityIncidentResponse';
const env = {
  LOCKKEEPER_JIRA_EMAIL_SSM: `${path}/jiraEmail`,
  LOCKKEEPER_JIRA_API_TOKEN_SSM: `${path}/jiraToken`,
};
const stored: readonly Parameter[] = [
  { name: `${path}/jiraEmail`, value: 'bot@example.com', type: 'SecureString' },
  { name: `${path}/jiraToken`, value: 'token-canary', type: 'SecureString' },
];
const reading =
  (parameters: readonly Parameter[], asked: string[][] = []) =>
  async (names: readonly string[]) => {
    asked.push([...names]);
    return parameters.filter(({ name }) => names.includes(name));
  };
const asType = (name: string, type: string) =>
  stored.map((one) => (one.name === `${path}/${name}` ? { ...one, type } : one));

describe('secrets in SSM', () => {
  it('stand in for their variables, asked for together', async () => {
    const asked: string[][] = [];
    const resolved = await resolveSsmSecrets({ ...env, OTHER: 'x' }, reading(stored, asked));
    assert.deepEqual([resolved.faults, resolved.warnings], [[], []]);
    assert.partialDeepStrictEqual(resolved.env, {
      ...{ LOCKKEEPER_JIRA_EMAIL: 'bot@example.com', LOCKKEEPER_JIRA_API_TOKEN: 'token-canary', OTHER: 'x' },
    });
    assert.equal(resolved.env['LOCKKEEPER_JIRA_API_TOKEN_SSM'], undefined);
    assert.deepEqual(asked, [[`${path}/jiraEmail`, `${path}/jiraToken`]]);
  });

  it('are not asked for where no variable names one', async () => {
    const own = { LOCKKEEPER_JIRA_EMAIL: 'a@b' };
    assert.equal((await resolveSsmSecrets(own, () => assert.fail('asked'))).env, own);
  });

  it('may be one parameter for two variables', async () => {
    const asked: string[][] = [];
    const two = { LOCKKEEPER_GITLAB_TOKEN_SSM: '/x', LOCKKEEPER_GITLAB_CHANGES_TOKEN_SSM: '/x' };
    const x = { name: '/x', value: 'v', type: 'SecureString' };
    const resolved = await resolveSsmSecrets(two, reading([x], asked));
    assert.equal(resolved.env['LOCKKEEPER_GITLAB_CHANGES_TOKEN'], 'v');
    assert.deepEqual(asked, [['/x']]);
  });

  it('that lie there in clear: an e-mail warns, a token is refused (X-13)', async () => {
    const email = await resolveSsmSecrets(env, reading(asType('jiraEmail', 'String')));
    assert.deepEqual([email.faults.length, email.warnings[0]?.path], [0, 'LOCKKEEPER_JIRA_EMAIL_SSM']);
    const token = await resolveSsmSecrets(env, reading(asType('jiraToken', 'String')));
    assert.equal(token.faults[0]?.path, 'LOCKKEEPER_JIRA_API_TOKEN_SSM');
    assert.match(token.faults[0]?.problem ?? '', /\/jiraToken is no SecureString/);
    assert.doesNotMatch(JSON.stringify(token.faults), /canary/);
  });

  for (const [what, change, parameters, fault] of [
    ['a parameter that is not there', {}, stored.slice(0, 1), /API_TOKEN_SSM.*no parameter .*\/jiraToken/],
    ['a variable that is set, too', { LOCKKEEPER_JIRA_EMAIL: 'a@b' }, stored, /JIRA_EMAIL".*set twice/],
    ['a file beside it', { LOCKKEEPER_JIRA_API_TOKEN_FILE: '/f' }, stored, /API_TOKEN_FILE.*set twice/],
    ['an empty name', { LOCKKEEPER_JIRA_EMAIL_SSM: '' }, stored, /JIRA_EMAIL_SSM.*names no parameter/],
    [
      'a name of no form',
      { LOCKKEEPER_JIRA_EMAIL_SSM: '/a b' },
      stored,
      /JIRA_EMAIL_SSM.*names no parameter/,
    ],
  ] as const)
    it(`name ${what}`, async () => {
      const { faults } = await resolveSsmSecrets({ ...env, ...change }, reading(parameters));
      assert.match(JSON.stringify(faults), fault);
    });

  it('name each variable and parameter when SSM cannot be asked', async () => {
    const { faults } = await resolveSsmSecrets(env, async () => {
      throw Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
    });
    assert.deepEqual(
      faults.map((fault) => fault.path),
      Object.keys(env),
    );
    assert.match(
      faults[1]?.problem ?? '',
      /\/jiraToken cannot be read \(AccessDeniedException: not authorized/,
    );
  });

  it('are part of the configuration, with all other faults', async () => {
    const example = fileURLToPath(new URL('../../lockkeeper.example.yaml', import.meta.url));
    const own = { ...env, HOME: '/nonexistent' };
    const loaded = await loadConfigWithParameters(example, own, reading(stored));
    assert.ok('config' in loaded, JSON.stringify(loaded));
    assert.equal(loaded.config.secrets.jiraApiToken?.reveal(), 'token-canary');
    const faulty = await loadConfigWithParameters('none.yaml', own, reading([]));
    assert.deepEqual('faults' in faulty && faulty.faults.map((fault) => fault.path), [
      ...Object.keys(env),
      'none.yaml',
    ]);
  });

  describe('read from SSM itself', () => {
    let server: Server;
    let endpoint: string;
    const asked: { target: unknown; body: unknown }[] = [];
    const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
    const former = Object.keys(keys).map((name) => [name, process.env[name]] as const);
    before(async () => {
      Object.assign(process.env, keys);
      server = createServer((request, response) => {
        void json(request).then((body) => {
          asked.push({ target: request.headers['x-amz-target'], body });
          const [first = ''] = (body as { Names: string[] }).Names;
          const Parameters = [
            {
              Name: '/p',
              ARN: first.startsWith('arn:') ? first : 'arn',
              Value: 'v',
              Type: 'SecureString',
              Selector: ':3',
            },
          ];
          response.setHeader('content-type', 'application/x-amz-json-1.1');
          response.end(JSON.stringify({ Parameters, InvalidParameters: [] }));
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    after(() => {
      server.close();
      for (const [name, value] of former)
        if (value === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = value;
    });

    for (const name of ['/p', '/p:3', 'arn:aws:ssm:us-east-1:111111111111:parameter/p'])
      it(`decrypted, by ${name}`, async () => {
        const found = await createParameterReader({ region: 'us-east-1', endpoint })([name]);
        assert.deepEqual(
          found.filter((one) => one.name === name),
          [{ name, value: 'v', type: 'SecureString' }],
        );
        const last = asked.at(-1);
        assert.deepEqual(last, {
          target: 'AmazonSSM.GetParameters',
          body: { Names: [name], WithDecryption: true },
        });
      });
  });
});
