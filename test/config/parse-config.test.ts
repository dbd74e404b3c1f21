import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { formatFaults } from '../../config/fault.ts';
import { configOf, exampleWith, faultsOf } from './example-config.ts';

type Changes = Readonly<Record<string, unknown>>;

const account = (name: string, id: string, purpose: string) => ({
  name,
  id,
  bucket: `${name}-bucket`,
  purpose,
});
const soc = account('soc', '111111111111', 'soc');
const test = account('test', '222222222222', 'test');
const prod = account('prod', '333333333333', 'production');
const policy = 'policies.standard';

const faulty: readonly [what: string, changes: Changes, path: string, says: RegExp][] = [
  ['unknown key, near', { 'gitlab.reff': 'main' }, 'gitlab.reff', /did you mean "ref"\?/],
  ['unknown key, cut short', { 'processes.promo': {} }, 'processes.promo', /did you mean "promotion"\?/],
  ['unknown key, far', { 'gitlab.zzzzzz': 1 }, 'gitlab.zzzzzz', /known here: baseUrl, project/],
  ['missing key', { onCall: undefined }, 'onCall', /is missing/],
  ['missing section', { aws: undefined }, 'aws', /is missing/],
  ['a later version', { version: 2 }, 'version', /2 is not accepted.*set it to 1/],
  ['id of 11 digits', { 'aws.accounts.0.id': '11111111111' }, 'aws.accounts[0].id', /12 digits/],
  ['id as number', { 'aws.accounts.0.id': 111111111111 }, 'aws.accounts[0].id', /in quotes/],
  [
    'missing status',
    { 'jira.sites.0.statuses.failed': undefined },
    'jira.sites[0].statuses.failed',
    /is missing/,
  ],
  [
    'status twice',
    { 'jira.sites.0.statuses.failed': 'Done' },
    'jira.sites[0].statuses.failed',
    /same status as done/,
  ],
  ['unknown bot', { 'jira.sites.0.bot': 'jira-bto' }, 'jira.sites[0].bot', /did you mean "jira-bot"\?/],
  ['bot without account', { 'people.0.jira': undefined }, 'jira.sites[0].bot', /no Jira account id/],
  [
    'unknown person in a group',
    { 'groups.devops': ['dev', 'nobody'] },
    'groups.devops[1]',
    /define it under people/,
  ],
  ['unknown on call', { onCall: 'devv' }, 'onCall', /did you mean "dev"\?/],
  ['person twice', { 'people.1.name': 'jira-bot' }, 'people[1].name', /stands at people\[0\]\.name already/],
  [
    'two SOC accounts',
    { 'aws.accounts.1.purpose': 'soc' },
    'aws.accounts',
    /2 accounts have the purpose soc/,
  ],
  ['no test account', { 'aws.accounts': [soc, prod] }, 'aws.accounts', /0 accounts have the purpose test/],
  ['no production', { 'aws.accounts': [soc, test] }, 'aws.accounts', /no account has the purpose production/],
  ['bucket twice', { 'aws.accounts.1.bucket': 'soc-agent-installers' }, 'aws.accounts[1].bucket', /already/],
  ['id twice', { 'aws.accounts.1.id': '111111111111' }, 'aws.accounts[1].id', /already/],
  [
    'foreign publish role',
    { 'aws.accounts.2.publishRole': 'arn:aws:iam::999999999999:role/X' },
    'aws.accounts[2].publishRole',
    /another account than 333333333333/,
  ],
  [
    'wave of nobody',
    { [`${policy}.waves.0`]: { stage: 'none' } },
    `${policy}.waves[0]`,
    /no account has these tags/,
  ],
  [
    'unknown account',
    { [`${policy}.waves.1`]: ['prodb'] },
    `${policy}.waves[1][0]`,
    /did you mean "prod-b"\?/,
  ],
  [
    'test account in a wave',
    { [`${policy}.waves.1`]: ['test'] },
    `${policy}.waves[1][0]`,
    /has the purpose test/,
  ],
  ['account in two waves', { [`${policy}.waves.1`]: ['prod-a'] }, `${policy}.waves[1]`, /earlier wave/],
  ['forgotten account', { [`${policy}.waves.1`]: ['prod-b'] }, `${policy}.waves`, /"prod-c" is in no wave/],
  ['no waves at all', { [`${policy}.waves`]: [] }, `${policy}.waves`, /is empty/],
  [
    'unknown channel',
    { [`${policy}.notify.failure`]: ['soc', 'devop'] },
    `${policy}.notify.failure[1]`,
    /"devops"/,
  ],
  [
    'signature without key',
    { [`${policy}.signature`]: 'required' },
    `${policy}.signature`,
    /aws\.trustedKeys/,
  ],
  [
    'no policy chosen',
    { [`${policy}.signature`]: undefined },
    `${policy}.signature`,
    /required, if-present, off/,
  ],
  [
    'too long a test',
    { [`${policy}.instanceDeadlineMinutes`]: 60 },
    `${policy}.instanceDeadlineMinutes`,
    /1 to 55/,
  ],
  [
    'unknown policy',
    { 'processes.promotion.policy': 'standart' },
    'processes.promotion.policy',
    /"standard"\?/,
  ],
  ['plain http', { 'gitlab.baseUrl': 'http://gitlab.example.com' }, 'gitlab.baseUrl', /is not https/],
  [
    'no key',
    { 'aws.trustedKeys': [{ name: 'k', publicKey: 'x' }] },
    'aws.trustedKeys[0].publicKey',
    /public key/,
  ],
];

