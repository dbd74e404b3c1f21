import assert from 'node:assert/strict';
import {
  CreateTagsCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  GetConsoleOutputCommand,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  type EC2Client,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
} from '@aws-sdk/client-iam';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import { clientsOf, sharedAws, verdictOf } from '../../support/aws.ts';
import { launchInput } from '../../support/launch-input.ts';

const tags = (deployment: string) => [
  { ResourceType: 'instance' as const, Tags: [{ Key: 'lockkeeper:deployment', Value: deployment }] },
];

const launches: Readonly<
  Record<string, readonly [Partial<RunInstancesCommandInput>, 'allowed' | 'refused']>
> = {
  'the test instance': [{}, 'allowed'],
  'without tags': [{ TagSpecifications: [] }, 'refused'],
  'with the tag of another deployment': [{ TagSpecifications: tags('other') }, 'refused'],
  'of another type': [{ InstanceType: 'p5.48xlarge' }, 'refused'],
  'from another image': [{ ImageId: 'ami-0fedcba9876543210' }, 'refused'],
  'in another subnet': [{ SubnetId: 'subnet-0fedcba9876543210' }, 'refused'],
  'in another security group': [{ SecurityGroupIds: ['sg-0fedcba9876543210'] }, 'refused'],
  'without IMDSv2': [{ MetadataOptions: { HttpTokens: 'optional' } }, 'refused'],
  'with an instance profile': [{ IamInstanceProfile: { Name: 'instance-profile' } }, 'refused'],
};

const ofInstance: Readonly<
  Record<string, readonly [(ec2: EC2Client, id: string) => Promise<unknown>, boolean]>
> = {
  'reads the console': [(ec2, InstanceId) => ec2.send(new GetConsoleOutputCommand({ InstanceId })), true],
  terminates: [(ec2, id) => ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] })), true],
  stops: [(ec2, id) => ec2.send(new StopInstancesCommand({ InstanceIds: [id] })), false],
  'tags later': [
    (ec2, id) => ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'a', Value: 'b' }] })),
    false,
  ],
  'reads the user data': [
    (ec2, InstanceId) =>
      ec2.send(new DescribeInstanceAttributeCommand({ InstanceId, Attribute: 'userData' })),
    false,
  ],
};

describe('EC2 rights of Agent-Deploy as shipped', function () {
  this.timeout(120_000);
  let aws: SandboxAws;
  let ec2: EC2Client;
  before(async () => {
    aws = await sharedAws();
    await aws.reset();
    ec2 = (await clientsOf(aws, 'Agent-Deploy')).ec2;
    await makeInstanceProfile(aws);
  });

  for (const [kind, [change, expected]] of Object.entries(launches))
    it(`launches ${kind}: ${expected}`, async () => {
      const launch = ec2.send(new RunInstancesCommand({ ...launchInput(aws, kind), ...change }));
      assert.equal(await verdictOf(launch), expected);
    });

  for (const [does, [call, onOwn]] of Object.entries(ofInstance)) {
    it(`${does} its own instance: ${onOwn ? 'allowed' : 'refused'}`, async () => {
      const id = await launchAs(aws, 'sandbox', `own ${does}`);
      assert.equal(await verdictOf(call(ec2, id)), onOwn ? 'allowed' : 'refused');
    });

    it(`${does} a stranger's instance: refused`, async () => {
      const id = await launchAs(aws, 'other', `other ${does}`);
      assert.equal(await verdictOf(call(ec2, id)), 'refused');
    });
  }

  it('sees instances', async () => {
    assert.equal(await verdictOf(ec2.send(new DescribeInstancesCommand({}))), 'allowed');
  });

  it('cannot end a stranger in the shadow of its own instance', async () => {
    const own = await launchAs(aws, 'sandbox', 'shadow own');
    const other = await launchAs(aws, 'other', 'shadow other');
    const both = new TerminateInstancesCommand({ InstanceIds: [own, other] });
    assert.equal(await verdictOf(ec2.send(both)), 'refused');
  });

  for (const principal of ['jira-bot', 'Runner-Role', 'Agent-Publish of prod-a', 'sam'] as const)
    it(`${principal} has no rights in EC2`, async () => {
      const { ec2: other } = await clientsOf(aws, principal);
      assert.equal(await verdictOf(other.send(new DescribeInstancesCommand({}))), 'refused');
      const launch = other.send(new RunInstancesCommand(launchInput(aws, principal)));
      assert.equal(await verdictOf(launch), 'refused');
    });
});

/** By the account's administrator, so that any tag goes. */
async function launchAs(aws: SandboxAws, deployment: string, token: string): Promise<string> {
  const { ec2 } = await clientsOf(aws, 'administrator of test');
  const input = { ...launchInput(aws, token), TagSpecifications: tags(deployment) };
  const { Instances } = await ec2.send(new RunInstancesCommand(input));
  return Instances![0]!.InstanceId!;
}

async function makeInstanceProfile(aws: SandboxAws) {
  const { iam } = await clientsOf(aws, 'administrator of test');
  const [RoleName, InstanceProfileName] = ['instance-role', 'instance-profile'];
  const Statement = [
    { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ];
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName }));
  await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName }));
}
