/** Ids of the rules that every installation has. They do not change between versions: people search for them. */
export type PlanRuleId =
  | 'delete'
  | 'iam'
  | 'attach'
  | 'policy-attribute'
  | 'security-group'
  | 'unknown-action'
  | 'errored'
  | 'deferred';

/** A rule of resource types: any change of such a resource is risky, its creation too. */
export interface TypeRule {
  readonly id: PlanRuleId;
  /** `*` stands for any characters. */
  readonly types: readonly string[];
  /** What such a resource is, as the reason says it. */
  readonly what: string;
}

export const typeRules: readonly TypeRule[] = [
  {
    id: 'iam',
    types: ['aws_iam_*', 'awscc_iam_*', 'aws_identitystore_*'],
    what: 'a right, identity or membership of IAM',
  },
  {
    id: 'attach',
    types: [
      'aws_iam_*_attachment',
      'aws_iam_*_attachments_exclusive',
      'aws_organizations_policy_attachment',
      'aws_ssoadmin_*_attachment',
      'aws_ssoadmin_account_assignment',
      'aws_ssoadmin_permission_set_inline_policy',
      'aws_iot_policy_attachment',
    ],
    what: 'an attachment of a policy',
  },
  {
    id: 'security-group',
    types: [
      'aws_*security_group*',
      'aws_*network_acl*',
      'aws_network_interface_sg_attachment',
      'awscc_ec2_security_group*',
      'awscc_ec2_network_acl*',
    ],
    what: 'a network rule',
  },
];

/** Names of attributes that hold a policy, at any depth. */
export const policyAttributes: readonly string[] = [
  ...['policy', 'policies', 'policy_document', 'policy_documents', 'policy_json', 'policy_text'],
  ...['policy_body', 'policy_data', 'inline_policy', 'inline_policies', 'assume_role_policy'],
  ...['assume_role_policy_document', 'trust_policy', 'access_policy', 'access_policies', 'resource_policy'],
  ...['bucket_policy', 'key_policy', 'queue_policy', 'topic_policy', 'repository_policy', 'iam_policy'],
];

/** Attributes that are policies under another name. */
export const policyAttributesOfType: Readonly<Record<string, readonly string[]>> = {
  aws_organizations_policy: ['content'],
};
