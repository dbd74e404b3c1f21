import assert from 'node:assert/strict';
import { configOf, exampleWith, faultsOf } from './example-config.ts';
import { plainSource } from './halo-config.ts';

const local = 'http://127.0.0.1:8001';
const file = (source: object = plainSource) =>
  exampleWith({
    ...{ 'temporal.uiUrl': local, 'jira.sites.0.baseUrl': local, 'gitlab.baseUrl': local },
    'processes.halo': { sources: [source] },
  });
const sandbox = {
  ...{ LOCKKEEPER_SANDBOX: '1', LOCKKEEPER_AWS_ENDPOINT: local, LOCKKEEPER_SLACK_API_URL: local },
};
const variable = 'LOCKKEEPER_HALO_BASE_URL';
const pathsOf = (yaml: string, env: Readonly<Record<string, string>>) =>
  faultsOf(yaml, env).map(({ path }) => path);

describe(variable, () => {
  it('is where Halo is in the sandbox', () => {
    const { endpoints } = configOf(file(), { ...sandbox, [variable]: `${local}/` });
    assert.equal(endpoints.halo, local);
  });

  it('is refused without the sandbox', () =>
    assert.deepEqual(pathsOf(exampleWith({}), { [variable]: local }), [variable]));

  it('is wanted in the sandbox as soon as Halo is asked', () => {
    assert.deepEqual(pathsOf(file(), sandbox), [variable]);
    const types = { kind: 'file', path: 'findings.json', types: ['sast'] };
    assert.deepEqual(pathsOf(file({ ...plainSource, ...types }), sandbox), []);
  });

  for (const url of ['https://api.cloudpassage.com', 'http://127.0.0.1.example.com', 'halo'])
    it(`is refused when it is ${url}`, () =>
      assert.deepEqual([...new Set(pathsOf(file(), { ...sandbox, [variable]: url }))], [variable]));
});
