import assert from 'node:assert/strict';
import { configOf, exampleWith, faultsOf } from './example-config.ts';

const local = 'http://127.0.0.1:8001';
const sandboxYaml = exampleWith({
  'temporal.uiUrl': local,
  'jira.sites.0.baseUrl': local,
  'gitlab.baseUrl': 'http://localhost:8002',
});
const sandbox = {
  LOCKKEEPER_SANDBOX: '1',
  LOCKKEEPER_AWS_ENDPOINT: 'http://127.0.0.1:8003',
  LOCKKEEPER_SLACK_API_URL: 'http://[::1]:8004',
};

describe('endpoints', () => {
  it('are taken in the sandbox', () => {
    const { endpoints } = configOf(sandboxYaml, sandbox);
    assert.deepEqual(endpoints, { sandbox: true, aws: 'http://127.0.0.1:8003', slack: 'http://[::1]:8004' });
  });

  for (const variable of ['LOCKKEEPER_AWS_ENDPOINT', 'LOCKKEEPER_SLACK_API_URL'])
    it(`${variable} is refused without the sandbox, and wanted in it`, () => {
      const outside = faultsOf(exampleWith({}), { [variable]: local });
      assert.deepEqual(
        outside.map(({ path }) => path),
        [variable],
      );
      const inside = faultsOf(sandboxYaml, { ...sandbox, [variable]: undefined });
      assert.deepEqual(
        inside.map(({ path }) => path),
        [variable],
      );
    });

  for (const [path, value] of [
    ['jira.sites.0.baseUrl', 'https://example.atlassian.net'],
    ['gitlab.baseUrl', 'http://127.0.0.1.example.com'],
    ['temporal.uiUrl', 'https://temporal.example.com'],
  ] as const)
    it(`the sandbox refuses ${value}`, () => {
      const yaml = exampleWith({
        'temporal.uiUrl': local,
        'jira.sites.0.baseUrl': local,
        'gitlab.baseUrl': local,
        [path]: value,
      });
      const [fault, ...rest] = faultsOf(yaml, sandbox);
      assert.equal(fault?.path, path.replace('.0.', '[0].'));
      assert.match(fault.problem, /not on this machine/);
      assert.deepEqual(rest, []);
    });

  it('the sandbox refuses a Temporal server elsewhere', () => {
    const faults = faultsOf(sandboxYaml, { ...sandbox, TEMPORAL_ADDRESS: 'temporal.example.com:7233' });
    assert.deepEqual(
      faults.map(({ path }) => path),
      ['TEMPORAL_ADDRESS'],
    );
  });
});
