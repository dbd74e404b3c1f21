import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { createEc2Client, type Ec2Adapter } from '../../../activities/ec2/client.ts';
import type { Ec2Options } from '../../../activities/ec2/options.ts';
import type { Ec2Port } from '../../../activities/ec2/port.ts';
import type { PinnedObject } from '../../../activities/s3/port.ts';
import type { RoleChain } from '../../../activities/sts/role-chain.ts';
import { createAwsClients } from '../../../sandbox/aws/aws-clients.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import { turn, version } from '../s3/promotion-aws.ts';

export const key = 'agent-promotion:main:10077/0/instance';
export const nonce = 'nonce-0123456789abcdef';

export function ec2Of(aws: SandboxAws, roles: RoleChain, changes: Partial<Ec2Options> = {}): Ec2Adapter {
  const { region, accounts, launch, deployment } = aws.provisioned;
  return createEc2Client({
    region,
    endpoint: aws.url,
    forcePathStyle: true,
    deployment,
    namespace: 'default',
    testAccountId: accounts.test.id,
    testBucket: accounts.test.bucket,
    imageId: launch.imageId,
    instanceType: launch.instanceType,
    subnetId: launch.subnetId,
    securityGroupIds: [launch.securityGroupId],
    serviceName: 'lab-agent',
    versionCommand: '/opt/agent/agent --version',
    pollMs: 20,
    roles,
    ...changes,
  });
}

export type LaunchInput = Parameters<Ec2Port['launchTestInstance']>[0];

export function launchOf(tested: PinnedObject, changes: Partial<LaunchInput> = {}): LaunchInput {
  const run = { workflowId: 'agent-promotion:main:10077', runId: 'run-1' };
  return { key, nonce, version, tested, ...run, deadline: inMinutes(10), turn, ...changes };
}

export const inMinutes = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

/** All instances of the test account, as its administrator sees them. */
export async function instancesOf(aws: SandboxAws) {
  const { Reservations = [] } = await administrator(aws).send(new DescribeInstancesCommand({}));
  return Reservations.flatMap(({ Instances = [] }) => Instances);
}

export async function userDataOf(aws: SandboxAws, InstanceId: string): Promise<string> {
  const command = new DescribeInstanceAttributeCommand({ InstanceId, Attribute: 'userData' });
  const { UserData } = await administrator(aws).send(command);
  return Buffer.from(UserData?.Value ?? '', 'base64').toString('utf8');
}

export async function endInstance(aws: SandboxAws, instanceId: string): Promise<void> {
  await administrator(aws).send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
}

/** What user data assigns to one of its settings. */
export function settingOf(userData: string, name: string): string {
  return new RegExp(`^readonly ${name}='([^']*)'$`, 'm').exec(userData)?.[1] ?? '';
}

export function administrator(aws: SandboxAws) {
  return createAwsClients(aws.url, aws.provisioned.credentials.admin.test).ec2;
}
