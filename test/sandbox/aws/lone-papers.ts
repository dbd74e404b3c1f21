import { DeleteRolePolicyCommand, GetRolePolicyCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  DeleteBucketPolicyCommand,
  GetBucketPolicyCommand,
  PutBucketPolicyCommand,
} from '@aws-sdk/client-s3';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import { clientsOf, type Principal } from '../../support/aws.ts';
import type { Account } from './bucket-rights.ts';

type Restore = () => Promise<unknown>;

/** Two papers speak for most calls, the role's and the bucket's: inside an account either is enough, across accounts both are needed. */
export const settings: Readonly<Record<string, (aws: SandboxAws) => Promise<readonly Restore[]>>> = {
  'the shipped papers': async () => [],

  'the shipped role policies alone': async (aws) => {
    const Principal = { AWS: aws.provisioned.roles.agentDeploy };
    return [
      await swapBucketPolicy(aws, 'soc', allow({ Principal, Action: 's3:*', Resource: everythingInSoc })),
      await swapBucketPolicy(aws, 'test', undefined),
      await swapBucketPolicy(aws, 'prod-a', undefined),
    ];
  },

  'the shipped bucket policies alone': async (aws) => {
    const Resource = Object.values(aws.provisioned.roles.agentPublish);
    const readAllOfSoc = { Action: 's3:*', Resource: everythingInSoc };
    return [
      await swapRolePolicy(
        aws,
        'test',
        'Agent-Deploy',
        allow(readAllOfSoc, { Action: 'sts:AssumeRole', Resource }),
      ),
      await swapRolePolicy(aws, 'prod-a', 'Agent-Publish', undefined),
    ];
  },
};

const everythingInSoc = ['arn:aws:s3:::soc-agent-installers', 'arn:aws:s3:::soc-agent-installers/*'];

function allow(...statements: object[]): string {
  const Statement = statements.map((statement) => ({ Effect: 'Allow', ...statement }));
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

async function swapBucketPolicy(
  aws: SandboxAws,
  account: Account,
  policy: string | undefined,
): Promise<Restore> {
  const { s3 } = await clientsOf(aws, `administrator of ${account}` as Principal);
  const Bucket = aws.provisioned.accounts[account].bucket;
  const { Policy } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
  const put = (text: string) => s3.send(new PutBucketPolicyCommand({ Bucket, Policy: text }));
  await (policy ? put(policy) : s3.send(new DeleteBucketPolicyCommand({ Bucket })));
  return () => put(Policy!);
}

async function swapRolePolicy(
  aws: SandboxAws,
  account: Account,
  RoleName: string,
  policy: string | undefined,
): Promise<Restore> {
  const { iam } = await clientsOf(aws, `administrator of ${account}` as Principal);
  const named = { RoleName, PolicyName: RoleName.toLowerCase() };
  const before = await iam.send(new GetRolePolicyCommand(named));
  const put = (PolicyDocument: string) => iam.send(new PutRolePolicyCommand({ ...named, PolicyDocument }));
  await (policy ? put(policy) : iam.send(new DeleteRolePolicyCommand(named)));
  return () => put(decodeURIComponent(before.PolicyDocument!));
}
