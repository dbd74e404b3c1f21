import assert from 'node:assert/strict';
import { createJiraVendor } from '../../sandbox/jira/vendor.ts';
import { startFront, type Front } from '../../sandbox/shared/front.ts';
import { createPeople } from '../../sandbox/shared/people.ts';
import { runChecks } from '../../starters/cli/doctor/check.ts';
import { toSecretChecks } from '../../starters/cli/doctor/secret-checks.ts';
import { configOf, exampleWith } from '../config/example-config.ts';
import { fullAudit, sound } from '../config/secret-config.ts';

const people = createPeople();
const bot = people.find(({ name }) => name === 'jira-bot') ?? assert.fail();

const queues = (url: string) => ({ queueUrl: `${url}/1/events`, deadLetterUrl: `${url}/1/dead` });

/** What it says of Jira; of AWS the test of the whole says it. */
describe('doctor of secrets', () => {
  let jira: Front;
  before(async () => void (jira = await startFront(createJiraVendor({ people }), { token: 'control' })));
  after(() => jira.stop());

  async function examine(audit: object = {}) {
    const yaml = exampleWith({
      ...structuredClone(sound),
      ...{ 'temporal.uiUrl': jira.url, 'jira.sites.0.baseUrl': jira.url, 'gitlab.baseUrl': jira.url },
      ...{ 'decisions.gatewayUrl': jira.url, probes: {} },
      'processes.secrets': { ...fullAudit, ...queues(jira.url), ...audit },
    });
    const config = configOf(yaml, {
      ...{ LOCKKEEPER_SANDBOX: '1', LOCKKEEPER_AWS_ENDPOINT: jira.url, LOCKKEEPER_SLACK_API_URL: jira.url },
      ...{ LOCKKEEPER_JIRA_EMAIL: bot.email, LOCKKEEPER_JIRA_API_TOKEN: bot.jira.apiToken },
    });
    const [ofJira = assert.fail()] = toSecretChecks(config);
    return runChecks(ofJira);
  }

  it('finds nothing wrong with a sound project', async () => {
    assert.deepEqual(
      (await examine()).map(({ state, name, detail }) => [state, name, detail]),
      [
        ['ok', 'permissions in SECCHG', 'browse, create, edit, comment, transition'],
        ['ok', 'Secret change: statuses that approve', 'Approved'],
        ['ok', 'fields', 'Secret ARN, Actions, Window start, Window end'],
        ['ok', 'type of findings', 'Finding'],
      ],
    );
  });

  it('has no rows while the process is off', () => assert.deepEqual(toSecretChecks(configOf()), []));

  for (const [what, audit, name, detail, fix] of [
    [
      'an issue type',
      { issueType: 'Secret' },
      'Secret: statuses that approve',
      /not in project/,
      /issueType/,
    ],
    [
      'a status',
      { approvedStatuses: ['Aproved'] },
      'Secret change: statuses that approve',
      /not on the site: Aproved/,
      /approvedStatuses to "Approved"/,
    ],
    [
      'a field',
      { fields: { secrets: 'Secret ARNs' } },
      'fields',
      /Secret ARNs: is not on the site/,
      /processes\.secrets\.fields\.secrets/,
    ],
    [
      'a type of findings',
      { finding: { ...fullAudit.finding, issueType: 'Findings' } },
      'type of findings',
      /not in project/,
      /finding\.issueType/,
    ],
  ] as const)
    it(`names ${what} that Jira has not, and what to set`, async () => {
      const failed = (await examine(audit)).filter(({ state }) => state !== 'ok');
      assert.deepEqual(
        failed.map((one) => one.name),
        [name],
      );
      assert.match(failed[0]?.detail ?? '', detail);
      assert.match(failed[0]?.fix ?? '', fix);
    });
});
