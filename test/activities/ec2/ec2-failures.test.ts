import assert from 'node:assert/strict';
import type { Ec2Adapter } from '../../../activities/ec2/client.ts';
import type { PinnedObject } from '../../../activities/s3/port.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import type { Fault } from '../../../sandbox/shared/faults.ts';
import { failureDetails, failureType, type FailureType } from '../../../workflows/shared/failures.ts';
import { sharedAws } from '../../support/aws.ts';
import { addFault, clearFaults, ec2Error } from '../s3/aws-faults.ts';
import { chainOf, putTested, version } from '../s3/promotion-aws.ts';
import { ec2Of, inMinutes, key, launchOf, nonce } from './promotion-ec2.ts';

const answers: Record<string, readonly [Fault, FailureType]> = {
  '403': [ec2Error(403, 'UnauthorizedOperation'), 'PermissionDenied'],
  'a dead session': [ec2Error(400, 'ExpiredToken'), 'CredentialRejected'],
  '400 of a parameter': [ec2Error(400, 'InvalidParameterValue'), 'InvalidInput'],
  '404': [{ mode: 'status', status: 404, body: '' }, 'NotFound'],
  '409 of a state': [ec2Error(400, 'IncorrectInstanceState'), 'Conflict'],
  '412': [{ mode: 'status', status: 412, body: '' }, 'Conflict'],
  throttling: [ec2Error(503, 'RequestLimitExceeded'), 'RateLimited'],
  '429': [{ mode: 'status', status: 429, body: '' }, 'RateLimited'],
  'no capacity': [ec2Error(500, 'InsufficientInstanceCapacity'), 'Unavailable'],
  '503': [{ mode: 'status', status: 503, body: '' }, 'Unavailable'],
  'a hang': [{ mode: 'hang' }, 'Unavailable'],
  'a cut connection': [{ mode: 'lost', when: 'before' }, 'Unavailable'],
};

describe('EC2: what goes wrong, by verb', function () {
  this.timeout(60_000);
  let aws: SandboxAws;
  let ec2: Ec2Adapter;
  let tested: PinnedObject;
  let instanceId: string;
  before(async () => {
    aws = await sharedAws();
    await aws.reset();
    const roles = chainOf(aws);
    tested = await putTested(aws, 'the installer');
    ec2 = ec2Of(aws, roles, { timeouts: { connect: 300, request: 300, idle: 300 } });
    instanceId = (await ec2.launchTestInstance(launchOf(tested))).instanceId;
  });
  afterEach(() => clearFaults(aws));

  const verbs: Record<string, { action: string; run: () => Promise<unknown> }> = {
    launchTestInstance: {
      action: 'RunInstances',
      run: () => ec2.launchTestInstance(launchOf(tested, { key: `${key}-refused` })),
    },
    awaitTestResult: {
      action: 'DescribeInstances',
      run: () => {
        const instance = { instanceId, accountId: '222222222222', resultKey: 'results/x', adopted: false };
        return ec2.awaitTestResult({ key, nonce, version, instance, deadline: inMinutes(1) });
      },
    },
    terminateInstance: { action: 'TerminateInstances', run: () => ec2.terminateInstance({ instanceId }) },
    terminateByKey: { action: 'DescribeInstances', run: () => ec2.terminateByKey({ key }) },
    listOwnInstances: { action: 'DescribeInstances', run: () => ec2.listOwnInstances() },
  };
  for (const [verb, { action, run }] of Object.entries(verbs))
    for (const [kind, [fault, type]] of Object.entries(answers))
      it(`${verb} meets ${kind}: ${type}`, async () => {
        await addFault(aws, { ...fault, match: { body: `"Action":"${action}"` } });
        await assert.rejects(run(), (error: unknown) => {
          assert.equal(failureDetails(error).system, 'ec2');
          assert.equal(failureType(error), type);
          return true;
        });
      });
});
