import assert from 'node:assert/strict';
import { configOf, exampleWith, exampleYaml, faultsOf } from './example-config.ts';
import { changed, itNames, one, type Changes, type Faulty } from './incident-faults.ts';
import { fullConnection, plainConnection } from './incident-config.ts';

const all = 'processes.incidents.connections';
const path = `${all}[0]`;
/** A second connection that has nothing of the first but what is said. */
const second = (part: object): Changes => ({
  [all]: [fullConnection, { ...plainConnection, name: 'other', region: 'eu-central-1', ...part }],
});
const { intake, topics } = fullConnection;

const faulty: readonly Faulty[] = [
  ['an unknown key', one('projct', 'X'), `${path}.projct`, /did you mean "project"\?/],
  ['no connection', { [all]: [] }, all, /is empty/],
  ['a site', one('site', 'mian'), `${path}.site`, /did you mean "main"\?/],
  ['a channel', one('channels', ['soc', 'devps']), `${path}.channels[1]`, /did you mean "devops"\?/],
  ['an approval', one('conflictApproval', 'prodction'), `${path}.conflictApproval`, /"production"\?/],
  [
    'questions that nobody is asked',
    one('conflictApproval', undefined),
    `${path}.conflictApproval`,
    /is missing, and processes\.incidents\.connections\[0\]\.fields\[1\] asks people/,
  ],
  ['an assignee', one('routes.1.assignee', 'devv'), `${path}.routes[1].assignee`, /did you mean "dev"\?/],
  [
    'an assignee without an account',
    { 'people.1.jira': undefined },
    `${path}.routes[1].assignee`,
    /has no Jira account id/,
  ],
  ['an account of 11 digits', one('account', '11111111111'), `${path}.account`, /12 digits/],
  ['a region', one('region', 'us-east'), `${path}.region`, /not accepted/],
  ['an external id of nothing', one('role', undefined), `${path}.externalId`, /of no role/],
  ['reminders that go back', one('pendingMinutes', [60, 30]), `${path}.pendingMinutes[1]`, /rising order/],
  [
    'new cases of reopened issues without an intake',
    { [all]: [{ ...plainConnection, reopened: 'new-case' }] },
    `${path}.reopened`,
    /has no intake/,
  ],
  ['a topic that is none', one('topics', ['lockkeeper']), `${path}.topics[0]`, /not accepted/],
  [
    'intake without accounts',
    one('intake.impactedAccounts', []),
    `${path}.intake.impactedAccounts`,
    /is empty.*accounts/,
  ],
  [
    'B20: intake without watchers',
    one('intake.watchers', undefined),
    `${path}.intake.watchers`,
    /is missing.*people who watch/,
  ],
  [
    'intake of a region that is none',
    one('intake.impactedAwsRegions', ['europe']),
    `${path}.intake.impactedAwsRegions[0]`,
    /not accepted/,
  ],
  [
    'the tickets of promotions',
    {
      [all]: [{ ...plainConnection, project: 'DEVOPS', issueType: 'Security Agent Deploy Request' }],
    },
    path,
    /the issue type of jira\.sites\[0\]/,
  ],
  [
    'intake of the tickets of promotions',
    {
      [`${all}.0.project`]: 'DEVOPS',
      [`${all}.0.intake.issueTypes`]: ['Incident', 'Security Agent Deploy Request'],
    },
    `${path}.intake.issueTypes[1]`,
    /the issue type of jira\.sites\[0\]/,
  ],
  ['two connections of one name', second({ name: 'aws-main' }), `${all}[1].name`, /already/],
  ['two connections of one pair', second({ region: 'us-east-1' }), `${all}[1]`, /make them one connection/],
  [
    'two intakes of one issue',
    second({ intake: { ...intake, labels: [] } }),
    `${all}[1].intake`,
    /two cases/,
  ],
];

describe('configuration of incidents', () => {
  it('takes a sound one, a plain one, and is off without one', () => {
    assert.deepEqual(faultsOf(changed({})), []);
    assert.deepEqual(
      faultsOf(exampleWith({ 'processes.incidents': { connections: [plainConnection] } })),
      [],
    );
    assert.equal(configOf().processes.incidents, undefined);
  });

  it('takes the shipped example with everything that it offers', () => {
    const config = configOf(exampleYaml.replace(/^( *)#: /gm, '$1'));
    const [connection] = config.processes.incidents?.connections ?? [];
    assert.deepEqual(
      [
        connection?.name,
        connection?.fields.length,
        connection?.routes.length,
        connection?.intake?.resolverType,
      ],
      ['aws-main', 6, 2, 'Self'],
    );
  });

  it('takes connections that have nothing to do with each other', () => {
    const parts = [
      {},
      { region: 'us-east-1', project: 'OPS' },
      { region: 'us-east-1', account: '999999999999' },
      { intake: { ...intake, labels: ['other'] } },
      { intake: { ...intake, issueTypes: ['Bug'] } },
      { project: 'OPS', intake },
      { topics },
    ];
    for (const part of parts) assert.deepEqual(faultsOf(changed(second(part))), [], JSON.stringify(part));
  });

  itNames(faulty);

  it('names a topic of two sites, and two names of one site for what they are', () => {
    const sitesWith = (baseUrl: string) => {
      const [site] = configOf().jira.sites;
      const other = { name: 'other', baseUrl, project: 'OPS', issueType: 'Deploy', bot: 'jira-bot' };
      return { ...second({ site: 'other', topics }), 'jira.sites': [site, other] };
    };
    const faults = faultsOf(changed(sitesWith('https://other.atlassian.net')));
    assert.deepEqual(
      faults.map((fault) => fault.path),
      [`${all}[1].topics[0]`],
    );
    assert.deepEqual(faultsOf(changed(sitesWith('https://example.atlassian.net/'))), []);
  });

  it('reports faults of several kinds at once', () => {
    const faults = faultsOf(
      changed({ ...one('site', 'x'), ...one('channels', ['x']), ...one('region', 'x') }),
    );
    assert.deepEqual(faults.map((fault) => fault.path).sort(), [
      `${path}.channels[0]`,
      `${path}.region`,
      `${path}.site`,
    ]);
  });
});
