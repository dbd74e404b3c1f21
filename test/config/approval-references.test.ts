import assert from 'node:assert/strict';
import { formatFaults } from '../../config/fault.ts';
import { promotionPoliciesFor } from '../../config/promotion-policy.ts';
import { approval, people, sound } from './decisions-config.ts';
import { configOf, exampleWith, exampleYaml, faultsOf } from './example-config.ts';

type Changes = Readonly<Record<string, unknown>>;

const standard = 'policies.standard';
const first = (wave: Changes) => ({ [`${standard}.waves`]: [wave, ['prod-b', 'prod-c']] });

const faulty: readonly [what: string, changes: Changes, path: string, says: RegExp][] = [
  [
    'approval of a policy',
    { [`${standard}.approval`]: 'produktion' },
    `${standard}.approval`,
    /did you mean "production"\?/,
  ],
  [
    'approval of a wave',
    first({ accounts: ['prod-a'], approval: 'none' }),
    `${standard}.waves[0].approval`,
    /not defined under approvals/,
  ],
  [
    'approval of a rollback',
    { 'processes.promotion.rollback': 'none' },
    'processes.promotion.rollback',
    /not defined/,
  ],
  [
    'approval of a steal',
    { 'processes.promotion.steal': 'none' },
    'processes.promotion.steal',
    /not defined/,
  ],
  ['approval of a freeze', { 'freeze.approval': 'none' }, 'freeze.approval', /not defined/],
  ['approval of an exception', { 'freeze.exception': 'none' }, 'freeze.exception', /not defined/],
  [
    'an exception by one person',
    { 'freeze.exception': 'steal', 'approvals.steal': approval({ group: 'devops' }) },
    'freeze.exception',
    /one person only.*at least two/,
  ],
  [
    'group of a quorum',
    { 'approvals.production.quorum.0.group': 'devop' },
    'approvals.production.quorum[0].group',
    /did you mean "devops"\?/,
  ],
  [
    'a group that is too small',
    { 'approvals.production.quorum.0.count': 3 },
    'approvals.production.quorum[0].group',
    /needs 3 of "devops", which has 2/,
  ],
  [
    'a group that is too small for two seats',
    { 'approvals.production': approval({ group: 'security' }, { group: 'security' }) },
    'approvals.production.quorum[1].group',
    /needs 2 of "security", which has 1/,
  ],
  [
    'a group of one person twice',
    { 'groups.devops': ['dana', 'dana'] },
    'approvals.production.quorum[0].group',
    /which has 1/,
  ],
  [
    'group of an override',
    { 'approvals.production.override': { group: 'none', reviewers: 'security' } },
    'approvals.production.override.group',
    /not defined under groups/,
  ],
  [
    'reviewers that nobody is',
    { 'approvals.production.override': { group: 'devops', reviewers: 'empty' } },
    'approvals.production.override.reviewers',
    /needs 1 of "empty"/,
  ],
  [
    'channel of an approval',
    { 'approvals.production.channel': 'devop' },
    'approvals.production.channel',
    /did you mean "devops"\?/,
  ],
  [
    'reminders out of order',
    {
      'approvals.production.reminders': [
        { afterMinutes: 60, to: 'thread' },
        { afterMinutes: 60, to: 'dm' },
      ],
    },
    'approvals.production.reminders[1].afterMinutes',
    /rising order/,
  ],
  [
    'decisions that are missing',
    { decisions: undefined },
    'decisions',
    /policies\.standard\.approval asks people/,
  ],
  ['a team that is missing', { 'slack.teamId': undefined }, 'slack.teamId', /has buttons in Slack/],
  [
    'a gateway without TLS',
    { 'decisions.gatewayUrl': 'http://lockkeeper.example.com' },
    'decisions.gatewayUrl',
    /is not https/,
  ],
  ['who delegates', { 'delegations.0.from': 'dan' }, 'delegations[0].from', /did you mean "dana"\?/],
  ['a delegate', { 'delegations.0.to': 'nobody' }, 'delegations[0].to', /not defined under people/],
  ['a delegate of oneself', { 'delegations.0.to': 'dana' }, 'delegations[0].to', /name somebody else/],
  [
    'a delegation that ends before',
    { 'delegations.0.end': '2026-11-30T23:00:00Z' },
    'delegations[0].end',
    /not after start/,
  ],
  [
    'a probe',
    first({ accounts: ['prod-a'], probe: 'upp' }),
    `${standard}.waves[0].probe`,
    /did you mean "up"\?/,
  ],
  [
    'a wave of both',
    first({ accounts: ['prod-a'], tags: { stage: 'first' } }),
    `${standard}.waves[0]`,
    /both accounts and tags/,
  ],
  ['a wave of neither', first({ bakeMinutes: 60 }), `${standard}.waves[0]`, /names no accounts/],
  [
    'an account of a long wave',
    first({ accounts: ['prod-aa'] }),
    `${standard}.waves[0].accounts[0]`,
    /did you mean "prod-a"\?/,
  ],
  [
    'an account of two long waves',
    first({ accounts: ['prod-a', 'prod-b'] }),
    `${standard}.waves[1]`,
    /earlier wave/,
  ],
  [
    'a cron expression',
    { 'freeze.windows.0.cron': 'every friday' },
    'freeze.windows[0].cron',
    /no cron expression/,
  ],
  [
    'a cron expression that never happens',
    { 'freeze.windows.0.cron': '0 16 31 2 *' },
    'freeze.windows[0].cron',
    /no cron expression/,
  ],
  [
    'a window that ends before',
    { 'freeze.windows.1.to': '2026-12-23T17:00' },
    'freeze.windows[1].to',
    /not after from/,
  ],
  ['a window twice', { 'freeze.windows.1.name': 'weekend' }, 'freeze.windows[1].name', /already/],
  ['a time zone', { 'freeze.windows.0.timeZone': 'Berlin' }, 'freeze.windows[0].timeZone', /./],
];