describe('parseConfig', () => {
  it('takes the shipped example', () => {
    const config = configOf();
    assert.equal(config.jira.sites[0]?.statuses.infoNeeded, 'Info Needed');
    assert.deepEqual(config.endpoints, { sandbox: false });
    assert.equal(config.temporal.namespace, 'default');
  });

  for (const [what, changes, path, says] of faulty)
    it(`names ${what}`, () => {
      const faults = faultsOf(exampleWith(changes));
      const found = faults.filter((fault) => fault.path === path);
      assert.ok(found.length > 0, `no fault at ${path}:\n${formatFaults(faults)}`);
      assert.match(formatFaults(found), says);
    });

  it('reports every fault at once, faults of form and of reference alike', () => {
    const all = Object.assign({}, ...faulty.map(([, changes]) => changes).slice(5, 12)) as Changes;
    const paths = faultsOf(exampleWith(all), { LOCKKEEPER_JIRA_API_TOKEN: '' }).map(({ path }) => path);
    const expected = [...faulty.slice(5, 12).map(([, , path]) => path), 'LOCKKEEPER_JIRA_API_TOKEN'];
    assert.deepEqual(
      expected.filter((path) => !paths.includes(path)),
      [],
    );
  });

  for (const [text, says] of [
    ['', /holds no keys/],
    ['- a', /holds no keys/],
    ['a: [', /line 1: no valid YAML/],
    ['a: 1\na: 2', /line 2: no valid YAML: Map keys must be unique/],
  ] as const)
    it(`names what is wrong with ${JSON.stringify(text)}`, () => {
      assert.match(formatFaults(faultsOf(text)), says);
    });

  it('uses the names of the document when a site maps no status at all', () => {
    const config = configOf(exampleWith({ 'jira.sites.0.statuses': undefined }));
    assert.equal(config.jira.sites[0]?.statuses.toDo, 'ToDo');
  });

  it('does not repeat a long value, and refuses a private key as a public one', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    const text = formatFaults(faultsOf(exampleWith({ 'aws.trustedKeys': [{ name: 'k', publicKey: pem }] })));
    assert.match(text, /trustedKeys\[0\]\.publicKey/);
    assert.doesNotMatch(text, /PRIVATE/);
  });
});
