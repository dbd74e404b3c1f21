import { RunInstancesCommand, type RunInstancesCommandInput, type EC2Client } from '@aws-sdk/client-ec2';
import { createFailure } from '../../workflows/shared/failures.ts';
import { awsErrorName, callAws, type CallContext } from '../sts/aws-call.ts';
import { findInstances, hasTag, toFoundInstance, type FoundInstance } from './instances.ts';
import { resultKeyOf } from './launch-key.ts';
import { createLaunchRequest, type LaunchInput } from './launch-request.ts';
import type { Ec2Options } from './options.ts';
import { pause } from './pause.ts';
import type { TestInstance } from './port.ts';

/** EC2 lists a new instance a little later than it makes it. */
const looksAfterMismatch = 5;

/** See Ec2Port.launchTestInstance. */
export async function launchTestInstance(
  ec2: EC2Client,
  options: Ec2Options,
  input: LaunchInput,
  call: CallContext,
): Promise<TestInstance> {
  const earlier = await findLaunched(ec2, options, input.key, call);
  if (earlier) return toTestInstance(earlier, input, true);
  const made = await run(ec2, await createLaunchRequest(options, input), call);
  if (made) return toTestInstance(made, input, false);
  return toTestInstance(await findWithPatience(ec2, options, input.key, call), input, true);
}

/** Live or ended: an ended one has reported, or will be judged as one that did not. */
async function findLaunched(ec2: EC2Client, options: Ec2Options, key: string, call: CallContext) {
  const filters = [hasTag('key', key), hasTag('deployment', options.deployment)];
  return (await findInstances(ec2, filters, call))[0];
}

/** @returns undefined when an earlier try launched it: its URLs, and so its parameters, differ from ours */
async function run(
  ec2: EC2Client,
  request: RunInstancesCommandInput,
  call: CallContext,
): Promise<FoundInstance | undefined> {
  return callAws(call, { system: 'ec2', action: 'launch a test instance' }, async (abortSignal) => {
    try {
      const answer = await ec2.send(new RunInstancesCommand(request), { abortSignal });
      const instance = answer.Instances?.[0];
      if (!instance?.InstanceId)
        throw createFailure('UnsupportedResponse', 'ec2: RunInstances names no instance');
      return toFoundInstance(instance, answer.OwnerId ?? '');
    } catch (error) {
      if (awsErrorName(error) === 'IdempotentParameterMismatch') return undefined;
      throw error;
    }
  });
}

async function findWithPatience(ec2: EC2Client, options: Ec2Options, key: string, call: CallContext) {
  for (let left = looksAfterMismatch; left > 0; left -= 1) {
    const found = await findLaunched(ec2, options, key, call);
    if (found) return found;
    await pause(options.pollMs, call);
  }
  throw createFailure('Unavailable', 'ec2: the instance of an earlier try is not listed yet', {
    details: { system: 'ec2', action: 'launch a test instance' },
  });
}

function toTestInstance(found: FoundInstance, { key, nonce }: LaunchInput, adopted: boolean): TestInstance {
  const { instanceId, accountId } = found;
  return { instanceId, accountId, resultKey: resultKeyOf(key, nonce), adopted };
}
