import assert from 'node:assert/strict';
import { configOf, exampleWith, faultsOf } from './example-config.ts';
import { plainConnection } from './incident-config.ts';

const local = 'http://127.0.0.1:8001';
const fileWith = (part: object = {}) =>
  exampleWith({ 'processes.incidents': { connections: [{ ...plainConnection, ...part }] } });
const localFile = (part: object = {}) =>
  exampleWith({
    ...{ 'temporal.uiUrl': local, 'jira.sites.0.baseUrl': local, 'gitlab.baseUrl': local },
    'processes.incidents': { connections: [{ ...plainConnection, ...part }] },
  });
const sandbox = {
  ...{ LOCKKEEPER_SANDBOX: '1', LOCKKEEPER_AWS_ENDPOINT: local, LOCKKEEPER_SLACK_API_URL: local },
};
const variable = 'LOCKKEEPER_SECURITY_IR_ENDPOINT';
const queue = 'processes.incidents.connections[0].queueUrl';
const pathsOf = (yaml: string, env: Readonly<Record<string, string>> = {}) =>
  faultsOf(yaml, env).map(({ path }) => path);

describe(variable, () => {
  it('is where cases are in the sandbox', () => {
    const { endpoints } = configOf(localFile(), { ...sandbox, [variable]: `${local}/` });
    assert.equal(endpoints.securityIr, local);
  });

  it('is refused without the sandbox', () =>
    assert.deepEqual(pathsOf(exampleWith({}), { [variable]: local }), [variable]));

  it('is wanted in the sandbox as soon as there are connections, and not before', () => {
    assert.deepEqual(pathsOf(localFile(), sandbox), [variable]);
    const none = exampleWith({
      ...{ 'temporal.uiUrl': local, 'jira.sites.0.baseUrl': local, 'gitlab.baseUrl': local },
    });
    assert.deepEqual(pathsOf(none, sandbox), []);
  });

  for (const url of ['https://security-ir.us-east-1.amazonaws.com', 'http://127.0.0.1.example.com', 'sir'])
    it(`is refused when it is ${url}`, () =>
      assert.deepEqual([...new Set(pathsOf(localFile(), { ...sandbox, [variable]: url }))], [variable]));
});

describe('queueUrl', () => {
  const names = ['sqs.eu-central-1.amazonaws.com', 'sqs.cn-north-1.amazonaws.com.cn'];
  for (const host of [...names, 'vpce-1a2b.sqs.us-east-1.vpce.amazonaws.com'])
    it(`may be at ${host}`, () =>
      assert.deepEqual(
        pathsOf(fileWith({ queueUrl: `https://${host}/111111111111/lockkeeper-incidents` })),
        [],
      ));

  for (const url of [
    'http://sqs.us-east-1.amazonaws.com/1/q',
    'https://sqs.amazonaws.com.example.org/1/q',
    local,
  ])
    it(`may not be ${url}`, () => assert.deepEqual(pathsOf(fileWith({ queueUrl: url })), [queue]));

  it('is on this machine in the sandbox', () => {
    const env = { ...sandbox, [variable]: local };
    assert.deepEqual(pathsOf(localFile({ queueUrl: `${local}/111111111111/lockkeeper-incidents` }), env), []);
    const outside = 'https://sqs.us-east-1.amazonaws.com/111111111111/lockkeeper-incidents';
    assert.deepEqual(pathsOf(localFile({ queueUrl: outside }), env), [queue]);
  });
});
