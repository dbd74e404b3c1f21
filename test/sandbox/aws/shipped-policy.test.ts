import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readShippedPolicy } from '../../../sandbox/aws/shipped-policy.ts';

const folder = path.resolve(import.meta.dirname, '../../../deploy/aws');
const names = readdirSync(path.join(folder, 'policies')).map((file) => path.basename(file, '.json'));
const readme = readFileSync(path.join(folder, 'README.md'), 'utf8');
const documented = new Set([...readme.matchAll(/`\$\{([A-Z0-9_]+)\}`/g)].map((match) => match[1]!));
/** AWS knows no narrower resource for these. */
const withoutResource = new Set([
  ...['ec2:DescribeInstances', 'security-ir:ListCases', 'security-ir:CreateCase'],
  ...['cloudtrail:LookupEvents', 'secretsmanager:ListSecrets'],
]);

describe('shipped policies', () => {
  for (const name of names)
    it(`${name} is explained, and so is each of its placeholders`, () => {
      const text = readFileSync(path.join(folder, 'policies', `${name}.json`), 'utf8');
      assert.ok(readme.includes(`${name}.json`), `deploy/aws/README.md does not name ${name}.json`);
      for (const [, key] of text.matchAll(/\$\{([A-Z0-9_]+)\}/g))
        assert.ok(documented.has(key!), `deploy/aws/README.md does not explain \${${key}}`);
    });

  it('grant no wildcard action and no write on everything', () => {
    for (const name of names) {
      const { Statement } = JSON.parse(
        readFileSync(path.join(folder, 'policies', `${name}.json`), 'utf8'),
      ) as {
        Statement: { Effect: string; Action: string | string[]; Resource?: string | string[] }[];
      };
      for (const { Effect, Action, Resource } of Statement) {
        if (Effect === 'Deny') continue;
        assert.doesNotMatch([Action].flat().join(), /\*/, name);
        if ([Resource].flat().includes('*'))
          for (const action of [Action].flat()) assert.ok(withoutResource.has(action), `${name}: ${action}`);
      }
    }
  });

  it('X-17: no paper lets anybody read the value of a secret', () => {
    for (const name of names) {
      const text = readFileSync(path.join(folder, 'policies', `${name}.json`), 'utf8');
      const actions = text.match(/"secretsmanager:[^"]*"/g) ?? [];
      for (const action of actions) assert.equal(action, '"secretsmanager:ListSecrets"', name);
    }
  });

  it('are filled, lists in place of a string', () => {
    const values = Object.fromEntries([...documented].map((key) => [key, 'x']));
    const AGENT_PUBLISH_ROLE_ARNS = ['arn:a', 'arn:b'];
    const filled = readShippedPolicy('agent-deploy.policy', { ...values, AGENT_PUBLISH_ROLE_ARNS });
    assert.match(filled, /"Resource":\["arn:a","arn:b"\]/);
    assert.doesNotMatch(filled, /\$\{/);
  });

  it('are not filled by halves', () => {
    assert.throws(
      () => readShippedPolicy('runner-role.policy', {}),
      /runner-role\.policy\.json: no value for \$\{TEST_ACCOUNT_ID\}/,
    );
  });
});
