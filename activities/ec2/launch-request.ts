import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { createFailure } from '../../workflows/shared/failures.ts';
import { instanceTags } from '../../workflows/shared/names.ts';
import { launchToken, resultKeyOf } from './launch-key.ts';
import type { Ec2Options } from './options.ts';
import type { Ec2Port } from './port.ts';
import { signUrls, type PresignedUrls } from './presigned-urls.ts';
import { toUserData } from './user-data.ts';

export type LaunchInput = Parameters<Ec2Port['launchTestInstance']>[0];

/**
 * The part of the time that the instance may use, counted from its boot: the rest is for booting, and for a report while
 * the URL that takes it still lives.
 */
const instanceShare = 0.8;

/** Holds secrets, the presigned URLs: it goes to EC2 and nowhere else. */
export async function createLaunchRequest(
  options: Ec2Options,
  input: LaunchInput,
): Promise<RunInstancesCommandInput> {
  const { subnetId, securityGroupIds = [] } = options;
  return {
    ImageId: options.imageId,
    InstanceType: options.instanceType as NonNullable<RunInstancesCommandInput['InstanceType']>,
    MinCount: 1,
    MaxCount: 1,
    ClientToken: launchToken(input.key),
    UserData: Buffer.from(await createUserData(options, input)).toString('base64'),
    InstanceInitiatedShutdownBehavior: 'terminate',
    MetadataOptions: { HttpTokens: 'required', HttpEndpoint: 'enabled' },
    ...(subnetId === undefined ? {} : { SubnetId: subnetId }),
    ...(securityGroupIds.length === 0 ? {} : { SecurityGroupIds: [...securityGroupIds] }),
    TagSpecifications: [{ ResourceType: 'instance', Tags: toTags(options, input) }],
  };
}

function toTags({ deployment, namespace }: Ec2Options, { key, workflowId, runId, version }: LaunchInput) {
  const values = { key, deployment, namespace, workflowId, runId };
  const own = Object.entries(values).map(([name, Value]) => ({
    Key: instanceTags[name as keyof typeof values],
    Value,
  }));
  return [...own, { Key: 'Name', Value: `lockkeeper test of agent ${version}` }];
}

async function createUserData(options: Ec2Options, input: LaunchInput): Promise<string> {
  const { tested, key, nonce, deadline } = input;
  const leftMs = Date.parse(deadline) - Date.now();
  if (!(leftMs >= 2000)) throw createFailure('InvalidInput', `deadline: ${deadline} has passed: start again`);
  const seconds = Math.floor(leftMs / 1000);
  const urls = await signUrls(options, await options.roles.freshFor(leftMs), {
    tested,
    resultKey: resultKeyOf(key, nonce),
    expiresInSeconds: seconds,
  });
  return writeUserData(options, input, urls, Math.floor(seconds * instanceShare));
}

function writeUserData(
  { serviceName, versionCommand }: Ec2Options,
  { tested, key: run, nonce, version: expectedVersion }: LaunchInput,
  { installer: installerUrl, result: resultUrl }: PresignedUrls,
  deadlineSeconds: number,
): string {
  const { sha256 } = tested;
  const what = { installerUrl, resultUrl, sha256, expectedVersion, serviceName, versionCommand };
  try {
    return toUserData({ ...what, nonce, run, deadlineSeconds });
  } catch (error) {
    if (error instanceof RangeError) throw createFailure('InvalidInput', error.message);
    throw error;
  }
}
