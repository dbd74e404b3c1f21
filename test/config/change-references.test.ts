import assert from 'node:assert/strict';
import { formatFaults } from '../../config/fault.ts';
import { sound } from './change-config.ts';
import { configOf, exampleWith, exampleYaml, faultsOf } from './example-config.ts';

type Changes = Readonly<Record<string, unknown>>;
const at = 'processes.change';

const faulty: readonly [what: string, changes: Changes, path: string, says: RegExp][] = [
  ['a site', { [`${at}.site`]: 'mian' }, `${at}.site`, /did you mean "main"\?/],
  [
    'the policy of an environment',
    { [`${at}.environments.production`]: 'standart' },
    `${at}.environments.production`,
    /not defined under processes\.change\.policies.*did you mean "standard"\?/,
  ],
  ['no environment', { [`${at}.environments`]: {} }, `${at}.environments`, /names no environment/],
  [
    'the approval of a policy',
    { [`${at}.policies.standard.approval`]: 'chnage' },
    `${at}.policies.standard.approval`,
    /did you mean "change"\?/,
  ],
  [
    'the approval of a plan',
    { [`${at}.policies.standard.planApproval`]: 'none' },
    `${at}.policies.standard.planApproval`,
    /not defined under approvals/,
  ],
  [
    'the approval of an inspection',
    { [`${at}.inspection.approval`]: 'none' },
    `${at}.inspection.approval`,
    /not defined under approvals/,
  ],
  [
    'the approval of switching on',
    { [`${at}.inspection.switchOnApproval`]: 'none' },
    `${at}.inspection.switchOnApproval`,
    /not defined under approvals/,
  ],
  [
    'a channel of a policy',
    { [`${at}.policies.standard.notify.failure`]: ['devops', 'sco'] },
    `${at}.policies.standard.notify.failure[1]`,
    /did you mean "soc"\?/,
  ],
  [
    'a channel of inspections',
    { [`${at}.inspection.notify`]: ['security'] },
    `${at}.inspection.notify[0]`,
    /not defined under slack\.channels/,
  ],
  [
    'a plan rule twice',
    { [`${at}.planRules.1.id`]: 'dns-zone' },
    `${at}.planRules[1].id`,
    /stands at processes\.change\.planRules\[0\]\.id already/,
  ],
  [
    'an id of a plan rule that is no name',
    { [`${at}.planRules.1.id`]: 'DNS zone' },
    `${at}.planRules[1].id`,
    /a name in lower case/,
  ],
  [
    'a status of two meanings',
    { [`${at}.statuses`]: { declined: 'Approved' } },
    `${at}.statuses.declined`,
    /has the same name as approved/,
  ],
  [
    'a field of two meanings',
    { [`${at}.fields`]: { build: 'Version', sha: 'Version' } },
    `${at}.fields.sha`,
    /has the same name as build/,
  ],
  [
    'the project and type of promotions',
    { [`${at}.project`]: 'DEVOPS', [`${at}.issueType`]: 'Security Agent Deploy Request' },
    at,
    /project and the issue type of jira\.sites\[0\]/,
  ],
  [
    'automatic approval that nobody inspects',
    { [`${at}.inspection`]: undefined },
    `${at}.inspection`,
    /is missing, and processes\.change\.policies\.standard approves by itself/,
  ],
  [
    'an inspection by the author',
    { 'approvals.inspection.exclude': ['requester'] },
    `${at}.inspection.approval`,
    /lets the author of a change inspect it.*approvals\.inspection\.exclude/,
  ],
  [
    'an inspection by anybody',
    { 'approvals.inspection.exclude': [] },
    `${at}.inspection.approval`,
    /lets the requester and the author/,
  ],
  [
    'a share of the month that is none',
    { [`${at}.inspection.percent`]: 0 },
    `${at}.inspection.percent`,
    /not accepted/,
  ],
];

function changed(changes: Changes): string {
  return exampleWith({ ...structuredClone(sound), ...changes });
}

describe('configuration of changes', () => {
  it('takes a sound one', () => assert.deepEqual(faultsOf(changed({})), []));

  it('has inspections exclude requester and author when nothing is said', () =>
    assert.deepEqual(faultsOf(changed({ 'approvals.inspection.exclude': undefined })), []));

  it('wants no inspections where nothing is approved automatically', () => {
    const changes = { [`${at}.inspection`]: undefined, [`${at}.policies.standard.autoApprove`]: false };
    assert.deepEqual(faultsOf(changed(changes)), []);
  });

  it('takes the names of the source document for statuses and fields', () => {
    const { change } = configOf(changed({})).processes;
    assert.equal(change?.statuses.manualReview, 'Manual review required');
    assert.equal(change?.fields.sha, 'Commit SHA');
  });

  it('is off in the shipped example, and sound in everything that it offers', () => {
    assert.equal(configOf().processes.change, undefined);
    const { change } = configOf(exampleYaml.replace(/^( *)#: /gm, '$1')).processes;
    assert.deepEqual(Object.keys(change?.environments ?? {}), ['production', 'infrastructure']);
    assert.equal(change?.inspection?.percent, 3);
  });

  for (const [what, changes, path, says] of faulty)
    it(`names ${what}`, () => {
      const faults = faultsOf(changed(changes));
      const found = faults.filter((fault) => fault.path === path);
      assert.ok(found.length > 0, `no fault at ${path}:\n${formatFaults(faults)}`);
      assert.match(formatFaults(found), says);
    });
});
