import assert from 'node:assert/strict';
import { allow, created, deleted, findRisks, policy, resourceChange, updated } from './plan-world.ts';

const a = policy([allow('s3:GetObject')]);
const b = policy([allow('s3:*')]);

const attributes: readonly (readonly [what: string, element: unknown, found: readonly string[]])[] = [
  ['a policy changed', updated('aws_kms_key', { policy: a }, { policy: b }), ['policy-attribute policy']],
  ['a policy set', updated('aws_s3_bucket', { policy: null }, { policy: b }), ['policy-attribute policy']],
  ['a policy emptied', updated('aws_s3_bucket', { policy: a }, { policy: '' }), ['policy-attribute policy']],
  ['a policy removed', updated('aws_s3_bucket', { policy: a }, {}), ['policy-attribute policy']],
  ['created with one', created('aws_s3_bucket_policy', { policy: b }), ['policy-attribute policy']],
  ['created without', created('aws_s3_bucket', { bucket: 'x', policy: null }), []],
  ['none before and after', updated('aws_s3_bucket', { policy: null }, { policy: '' }), []],
  ['the same', updated('aws_s3_bucket', { policy: a, tags: {} }, { policy: a, tags: { a: 'b' } }), []],
  ['the same in other words', updated('aws_kms_key', { policy: a }, { policy: ` ${a} ` }), []],
  ['not JSON, the same', updated('vault_policy', { policy: 'path "x" {}' }, { policy: 'path "x" {}' }), []],
  [
    'not JSON, changed',
    updated('vault_policy', { policy: 'path "x" {}' }, { policy: 'path "x" { }' }),
    ['policy-attribute policy'],
  ],
  [
    'unknown after apply',
    updated('aws_s3_bucket_policy', { policy: a }, {}, { policy: true }),
    ['policy-attribute policy'],
  ],
  [
    'created and unknown',
    created('aws_kms_key', {}, { id: true, policy: true }),
    ['policy-attribute policy'],
  ],
  ['everything unknown', updated('aws_kms_key', { policy: a }, {}, true), ['policy-attribute policy']],
  ['something else unknown', updated('aws_kms_key', { policy: a }, { policy: a }, { arn: true }), []],
  [
    'nested',
    updated('x_stack', { spec: [{ policy: a }] }, { spec: [{ policy: b }] }),
    ['policy-attribute spec[0].policy'],
  ],
  [
    'nested and unknown',
    updated('x_stack', { spec: [{ policy: a }] }, { spec: [{}] }, { spec: [{ policy: true }] }),
    ['policy-attribute spec[0].policy'],
  ],
  [
    'an inline policy',
    updated('x_role', { inline_policy: [] }, { inline_policy: [{ name: 'n', policy: b }] }),
    ['policy-attribute inline_policy'],
  ],
  [
    'who may assume',
    updated('aws_iam_role', { assume_role_policy: a }, { assume_role_policy: b }),
    ['iam assume_role_policy', 'policy-attribute assume_role_policy'],
  ],
  [
    'access policies',
    updated('aws_opensearch_domain', { access_policies: a }, { access_policies: b }),
    ['policy-attribute access_policies'],
  ],
  [
    'a policy document',
    updated('aws_iot_x', { policy_document: a }, { policy_document: b }),
    ['policy-attribute policy_document'],
  ],
  [
    'an organization’s policy',
    created('aws_organizations_policy', {}, { content: true }),
    ['policy-attribute content'],
  ],
  ['a policy under any name', updated('x_y', { rules: 'none' }, { rules: b }), ['policy-attribute rules']],
  ['a name that only ends so', updated('aws_ecs_service', { retry_policy: 'x' }, { retry_policy: 'y' }), []],
  ['deleted with its policy', deleted('aws_s3_bucket_policy', { policy: a }), ['delete']],
  [
    'replaced with another policy',
    resourceChange('aws_sqs_queue', {
      actions: ['delete', 'create'],
      before: { policy: a },
      after: { policy: b },
    }),
    ['delete', 'policy-attribute policy'],
  ],
  ['IAM, only rewritten', updated('aws_iam_policy', { policy: a }, { policy: `${a}\n` }), []],
  [
    'IAM, rewritten and renamed',
    updated('aws_iam_policy', { name: 'a', policy: a }, { name: 'b', policy: `${a}\n` }),
    ['iam name'],
  ],
  ['IAM, updated without any difference', updated('aws_iam_policy', { policy: a }, { policy: a }), ['iam']],
  [
    'one attribute of a security group',
    updated('aws_security_group', { ingress: [], name: 'n' }, { ingress: [{ from_port: 22 }], name: 'n' }),
    ['security-group ingress'],
  ],
  [
    'two attributes of a security group',
    updated('aws_security_group', { ingress: [], egress: [] }, { ingress: [1], egress: [1] }),
    ['security-group'],
  ],
  [
    'below a map',
    updated('x_y', { box: { key: { policy: a } } }, { box: { key: { policy: b } } }),
    ['policy-attribute box.key.policy'],
  ],
];

describe('a policy in a plan', () => {
  for (const [what, element, expected] of attributes)
    it(`${what}: ${expected.join(', ') || 'nothing'}`, () => assert.deepEqual(findRisks(element), expected));
});
