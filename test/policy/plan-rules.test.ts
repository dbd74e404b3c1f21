import assert from 'node:assert/strict';
import { judgeResourceChange } from '../../workflows/change-approval/plan-rules.ts';
import { created, deleted, findRisks, resourceChange, updated, withActions } from './plan-world.ts';

type Case = readonly [what: string, element: unknown, found: readonly string[], counted: string];

const actions: readonly Case[] = [
  ['create', created('aws_instance', { ami: 'ami-1' }), [], 'create'],
  ['update', updated('aws_instance', { ami: 'a' }, { ami: 'b' }), [], 'update'],
  ['delete', deleted('aws_instance'), ['delete'], 'delete'],
  ['replace, delete first', withActions('aws_instance', 'delete', 'create'), ['delete'], 'replace'],
  ['replace, create first', withActions('aws_instance', 'create', 'delete'), ['delete'], 'replace'],
  ['no-op', withActions('aws_instance', 'no-op'), [], 'unchanged'],
  ['no-op of IAM', withActions('aws_iam_role', 'no-op'), [], 'unchanged'],
  ['forget', withActions('aws_instance', 'forget'), [], 'other'],
  ['forget of IAM', withActions('aws_iam_role', 'forget'), [], 'other'],
  ['create and forget', withActions('aws_instance', 'create', 'forget'), [], 'create'],
  ['forget and create', withActions('aws_instance', 'forget', 'create'), [], 'create'],
  ['create and forget of IAM', withActions('aws_iam_role', 'create', 'forget'), ['iam'], 'create'],
  ['deposed delete', deleted('aws_instance', {}, { deposed: '0a1b' }), ['delete'], 'delete'],
  [
    'deposed no-op',
    resourceChange('aws_instance', { actions: ['no-op'] }, { deposed: '0a1b' }),
    [],
    'unchanged',
  ],
  [
    'deposed forget',
    resourceChange('aws_instance', { actions: ['forget'] }, { deposed: '0a1b' }),
    [],
    'other',
  ],
  [
    'moved only',
    resourceChange('aws_instance', { actions: ['no-op'] }, { previous_address: 'aws_instance.y' }),
    [],
    'unchanged',
  ],
  [
    'moved and deleted',
    deleted('aws_instance', {}, { previous_address: 'aws_instance.y' }),
    ['delete'],
    'delete',
  ],
  [
    'import only',
    resourceChange('aws_instance', { actions: ['no-op'], importing: { id: 'i-1' } }),
    [],
    'unchanged',
  ],
  [
    'import of IAM only',
    resourceChange('aws_iam_role', { actions: ['no-op'], importing: {} }),
    [],
    'unchanged',
  ],
  [
    'import and update of IAM',
    resourceChange('aws_iam_role', { importing: { id: 'r' } }),
    ['iam name'],
    'update',
  ],
  [
    'data source read',
    resourceChange('aws_iam_policy_document', { actions: ['read'] }, { mode: 'data' }),
    [],
    'other',
  ],
  ['data source of 0.12 removed', deleted('aws_iam_role', {}, { mode: 'data' }), [], 'other'],
  [
    'data source written',
    resourceChange('aws_ami', { actions: ['update'] }, { mode: 'data' }),
    ['unknown-action'],
    'other',
  ],
  [
    'ephemeral opened',
    resourceChange('aws_secret', { actions: ['open'] }, { mode: 'ephemeral' }),
    [],
    'other',
  ],
  ['managed opened', withActions('aws_secret', 'open'), ['unknown-action'], 'other'],
  ['unknown action', withActions('aws_instance', 'teleport'), ['unknown-action'], 'other'],
  [
    'unknown with delete',
    withActions('aws_instance', 'delete', 'archive'),
    ['delete', 'unknown-action'],
    'other',
  ],
  ['unknown of IAM', withActions('aws_iam_user', 'teleport'), ['unknown-action', 'iam'], 'other'],
  ['a word of Object', withActions('aws_instance', 'constructor'), ['unknown-action'], 'other'],
  ['no actions', withActions('aws_instance'), ['unknown-action'], 'other'],
  ['actions as text', { type: 'x', change: { actions: 'no-op' } }, ['unknown-action'], 'other'],
  ['actions of numbers', { type: 'x', change: { actions: [1] } }, ['unknown-action'], 'other'],
  ['no type', { address: 'x.y', change: { actions: ['no-op'] } }, ['unknown-action'], 'other'],
  ['no change', { address: 'x.y', type: 'x' }, ['unknown-action'], 'other'],
  ['null', null, ['unknown-action'], 'other'],
  ['an array', [], ['unknown-action'], 'other'],
  [
    'no mode',
    resourceChange('aws_instance', { actions: ['delete'] }, { mode: undefined }),
    ['delete'],
    'delete',
  ],
  [
    'replace with paths',
    resourceChange('aws_instance', {
      ...{ actions: ['delete', 'create'], replace_paths: [['root_block_device', 0, 'kms_key_id'], ['ami']] },
    }),
    ['delete root_block_device[0].kms_key_id'],
    'replace',
  ],
  [
    'replace with malformed paths',
    resourceChange('aws_instance', { actions: ['create', 'delete'], replace_paths: [{}] }),
    ['delete'],
    'replace',
  ],
];

/** Every creation of one of these is found by these rules. */
const types: Readonly<Record<string, readonly string[]>> = {
  aws_iam_policy: ['iam'],
  aws_iam_role: ['iam'],
  aws_iam_user: ['iam'],
  aws_iam_group: ['iam'],
  aws_iam_group_membership: ['iam'],
  aws_iam_user_group_membership: ['iam'],
  aws_iam_instance_profile: ['iam'],
  aws_iam_access_key: ['iam'],
  aws_iam_role_policy: ['iam'],
  aws_identitystore_group_membership: ['iam'],
  awscc_iam_role: ['iam'],
  aws_iam_role_policy_attachment: ['iam', 'attach'],
  aws_iam_user_policy_attachment: ['iam', 'attach'],
  aws_iam_group_policy_attachment: ['iam', 'attach'],
  aws_iam_policy_attachment: ['iam', 'attach'],
  aws_iam_role_policy_attachments_exclusive: ['iam', 'attach'],
  aws_organizations_policy_attachment: ['attach'],
  aws_ssoadmin_managed_policy_attachment: ['attach'],
  aws_ssoadmin_permissions_boundary_attachment: ['attach'],
  aws_ssoadmin_account_assignment: ['attach'],
  aws_security_group: ['security-group'],
  aws_default_security_group: ['security-group'],
  aws_security_group_rule: ['security-group'],
  aws_vpc_security_group_ingress_rule: ['security-group'],
  aws_vpc_security_group_egress_rule: ['security-group'],
  aws_network_acl: ['security-group'],
  aws_network_acl_rule: ['security-group'],
  aws_default_network_acl: ['security-group'],
  aws_network_interface_sg_attachment: ['security-group'],
  aws_s3_bucket: [],
  aws_iamx_role: [],
  my_aws_iam_role: [],
  aws_volume_attachment: [],
  google_project_iam_member: [],
};

describe('judgeResourceChange', () => {
  for (const [what, element, expected, counted] of actions)
    it(`${what}: ${expected.join(', ') || 'nothing'}`, () => {
      assert.deepEqual(findRisks(element), expected);
      assert.equal(judgeResourceChange(element, []).counted, counted);
    });

  for (const [type, expected] of Object.entries(types))
    it(`${type} created: ${expected.join(', ') || 'nothing'}`, () =>
      assert.deepEqual(findRisks(created(type, { name: 'n' })), expected));
});
