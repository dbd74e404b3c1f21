import assert from 'node:assert/strict';
import { resolveSsmSecrets } from '../../config/ssm-secrets.ts';
import { faultsOf } from './example-config.ts';
import { changed, one } from './incident-faults.ts';

const path = 'processes.incidents.connections[0]';
const faultsAt = (key: string, value: unknown) =>
  faultsOf(changed(one(key, value))).map((fault) => fault.path);

describe('the old sample’s defects do not come back: configuration', () => {
  it('B1, B18: a mapping that would leave a closed case’s issue open is refused', () => {
    assert.deepEqual(faultsAt('statuses', { toIssue: { Submitted: 'To Do' } }), [
      `${path}.statuses.toIssue.Closed`,
    ]);
  });

  it('B4: a mapping that would set what AWS alone sets is refused', () => {
    const toCase = { 'In Progress': 'Acknowledged', Done: 'Closed' };
    assert.deepEqual(faultsAt('statuses', { toCase }), [`${path}.statuses.toCase.In Progress`]);
  });

  for (const [key, value] of [
    ['watchers', undefined],
    ['impactedAccounts', []],
  ] as const)
    it(`B20: what AWS must be told of new cases has no value of ours: ${key}`, () =>
      assert.deepEqual(faultsAt(`intake.${key}`, value), [`${path}.intake.${key}`]));

  it('B21: a token that lies in SSM in clear is refused, and stands in no fault', async () => {
    const name = '/SecurityIncidentResponse/jiraToken';
    const read = (type: string) =>
      resolveSsmSecrets({ LOCKKEEPER_JIRA_API_TOKEN_SSM: name }, () =>
        Promise.resolve([{ name, value: 'token-canary', type }]),
      );
    const { faults } = await read('String');
    assert.match(faults[0]?.problem ?? '', /no SecureString/);
    assert.doesNotMatch(JSON.stringify(faults), /canary/);
    assert.deepEqual((await read('SecureString')).faults, []);
  });
});
