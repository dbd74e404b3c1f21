import assert from 'node:assert/strict';
import { formatFaults } from '../../config/fault.ts';
import { parseConfig } from '../../config/parse-config.ts';
import { secretAuditOf } from '../../config/secret-policy.ts';
import { exampleWith, exampleYaml, faultsOf } from './example-config.ts';
import { sound } from './secret-config.ts';

const variables = {
  CDK_DEFAULT_ACCOUNT: '123456789101',
  CDK_DEFAULT_REGION: 'eu-central-1',
  AWS_PRINCIPAL_ORG_ID: 'o-zzzzzzzzzz',
  DYNAMODB_TABLE_NAME: 'aws-secrets-detection-table',
};
const keys = ['account', 'region', 'organization', 'table'];
const file = exampleWith(structuredClone(sound));
const without = exampleWith({
  ...structuredClone(sound),
  ...Object.fromEntries(keys.map((key) => [`processes.secrets.${key}`, undefined])),
});
function parse(yamlText: string, env: Readonly<Record<string, string>>) {
  const result = parseConfig({ yamlText, env });
  assert.ok('config' in result, 'faults' in result ? formatFaults(result.faults) : '');
  const { account, region, organization, table } = secretAuditOf(result.config);
  return { values: [account, region, organization, table], warnings: formatFaults(result.warnings) };
}

describe('the four variables of the secret audit (A-29 to A-34, X-19)', () => {
  it('stand in for the keys of the file', () =>
    assert.deepEqual(parse(without, variables), { values: Object.values(variables), warnings: '' }));

  it('win over the file, which is said where they differ', () => {
    const { values, warnings } = parse(file, variables);
    assert.deepEqual(values, Object.values(variables));
    assert.deepEqual(warnings.match(/\w+: wins over processes\.secrets\.\w+/g), [
      'CDK_DEFAULT_ACCOUNT: wins over processes.secrets.account',
      'CDK_DEFAULT_REGION: wins over processes.secrets.region',
      'AWS_PRINCIPAL_ORG_ID: wins over processes.secrets.organization',
    ]);
  });

  it('are all four missed at once, each by both of its names', () => {
    const faults = faultsOf(without);
    assert.deepEqual(faults.map((fault) => fault.path).sort(), Object.keys(variables).sort());
    for (const [index, variable] of Object.keys(variables).entries()) {
      const fault = faults.find((one) => one.path === variable);
      assert.match(fault?.problem ?? '', new RegExp(`processes\\.secrets\\.${keys[index]} is missing`));
    }
  });

  it('an empty one is none', () =>
    assert.deepEqual(
      faultsOf(without, { ...variables, DYNAMODB_TABLE_NAME: ' ' }).map((fault) => fault.path),
      ['DYNAMODB_TABLE_NAME'],
    ));

  it('the source document’s own example values: eleven digits are no account, x is no organisation', () => {
    const faults = faultsOf(without, {
      ...variables,
      CDK_DEFAULT_ACCOUNT: '12345678910',
      AWS_PRINCIPAL_ORG_ID: 'o-XXXXXXXXXXX',
    });
    assert.match(
      formatFaults(faults),
      /CDK_DEFAULT_ACCOUNT: has 11 digits, and an account has 12\. Fix: set it to the 12 digits/,
    );
    assert.deepEqual(faults.map((fault) => fault.path).sort(), [
      'AWS_PRINCIPAL_ORG_ID',
      'CDK_DEFAULT_ACCOUNT',
    ]);
  });

  it('mean nothing where secrets are not audited: CDK sets two of them', () => {
    const result = parseConfig({ yamlText: exampleYaml, env: { ...variables, CDK_DEFAULT_ACCOUNT: 'x' } });
    assert.ok('config' in result);
    assert.deepEqual([result.warnings, result.config.processes.secrets], [[], undefined]);
  });
});
