import type { EC2Client } from '@aws-sdk/client-ec2';
import { createFailure } from '../../workflows/shared/failures.ts';
import { instanceTags } from '../../workflows/shared/names.ts';
import type { CallContext } from '../sts/aws-call.ts';
import {
  findInstance,
  findInstances,
  hasTag,
  isLive,
  requestTermination,
  type FoundInstance,
} from './instances.ts';
import type { Ec2Options } from './options.ts';
import { pause } from './pause.ts';

const defaultTerminationMs = 5 * 60_000;

/** See Ec2Port.terminateInstance. @throws PolicyViolation an instance that this deployment did not launch */
export async function terminateInstance(
  ec2: EC2Client,
  options: Ec2Options,
  instanceId: string,
  call: CallContext,
): Promise<void> {
  const found = await findInstance(ec2, instanceId, call);
  if (!found || found.state === 'terminated') return;
  requireOwn(found, options);
  if (found.state !== 'shutting-down') await requestTermination(ec2, instanceId, call);
  await awaitTermination(ec2, options, instanceId, call);
}

/** See Ec2Port.terminateByKey. */
export async function terminateByKey(
  ec2: EC2Client,
  options: Ec2Options,
  key: string,
  call: CallContext,
): Promise<{ instanceIds: readonly string[] }> {
  const filters = [hasTag('key', key), hasTag('deployment', options.deployment), isLive];
  const instanceIds = (await findInstances(ec2, filters, call)).map(({ instanceId }) => instanceId);
  for (const instanceId of instanceIds) await terminateInstance(ec2, options, instanceId, call);
  return { instanceIds };
}

async function awaitTermination(ec2: EC2Client, options: Ec2Options, instanceId: string, call: CallContext) {
  const limitMs = options.terminationMs ?? defaultTerminationMs;
  for (const until = Date.now() + limitMs; Date.now() < until;) {
    const found = await findInstance(ec2, instanceId, call);
    if (!found || found.state === 'terminated') return;
    call.heartbeat({ action: 'await termination', instanceId, state: found.state });
    await pause(options.pollMs, call);
  }
  throw createFailure('Unavailable', `ec2: ${instanceId} is not terminated after ${limitMs / 1000} s`, {
    details: { system: 'ec2', action: `terminate ${instanceId}` },
  });
}

function requireOwn({ instanceId, tags }: FoundInstance, { deployment }: Ec2Options): void {
  const found = tags.get(instanceTags.deployment);
  if (found === deployment) return;
  throw createFailure('PolicyViolation', `ec2: ${instanceId} does not belong to deployment ${deployment}`, {
    details: {
      system: 'ec2',
      action: `terminate ${instanceId}`,
      expected: deployment,
      found: found ?? 'no tag',
    },
  });
}
