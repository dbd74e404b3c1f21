import { EC2Client } from '@aws-sdk/client-ec2';
import { instanceTags } from '../../workflows/shared/names.ts';
import { openBucket } from '../s3/bucket.ts';
import { unattended, type CallContext } from '../sts/aws-call.ts';
import { toClientSettings } from '../sts/aws-connection.ts';
import { awaitTestResult } from './await-result.ts';
import { findInstances, hasTag, isLive, type FoundInstance } from './instances.ts';
import { launchTestInstance } from './launch.ts';
import type { Ec2Options } from './options.ts';
import type { Ec2Port, OwnInstance } from './port.ts';
import { terminateByKey, terminateInstance } from './terminate.ts';

/** A port that anybody may call, and the same port inside an activity. */
export interface Ec2Adapter extends Ec2Port {
  during(call: CallContext): Ec2Port;
}

export function createEc2Client(options: Ec2Options): Ec2Adapter {
  const { roles, testAccountId: id, testBucket, deployment, namespace } = options;
  const ec2 = new EC2Client({ ...toClientSettings(options), credentials: roles.agentDeploy });
  const bucket = openBucket({ id, bucket: testBucket }, roles.agentDeploy, options);
  const bench = { ec2, bucket, pollMs: options.pollMs };

  const during = (call: CallContext): Ec2Port => ({
    launchTestInstance: (input) => launchTestInstance(ec2, options, input, call),
    awaitTestResult: (input) => awaitTestResult(bench, input, call),
    terminateInstance: ({ instanceId }) => terminateInstance(ec2, options, instanceId, call),
    terminateByKey: ({ key }) => terminateByKey(ec2, options, key, call),
    async listOwnInstances() {
      // Of this namespace only: Temporal can say of no other run whether it is closed.
      const filters = [hasTag('deployment', deployment), hasTag('namespace', namespace), isLive];
      return (await findInstances(ec2, filters, call)).map(toOwnInstance);
    },
  });
  return { ...during(unattended), during };
}

function toOwnInstance({ instanceId, launchedAt, state, tags }: FoundInstance): OwnInstance {
  return {
    instanceId,
    workflowId: tags.get(instanceTags.workflowId) ?? '',
    runId: tags.get(instanceTags.runId) ?? '',
    launchedAt,
    state,
  };
}
