import assert from 'node:assert/strict';
import type { PlanRule } from '../../config/change-schema.ts';
import {
  judgeDeferred,
  judgeInvocation,
  judgePlan,
  judgeResourceChange,
} from '../../workflows/change-approval/plan-rules.ts';
import {
  allow,
  created,
  deleted,
  findRisks,
  policy,
  resourceChange,
  updated,
  withActions,
} from './plan-world.ts';

const a = policy([allow('s3:GetObject')]);
const b = policy([allow('s3:*')]);

const rule = (parts: Partial<PlanRule>): PlanRule => ({
  id: 'own',
  types: ['aws_s3_*'],
  reason: 'ask us',
  ...parts,
});
const bucket = updated(
  'aws_s3_bucket',
  { acl: 'private', web: { index: 'i' } },
  { acl: 'public', web: { index: 'j' } },
);

const own: readonly (readonly [
  what: string,
  element: unknown,
  parts: Partial<PlanRule>,
  found: readonly string[],
])[] = [
  ['a type', bucket, {}, ['own']],
  ['another type', bucket, { types: ['aws_ec2_*', 'aws_s3'] }, []],
  ['one of its types', bucket, { types: ['aws_ec2_*', 'aws_*_bucket'] }, ['own']],
  ['every type', bucket, { types: ['*'] }, ['own']],
  ['no regular expression', bucket, { types: ['aws.s3.bucket', '.*'] }, []],
  ['stars that would overlap', bucket, { types: ['aws_s3_bucket*bucket'] }, []],
  ['an attribute', bucket, { attributes: ['acl'] }, ['own acl']],
  ['a nested one by its name', bucket, { attributes: ['index'] }, ['own web.index']],
  ['a nested one by its path', bucket, { attributes: ['web.index'] }, ['own web.index']],
  ['an attribute that stays', bucket, { attributes: ['name'] }, []],
  ['an action', bucket, { actions: ['update'] }, ['own']],
  ['another action', bucket, { actions: ['create', 'delete', 'replace'] }, []],
  [
    'an action that nobody knows',
    withActions('aws_s3_x', 'teleport'),
    { actions: ['create'] },
    ['unknown-action', 'own'],
  ],
  [
    'create and forget as create',
    withActions('aws_s3_x', 'create', 'forget'),
    { actions: ['create'] },
    ['own'],
  ],
  [
    'creation with the attribute',
    created('aws_s3_bucket', { acl: 'x' }),
    { attributes: ['acl'] },
    ['own acl'],
  ],
  ['creation, unknown', created('aws_s3_bucket', {}, { acl: true }), { attributes: ['acl'] }, ['own acl']],
  ['no no-op', withActions('aws_s3_x', 'no-op'), {}, []],
  ['no forget', withActions('aws_s3_x', 'forget'), {}, []],
];

describe('a rule of the installation', () => {
  for (const [what, element, parts, expected] of own)
    it(`finds ${what}: ${expected.join(', ') || 'nothing'}`, () =>
      assert.deepEqual(findRisks(element, [rule(parts)]), expected));
});

describe('what a reason says', () => {
  const only = (element: unknown) => judgeResourceChange(element, []).reasons[0];

  it('names what is deposed', () =>
    assert.deepEqual(
      only(deleted('aws_instance', {}, { deposed: '0a1b', address: 'module.m["k"].aws_instance.x[0]' })),
      {
        address: 'module.m["k"].aws_instance.x[0] (deposed 0a1b)',
        attribute: null,
        rule: 'delete',
        reason: 'a deposed object of it is deleted',
      },
    ));

  it('says in which order something is replaced', () => {
    const [first, second] = [
      ['delete', 'create'],
      ['create', 'delete'],
    ].map((order) => only(withActions('t', ...order)));
    assert.equal(first?.reason, 'is replaced: deleted, then created anew');
    assert.equal(second?.reason, 'is replaced: created anew, then deleted');
  });

  it('cuts an address at 300 and takes what steers a terminal out of it', () => {
    const address = `t.x["\u001b[31m\u202e${'k'.repeat(400)}"]`;
    const told = only(deleted('t', {}, { address, deposed: '0a1b' }))?.address ?? '';
    assert.equal(told.length, 300);
    assert.doesNotMatch(told, /[\p{Cc}\u202e]/u);
    assert.match(told, / \(deposed 0a1b\)$/);
  });

  it('ends a path where the secret begins', () => {
    const change = { before: { box: { key: { policy: a } } }, after: { box: { key: { policy: b } } } };
    const attributesOf = (before_sensitive: unknown, after_sensitive: unknown) =>
      judgeResourceChange(
        resourceChange('t', { ...change, before_sensitive, after_sensitive }),
        [],
      ).reasons.map(({ attribute }) => attribute);
    assert.deepEqual(attributesOf({ box: true }, {}), ['box']);
    assert.deepEqual(attributesOf({}, { box: { key: true } }), ['box.key']);
    assert.deepEqual(attributesOf(true, {}), [null]);
    assert.deepEqual(attributesOf({ box: { key: { policy: true } } }, {}), ['box.key.policy']);
  });

  it('ends a path that forces a replace there too', () => {
    const replaced = { actions: ['delete', 'create'], replace_paths: [['tags', 'inner key']] };
    assert.equal(only(resourceChange('t', replaced))?.attribute, 'tags["inner key"]');
    assert.equal(
      only(resourceChange('t', { ...replaced, before_sensitive: { tags: true } }))?.attribute,
      'tags',
    );
  });

  it('repeats no action that is no word', () =>
    assert.equal(
      only(withActions('t', 'hunter2!', 'purge'))?.reason,
      'an action that is not known: ?, purge',
    ));
});

describe('what a plan says beside its changes', () => {
  it('names what is deferred', () => {
    const element = { reason: 'instance_count_unknown', resource_change: created('aws_instance', {}) };
    const { address, rule: id, reason } = judgeDeferred(element);
    assert.deepEqual([address, id], ['aws_instance.x', 'deferred']);
    assert.match(reason, /\(instance_count_unknown\)$/);
    assert.doesNotMatch(judgeDeferred({ ...element, reason: 'Hunter 2' }).reason, /Hunter/);
    assert.equal(judgeDeferred(null).address, '(no address)');
  });

  const invocation = { address: 'action.aws_lambda_invoke.x', type: 'aws_lambda_invoke', name: 'x' };
  const lambda = rule({ types: ['aws_lambda_*'] });
  it('an action of a provider is risky by a rule of the installation only', () => {
    assert.deepEqual(judgeInvocation(invocation, []), []);
    assert.deepEqual(
      judgeInvocation(invocation, [lambda]).map(({ rule: id }) => id),
      ['own'],
    );
    assert.deepEqual(judgeInvocation(invocation, [{ ...lambda, actions: ['create'] }]), []);
    assert.deepEqual(judgeInvocation(null, [lambda]), []);
  });

  const plans: readonly (readonly [
    facts: { errored?: unknown; complete?: unknown },
    rules: readonly string[],
  ])[] = [
    [{}, []],
    [{ errored: false, complete: true }, []],
    [{ errored: true }, ['errored']],
    [{ errored: true, complete: false }, ['errored']],
    [{ errored: 'yes' }, ['errored']],
    [{ errored: false, complete: false }, ['deferred']],
    [{ complete: null }, ['deferred']],
  ];
  for (const [facts, expected] of plans)
    it(`${JSON.stringify(facts)}: ${expected.join(', ') || 'nothing'}`, () =>
      assert.deepEqual(
        judgePlan({ errored: facts.errored, complete: facts.complete }).map(({ rule: id }) => id),
        expected,
      ));
});