function changed(changes: Changes): string {
  const file = exampleWith({ ...sound });
  assert.deepEqual(faultsOf(file), []);
  return exampleWith({ ...structuredClone(sound), ...changes });
}

describe('configuration of decisions', () => {
  it('takes a sound one', () => {
    const config = configOf(exampleWith(sound));
    assert.equal(config.approvals['production']?.risk, 'normal');
    assert.equal(config.freeze?.windows.length, 2);
  });

  it('takes the shipped example with everything that it offers', () => {
    const config = configOf(exampleYaml.replace(/^( *)#: /gm, '$1'));
    assert.deepEqual(Object.keys(config.approvals), ['production', 'exception', 'operations', 'inspection']);
    const [policy] = promotionPoliciesFor(config, 'agent-promotion:main:1');
    assert.deepEqual(
      [policy?.approval?.name, policy?.exception?.name, policy?.rollback?.name],
      ['production', 'exception', 'operations'],
    );
    assert.equal(policy?.waves[0]?.probe, 'agents');
  });

  it('asks for nothing where nobody is asked', () => {
    const unused = { approvals: sound['approvals'], groups: sound['groups'], people };
    assert.deepEqual(faultsOf(exampleWith(unused)), []);
  });

  it('wants no team where no message has buttons', () => {
    const { production } = sound['approvals'] as Record<string, object>;
    const changes = {
      ...{ people, groups: sound['groups'], decisions: sound['decisions'] },
      ...{
        approvals: { production: { ...production, buttons: false } },
        [`${standard}.approval`]: 'production',
      },
    };
    assert.deepEqual(faultsOf(exampleWith(changes)), []);
  });

  for (const [what, changes, path, says] of faulty)
    it(`names ${what}`, () => {
      const faults = faultsOf(changed(changes));
      const found = faults.filter((fault) => fault.path === path);
      assert.ok(found.length > 0, `no fault at ${path}:\n${formatFaults(faults)}`);
      assert.match(formatFaults(found), says);
    });

  it('reports all of them at once', () => {
    const some = faulty.slice(0, 6);
    const all = Object.assign({}, ...some.map(([, changes]) => changes)) as Changes;
    const paths = faultsOf(changed(all)).map(({ path }) => path);
    for (const [, , path] of some) assert.ok(paths.includes(path), path);
  });

  it('keeps probes and gateway on this machine in the sandbox', () => {
    const paths = faultsOf(exampleWith(sound), { LOCKKEEPER_SANDBOX: '1' }).map(({ path }) => path);
    assert.ok(paths.includes('decisions.gatewayUrl') && paths.includes('probes.up.url'));
  });
});
