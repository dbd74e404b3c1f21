import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import type { SandboxAws } from '../../sandbox/aws/start-aws.ts';

/** The one kind of instance that the shipped policy lets Agent-Deploy launch. */
export function launchInput(aws: SandboxAws, token: string) {
  const { launch, deployment } = aws.provisioned;
  return {
    ImageId: launch.imageId,
    InstanceType: launch.instanceType as 't3.micro',
    SubnetId: launch.subnetId,
    SecurityGroupIds: [launch.securityGroupId],
    MinCount: 1,
    MaxCount: 1,
    ClientToken: token,
    MetadataOptions: { HttpTokens: 'required' },
    InstanceInitiatedShutdownBehavior: 'terminate',
    TagSpecifications: [
      {
        ResourceType: 'instance',
        Tags: [
          { Key: 'lockkeeper:deployment', Value: deployment },
          { Key: 'lockkeeper:key', Value: token },
        ],
      },
    ],
  } satisfies RunInstancesCommandInput;
}
