import assert from 'node:assert/strict';
import { canonicalJson } from '../../config/canonical-json.ts';
import { promotionPoliciesFor, toPromotionPolicy } from '../../config/promotion-policy.ts';
import { publishRoleOf } from '../../config/publish-role.ts';
import { configOf, exampleWith } from './example-config.ts';

const approval = (version = 1) => ({
  version,
  quorum: [{ group: 'devops' }],
  channel: 'devops',
  buttons: false,
});
const approvals = (version = 1) => ({ production: approval(), wide: approval(version) });

function withApprovals() {
  const value = {
    approvals: approvals(),
    decisions: { gatewayUrl: 'https://lockkeeper.example.com', publicKeys: 'keys.json' },
    probes: { up: { url: 'https://{account}.example.com/health' } },
    'policies.standard.approval': 'production',
    'policies.standard.waves': [
      { tags: { stage: 'first' }, approval: 'wide', bakeMinutes: 60, probe: 'up', maxFailed: 1 },
      { accounts: ['prod-b', 'prod-c'] },
    ],
  };
  return { path: 'approvals', value };
}

const digestWith = (changes: Readonly<Record<string, unknown>>) =>
  toPromotionPolicy(configOf(exampleWith(changes)), 'main').digest;

describe('toPromotionPolicy', () => {
  it('resolves waves, roles and the link of a run', () => {
    const policy = toPromotionPolicy(configOf(undefined, { TEMPORAL_NAMESPACE: 'security' }), 'main');
    assert.deepEqual(
      policy.waves.map(({ accounts }) => accounts),
      [['prod-a'], ['prod-b', 'prod-c']],
    );
    assert.equal(policy.pipelineVariables['RUNNER_ROLE_ARN'], 'arn:aws:iam::222222222222:role/Runner-Role');
    assert.equal(policy.runLinkBase, 'https://temporal.example.com/namespaces/security/workflows/');
    assert.match(policy.digest, /^[0-9a-f]{64}$/);
  });

  it('makes one wave of all production accounts when none is named', () => {
    const policy = toPromotionPolicy(configOf(exampleWith({ 'policies.standard.waves': undefined })), 'main');
    const plain = { approval: null, bakeMinutes: 0, probe: null, maxFailed: 0 };
    assert.deepEqual(policy.waves, [{ accounts: ['prod-a', 'prod-b', 'prod-c'], ...plain }]);
    const { approval, exception, rollback, freezes } = policy;
    assert.deepEqual(
      { approval, exception, rollback, freezes },
      { approval: null, exception: null, rollback: null, freezes: false },
    );
  });

  it('has a digest that the order of keys does not change, and every rule does', () => {
    const same = digestWith({ 'policies.standard': { ...configOf().policies['standard'] } });
    assert.equal(digestWith({}), same);
    const reversed = Object.fromEntries(Object.entries(configOf().policies['standard'] ?? {}).reverse());
    assert.equal(digestWith({ 'policies.standard': reversed }), same);
    const changes = {
      'policies.standard.version': 2,
      'policies.standard.pipelinePollSeconds': 31,
      'aws.region': 'eu-west-1',
    };
    const digests = Object.entries(changes).map(([path, value]) => digestWith({ [path]: value }));
    assert.equal(new Set([same, ...digests]).size, 4);
  });

  it('carries what people must approve, so that a change of an approval changes the digest', () => {
    const { path, value } = withApprovals();
    const policy = toPromotionPolicy(configOf(exampleWith(value)), 'main');
    assert.equal(policy.approval?.name, 'production');
    assert.deepEqual(
      policy.waves.map(({ approval, bakeMinutes, probe, maxFailed }) => [
        approval?.name,
        bakeMinutes,
        probe,
        maxFailed,
      ]),
      [
        ['wide', 60, 'up', 1],
        [undefined, 0, null, 0],
      ],
    );
    const [changed] = promotionPoliciesFor(
      configOf(exampleWith({ ...value, [path]: approvals(2) })),
      'agent-promotion:main:1',
    );
    assert.notEqual(changed?.digest, policy.digest);
  });

  it('is what a worker allows the promotions and rollbacks of its site, and nobody else', () => {
    const config = configOf();
    const own = [toPromotionPolicy(config, 'main')];
    for (const id of ['agent-promotion:main:1', 'promotion-rollback:main:1'])
      assert.deepEqual(promotionPoliciesFor(config, id), own);
    for (const id of ['agent-promotion:other:1', 'foreign:main:1', 'agent-promotion:main:', 'freeze', ''])
      assert.deepEqual(promotionPoliciesFor(config, id), []);
  });

  it('refuses a site that is not configured', () => {
    assert.throws(() => toPromotionPolicy(configOf(), 'other'), /no Jira site "other"/);
  });
});

describe('canonicalJson', () => {
  it('sorts keys at every depth and leaves out what is undefined', () => {
    assert.equal(
      canonicalJson({ b: [{ d: 1, c: 'é' }], a: undefined, A: null }),
      '{"A":null,"b":[{"c":"é","d":1}]}',
    );
  });
});

describe('publishRoleOf', () => {
  it('is Agent-Publish unless the account names another', () => {
    assert.equal(publishRoleOf({ id: '333333333333' }), 'arn:aws:iam::333333333333:role/Agent-Publish');
    assert.equal(publishRoleOf({ id: '3', publishRole: 'arn:x' }), 'arn:x');
  });
});
