import assert from 'node:assert/strict';
import { digestOf } from '../../config/canonical-json.ts';
import { changePolicyFor, toChangePolicy, toInspectionPolicy } from '../../config/change-policy.ts';
import { changeApprovalId } from '../../workflows/shared/names.ts';
import { sound } from './change-config.ts';
import { configOf, exampleWith } from './example-config.ts';

const configWith = (changes: Readonly<Record<string, unknown>> = {}) =>
  configOf(exampleWith({ ...structuredClone(sound), ...changes }), { TEMPORAL_NAMESPACE: 'security' });
const build = { project: 'shop/web', build: '4711' };

/** What a guarded activity does with the policy that it is given. */
function assertSealed(policy: { readonly digest: string } | undefined) {
  assert.ok(policy);
  const { digest, ...rules } = policy;
  assert.equal(digest, digestOf(rules));
}

describe('toChangePolicy', () => {
  it('has the rules of the environment, whole, with their digest', () => {
    const policy = toChangePolicy(configWith(), 'production');
    assertSealed(policy);
    assert.deepEqual(
      [policy?.name, policy?.version, policy?.environment, policy?.site, policy?.autoApprove, policy?.plan],
      ['standard', 1, 'production', 'main', true, 'optional'],
    );
    assert.deepEqual([policy?.approval.name, policy?.planApproval.name], ['change', 'plan']);
    assert.deepEqual(policy?.review, { mode: 'strict', bots: [], versionFiles: [] });
    const blocking = ['critical', 'high'];
    assert.deepEqual(policy?.scans, { required: ['sast'], blocking, maxAgeHours: 72 });
    assert.deepEqual([policy?.freezes, policy?.deployDeadlineMinutes], [true, 120]);
    assert.equal(policy?.runLinkBase, 'https://temporal.example.com/namespaces/security/workflows/');
  });

  it('asks for a risky plan whom it asks for the change, unless others are named', () => {
    const policy = toChangePolicy(configWith(), 'infrastructure');
    assert.deepEqual([policy?.planApproval, policy?.plan], [policy?.approval, 'required']);
  });

  it('approves nothing by itself unless the configuration says so', () => {
    assert.equal(toChangePolicy(configWith(), 'infrastructure')?.autoApprove, false);
  });

  for (const environment of ['staging', 'constructor', '__proto__', ''])
    it(`controls no environment of the name "${environment}"`, () =>
      assert.equal(toChangePolicy(configWith(), environment), undefined));

  it('is nothing where the process is off', () => {
    assert.equal(toChangePolicy(configOf(), 'production'), undefined);
    assert.equal(toInspectionPolicy(configOf()), undefined);
  });

  it('has another digest for each change of a rule, of an approval and of the environment', () => {
    const digests = [
      toChangePolicy(configWith(), 'production'),
      toChangePolicy(
        configWith({ 'processes.change.environments.infrastructure': 'standard' }),
        'infrastructure',
      ),
      ...[
        { 'processes.change.policies.standard.autoApprove': false },
        { 'processes.change.policies.standard.scans.maxAgeHours': 24 },
        { 'approvals.change.version': 2 },
        { 'approvals.plan.version': 2 },
      ].map((changes) => toChangePolicy(configWith(changes), 'production')),
    ].map((policy) => policy?.digest);
    assert.equal(new Set(digests).size, digests.length);
  });
});

describe('changePolicyFor', () => {
  it('is the policy of the environment in the run’s id', () => {
    const id = changeApprovalId({ environment: 'production', ...build });
    assert.deepEqual(changePolicyFor(configWith(), id), toChangePolicy(configWith(), 'production'));
  });

  const foreign = [
    changeApprovalId({ environment: 'staging', ...build }),
    'change:production:shop~web',
    'agent-promotion:main:1',
    'auto-approval',
    '',
  ];
  for (const id of foreign)
    it(`is none for "${id}"`, () => assert.equal(changePolicyFor(configWith(), id), undefined));
});

describe('toInspectionPolicy', () => {
  it('has who inspects, how many, and what a finding does', () => {
    const policy = toInspectionPolicy(configWith());
    assertSealed(policy);
    assert.deepEqual(
      [
        policy?.name,
        policy?.site,
        policy?.percent,
        policy?.least,
        policy?.switchOff,
        policy?.findingIssueType,
      ],
      ['inspection', 'main', 3, 5, true, 'Task'],
    );
    assert.deepEqual(
      [policy?.approval.name, policy?.approval.exclude, policy?.switchOnApproval.name, policy?.notify],
      ['inspection', ['requester', 'author'], 'plan', ['soc']],
    );
  });
});
