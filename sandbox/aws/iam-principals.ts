import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import type { AwsCredentials } from './aws-clients.ts';
import { readShippedPolicy, type PolicyValues } from './shipped-policy.ts';

/** A user with this policy, and its access key. */
export async function createUser(iam: IAMClient, UserName: string, policy: string): Promise<AwsCredentials> {
  await iam.send(new CreateUserCommand({ UserName }));
  await addUserPolicy(iam, UserName, 'rights-in-the-sandbox', policy);
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
}

export async function addUserPolicy(iam: IAMClient, UserName: string, PolicyName: string, policy: string) {
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument: policy }));
}

/** A role from the shipped `<paper>.trust` and `<paper>.policy`. */
export async function createRole(iam: IAMClient, RoleName: string, paper: string, values: PolicyValues) {
  const AssumeRolePolicyDocument = readShippedPolicy(`${paper}.trust`, values);
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  const PolicyDocument = readShippedPolicy(`${paper}.policy`, values);
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: paper, PolicyDocument }));
}
