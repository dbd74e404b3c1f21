import assert from 'node:assert/strict';
import { createHaloVendor } from '../../sandbox/halo/halo-vendor.ts';
import { createJiraVendor } from '../../sandbox/jira/vendor.ts';
import { startFront, type Front } from '../../sandbox/shared/front.ts';
import { createPeople } from '../../sandbox/shared/people.ts';
import { toChangeChecks } from '../../starters/cli/doctor/change-checks.ts';
import { runChecks, type CheckResult } from '../../starters/cli/doctor/check.ts';
import { toFindingChecks } from '../../starters/cli/doctor/finding-checks.ts';
import { change, sound as changes } from '../config/change-config.ts';
import { configOf, exampleWith } from '../config/example-config.ts';
import { plainSource } from '../config/halo-config.ts';

const token = 'control';
const key = { id: 'halo-auditor', secret: 'halo-secret' };
const people = createPeople();
const bot = people.find(({ name }) => name === 'jira-bot') ?? assert.fail();
const source = { ...plainSource, mapping: { issue_rule_key: 'Halo Rule Key' }, static: {} };

describe('doctor of findings and changes', () => {
  let jira: Front;
  let halo: Front;
  before(async () => {
    jira = await startFront(createJiraVendor({ people }), { token });
    halo = await startFront(createHaloVendor({ key }), { token });
  });
  after(() => Promise.all([jira.stop(), halo.stop()]));

  interface Part {
    readonly source?: object;
    readonly change?: object;
    readonly env?: Readonly<Record<string, string>>;
  }

  async function examine(part: Part = {}): Promise<CheckResult[]> {
    const { url } = jira;
    const yaml = exampleWith({
      ...structuredClone(changes),
      ...{ 'temporal.uiUrl': url, 'jira.sites.0.baseUrl': url, 'gitlab.baseUrl': url },
      ...{ 'decisions.gatewayUrl': url, probes: {} },
      'processes.halo': { sources: [{ ...source, ...part.source }] },
      'processes.change': { ...change, ...part.change },
    });
    const config = configOf(yaml, {
      ...{ LOCKKEEPER_SANDBOX: '1', LOCKKEEPER_AWS_ENDPOINT: url, LOCKKEEPER_SLACK_API_URL: url },
      ...{ LOCKKEEPER_HALO_BASE_URL: halo.url, HALO_API_KEY: key.id, HALO_API_SECRET_KEY: key.secret },
      ...{ LOCKKEEPER_JIRA_EMAIL: bot.email, LOCKKEEPER_JIRA_API_TOKEN: bot.jira.apiToken },
      ...part.env,
    });
    const groups = [...toFindingChecks(config), ...toChangeChecks(config)];
    return (await Promise.all(groups.map(runChecks))).flat();
  }

  it('finds nothing wrong with sound ones', async () => {
    const results = await examine();
    assert.deepEqual(
      results.filter(({ state }) => state !== 'ok'),
      [],
    );
    assert.deepEqual(
      results.map(({ name }) => name),
      [
        ...['Halo', 'auditor reads issues', 'permissions in SEC', 'statuses of Security Finding in SEC'],
        ...['transitions of Security Finding in SEC', 'create form of Security Finding in SEC'],
        ...['issue type Change Request', 'statuses', 'fields', 'permissions in PRODCM'],
      ],
    );
  });

  it('has no rows for what is off', () => {
    assert.deepEqual(toFindingChecks(configOf()), []);
    assert.deepEqual(toChangeChecks(configOf()), []);
  });

  const cases: readonly [what: string, part: Part, name: string, fix: RegExp][] = [
    ['a wrong secret', { env: { HALO_API_SECRET_KEY: 'x' } }, 'Halo', /HALO_API_SECRET_KEY to a key/],
    ['a mute Halo', { env: { LOCKKEEPER_HALO_BASE_URL: 'http://127.0.0.1:1' } }, 'Halo', /./],
    [
      'a filter that Halo refuses',
      { source: { filters: { colour: 'red' } } },
      'auditor reads issues',
      /filters/,
    ],
    [
      'a status',
      { source: { closedStatuses: ['Dome'] } },
      'statuses of Security Finding in SEC',
      /sources\[0\]\.closedStatuses\[0\] to "Done"/,
    ],
    [
      'an issue type',
      { source: { issueType: 'Security Findings' } },
      'statuses of Security Findings in SEC',
      /sources\[0\]\.issueType to one that it has: Security Finding\./,
    ],
    [
      'a field that is not on the form',
      { source: { mapping: { issue_name: 'Nothing' } } },
      'create form of Security Finding in SEC',
      /create screen/,
    ],
    [
      'a required field',
      { source: { issueType: 'Audited Finding' } },
      'create form of Audited Finding in SEC',
      /what is required in static/,
    ],
    [
      'a change’s issue type',
      { change: { issueType: 'Change' } },
      'issue type Change',
      /processes\.change\.issueType/,
    ],
    [
      'a change’s status',
      { change: { statuses: { approved: 'Aproved' } } },
      'statuses',
      /processes\.change\.statuses\.approved to "Approved"/,
    ],
    [
      'a change’s field',
      { change: { fields: { sha: 'Commit' } } },
      'fields',
      /processes\.change\.fields\.sha/,
    ],
  ];
  for (const [what, part, name, fix] of cases)
    it(`names ${what}, with the fix`, async () => {
      const found = (await examine(part)).find(({ state }) => state === 'failed');
      assert.equal(found?.name, name);
      assert.match(found.fix ?? '', fix);
    });

  it('knows the transitions of a ticket that is there', async () => {
    const close = { source: { close: 'Shut' } };
    const nameOf = async () => (await examine(close)).find(({ name }) => name.startsWith('transitions'));
    assert.match((await nameOf())?.detail ?? '', /Shut is no status, and no ticket shows/);
    await fileFinding();
    const found = await nameOf();
    assert.equal(found?.state, 'failed');
    assert.match(found.fix ?? '', /close to one of: Start, In Progress, Close, Done, Won't fix/);
  });

  async function fileFinding() {
    const response = await fetch(`${jira.url}/rest/api/3/issue`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${Buffer.from(`${bot.email}:${bot.jira.apiToken}`).toString('base64')}`,
      },
      body: JSON.stringify({
        fields: { project: { key: 'SEC' }, issuetype: { name: 'Security Finding' }, summary: 'A finding' },
      }),
    });
    assert.equal(response.status, 201, await response.text());
  }
});
