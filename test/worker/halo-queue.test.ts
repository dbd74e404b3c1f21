import assert from 'node:assert/strict';
import { createJiraVendor } from '../../sandbox/jira/vendor.ts';
import { startFront, type Front } from '../../sandbox/shared/front.ts';
import { createPeople } from '../../sandbox/shared/people.ts';
import { findHaloFaults } from '../../worker/queues/halo.ts';
import { configOf, exampleWith } from '../config/example-config.ts';
import { plainSource } from '../config/halo-config.ts';

const token = 'control';
const people = createPeople();
const bot = people.find(({ name }) => name === 'jira-bot') ?? assert.fail();
const sound = {
  ...plainSource,
  mapping: { issue_rule_key: 'Halo Rule Key', asset_group_path: 'customfield_10083' },
  static: {},
};

/** Where the credential of this worker's Jira is refused, or nobody answers. */
function configAt(url: string, part: object = {}, apiToken = bot.jira.apiToken) {
  const yaml = exampleWith({
    ...{ 'temporal.uiUrl': url, 'jira.sites.0.baseUrl': url, 'gitlab.baseUrl': url },
    'processes.halo': { sources: [{ ...sound, ...part }] },
  });
  return configOf(yaml, {
    ...{ LOCKKEEPER_SANDBOX: '1', LOCKKEEPER_AWS_ENDPOINT: url, LOCKKEEPER_SLACK_API_URL: url },
    ...{ LOCKKEEPER_HALO_BASE_URL: url, LOCKKEEPER_JIRA_EMAIL: bot.email },
    LOCKKEEPER_JIRA_API_TOKEN: apiToken,
  });
}

describe('the start of the queue of findings', () => {
  let jira: Front;
  before(async () => (jira = await startFront(createJiraVendor({ people }), { token })));
  after(() => jira.stop());

  it('finds nothing wrong with a sound source, and asks nobody when there is none', async () => {
    assert.deepEqual(await findHaloFaults(configAt(jira.url)), []);
    assert.deepEqual(await findHaloFaults(configOf()), []);
  });

  for (const [what, part, path, says] of [
    ['a project', { project: 'SECC' }, '', /there is no project SECC/],
    ['an issue type', { issueType: 'Finding' }, '', /SEC has no issue type "Finding"/],
    ['the id field', { idField: 'Halo ID' }, '', /0 custom fields have this name/],
    ['an id field of another kind', { idField: 'First Seen' }, '', /not a field of one line/],
    ['a mapped field', { mapping: { issue_type: 'Kind' } }, '', /no field "Kind"/],
    ['a static field', { static: { Origin: 'Halo' } }, '', /no field "Origin"/],
    ['a required field', { issueType: 'Audited Finding' }, '', /requires the field "Owner Team"/],
    [
      'the form of a route',
      { routes: [{ name: 'audited', when: { issue_critical: true }, issueType: 'Audited Finding' }] },
      '.routes[0]',
      /requires the field "Owner Team"/,
    ],
  ] as const)
    it(`names ${what} that Jira contradicts`, async () => {
      const [fault, ...others] = await findHaloFaults(configAt(jira.url, part));
      assert.deepEqual(others, []);
      assert.equal(fault?.path, `processes.halo.sources[0]${path}`);
      assert.match(fault.problem, says);
    });

  it('takes a required field that is filled', async () => {
    const part = { issueType: 'Audited Finding', static: { 'Owner Team': 'platform' } };
    assert.deepEqual(await findHaloFaults(configAt(jira.url, part)), []);
  });

  it('does not wait for a Jira that does not answer or refuses the credential', async () => {
    assert.deepEqual(await findHaloFaults(configAt('http://127.0.0.1:1')), []);
    assert.deepEqual(await findHaloFaults(configAt(jira.url, {}, 'wrong')), []);
  });
});
