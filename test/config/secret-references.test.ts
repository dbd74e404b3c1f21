import assert from 'node:assert/strict';
import { formatFaults } from '../../config/fault.ts';
import { toSecretPolicy } from '../../config/secret-policy.ts';
import { configOf, exampleWith, exampleYaml, faultsOf } from './example-config.ts';
import { plainConnection } from './incident-config.ts';
import { fullAudit, sound } from './secret-config.ts';

const path = 'processes.secrets';
type Changes = Readonly<Record<string, unknown>>;
const changed = (changes: Changes) => exampleWith({ ...structuredClone(sound), ...structuredClone(changes) });
const one = (key: string, value: unknown): Changes => ({ [`${path}.${key}`]: value });
const [topic] = fullAudit.topics;

const faulty: readonly (readonly [what: string, changes: Changes, path: string, says: RegExp])[] = [
  ['an unknown key', one('projct', 'X'), `${path}.projct`, /did you mean "project"\?/],
  ['a site', one('site', 'mian'), `${path}.site`, /did you mean "main"\?/],
  ['a channel', one('finding.channels', ['scc']), `${path}.finding.channels[0]`, /did you mean "soc"\?/],
  ['a question', one('finding.question', 'prodction'), `${path}.finding.question`, /"production"\?/],
  ['an approval', one('finding.approval', 'prodction'), `${path}.finding.approval`, /"production"\?/],
  ['a principal', one('principals.0.person', 'dna'), `${path}.principals[0].person`, /"dana"\?/],
  ['an owner', one('owners.0.people', ['dana', 'devv']), `${path}.owners[0].people[1]`, /"dev"\?/],
  ['an account twice', one('accounts.1.id', '111111111111'), `${path}.accounts[1].id`, /stands at .*\[0\]/],
  ['a region twice', one('regions', ['us-east-1', 'us-east-1']), `${path}.regions[1]`, /there already/],
  ['an account of 11 digits', one('accounts.0.id', '11111111111'), `${path}.accounts[0].id`, /12 digits/],
  ['no account', one('accounts', []), `${path}.accounts`, /is empty/],
  ['no organisation', one('organization', 'o-xxx'), `${path}.organization`, /AWS_PRINCIPAL_ORG_ID/],
  [
    'dead letters that come again',
    one('deadLetterUrl', `${fullAudit.queueUrl}/`),
    `${path}.deadLetterUrl`,
    /queue of the events itself/,
  ],
  ['dead letters of nothing', one('queueUrl', undefined), `${path}.deadLetterUrl`, /is of no queue/],
  [
    'a topic of incidents',
    { 'processes.incidents': { connections: [{ ...plainConnection, topics: [topic] }] } },
    `${path}.topics[0]`,
    /is a topic of processes\.incidents\.connections\[0\]/,
  ],
  [
    'an external id of no role',
    {
      ...one('role', undefined),
      ...one('starterRole', undefined),
      ...one('accounts', [{ id: '111111111111' }]),
    },
    `${path}.externalId`,
    /is of no role/,
  ],
  [
    'the type of promotions',
    { ...one('project', 'DEVOPS'), ...one('issueType', 'Security Agent Deploy Request') },
    path,
    /issue type of jira\.sites\[0\]/,
  ],
  [
    'findings that are incidents',
    {
      'processes.incidents': { connections: [{ ...plainConnection, issueType: 'Finding' }] },
      ...one('finding.project', 'INC'),
    },
    `${path}.finding`,
    /of processes\.incidents\.connections\[0\]/,
  ],
  [
    'findings that would approve',
    one('finding.issueType', 'Secret change'),
    `${path}.finding.issueType`,
    /the type of the tickets that approve/,
  ],
  [
    'a changer who approves himself',
    { 'approvals.production.exclude': ['requester'] },
    `${path}.finding.approval`,
    /lets the changer approve/,
  ],
];

describe('processes.secrets', () => {
  it('finds nothing wrong with a sound audit, nor with the example', () => {
    assert.deepEqual(faultsOf(changed({})), []);
    const config = configOf(exampleYaml.replace(/^( *)#: /gm, '$1'));
    assert.equal(toSecretPolicy(config).accounts.length, 2);
  });

  for (const [what, changes, at, says] of faulty)
    it(`names ${what}`, () => {
      const faults = faultsOf(changed(changes));
      const found = faults.filter((fault) => fault.path === at);
      assert.ok(found.length > 0, `no fault at ${at}:\n${formatFaults(faults)}`);
      assert.match(formatFaults(found), says);
    });

  for (const key of ['queueUrl', 'deadLetterUrl'])
    for (const [url, says] of [
      ['http://sqs.us-east-1.amazonaws.com/1/q', /is not https/],
      ['https://sqs.amazonaws.com.example.org/1/q', /is no queue of AWS/],
    ] as const)
      it(`${key} ${url}`, () => {
        const found = faultsOf(changed(one(key, url))).filter((fault) => fault.path === `${path}.${key}`);
        assert.match(formatFaults(found), says);
      });
});
