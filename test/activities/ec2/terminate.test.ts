import { CreateTagsCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import assert from 'node:assert/strict';
import type { Ec2Adapter } from '../../../activities/ec2/client.ts';
import type { PinnedObject } from '../../../activities/s3/port.ts';
import type { RoleChain } from '../../../activities/sts/role-chain.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import { sharedAws } from '../../support/aws.ts';
import { withLoopback } from '../../support/loopback.ts';
import { addFault, clearFaults } from '../s3/aws-faults.ts';
import { chainOf, putTested } from '../s3/promotion-aws.ts';
import { administrator, ec2Of, endInstance, instancesOf, key, launchOf } from './promotion-ec2.ts';

describe('EC2: ending test instances', function () {
  this.timeout(60_000);
  let aws: SandboxAws;
  let roles: RoleChain;
  let ec2: Ec2Adapter;
  let tested: PinnedObject;
  before(async () => {
    aws = await sharedAws();
    roles = chainOf(aws);
    ec2 = ec2Of(aws, roles, { terminationMs: 200 });
  });
  beforeEach(async () => {
    await aws.reset();
    tested = await putTested(aws, 'the installer');
  });
  afterEach(() => clearFaults(aws));

  const launch = async (changes = {}) => (await ec2.launchTestInstance(launchOf(tested, changes))).instanceId;
  const statesOf = async () => (await instancesOf(aws)).map(({ State }) => State?.Name);
  /** An instance that somebody else runs in the same account. */
  async function launchForeign(): Promise<string> {
    const request = { ImageId: aws.provisioned.launch.imageId, MinCount: 1, MaxCount: 1 };
    const { Instances } = await administrator(aws).send(new RunInstancesCommand(request));
    return Instances?.[0]?.InstanceId ?? '';
  }
  const tag = (instanceId: string, Key: string, Value: string) =>
    administrator(aws).send(new CreateTagsCommand({ Resources: [instanceId], Tags: [{ Key, Value }] }));

  it('terminates, and a repeat is success', async () => {
    const instanceId = await launch();
    await ec2.terminateInstance({ instanceId });
    assert.deepEqual(await statesOf(), ['terminated']);
    await ec2.terminateInstance({ instanceId });
  });

  it('is content when EC2 has forgotten the instance', async () => {
    await assert.doesNotReject(ec2.terminateInstance({ instanceId: 'i-0123456789abcdef0' }));
  });

  it('is content when EC2 forgets the instance between two calls', async () => {
    const error = {
      status: 400,
      body: '<Response><Errors><Error><Code>InvalidInstanceID.NotFound</Code></Error></Errors></Response>',
    };
    const tags = '<tagSet><item><key>lockkeeper:deployment</key><value>sandbox</value></item></tagSet>';
    const running = { body: describing('i-0123456789abcdef0', tags) };
    const expected = [running, error, error].map((respond) => ({ method: 'POST', path: '/', respond }));
    await withLoopback(expected, async (endpoint) => {
      const forgetful = ec2Of(aws, roles, { endpoint });
      await assert.doesNotReject(forgetful.terminateInstance({ instanceId: 'i-0123456789abcdef0' }));
    });
  });

  it('never touches an instance that it did not launch', async () => {
    const instanceId = await launchForeign();
    await assert.rejects(ec2.terminateInstance({ instanceId }), {
      type: 'PolicyViolation',
      message: /does not belong to deployment sandbox/,
    });
    await tag(instanceId, 'lockkeeper:deployment', 'another');
    await assert.rejects(ec2.terminateInstance({ instanceId }), { type: 'PolicyViolation' });
    assert.deepEqual(await statesOf(), ['running']);
  });

  it('says so when an instance does not end in time', async () => {
    const instanceId = await launch();
    const body = '<TerminateInstancesResponse/>';
    await addFault(aws, { match: { body: 'TerminateInstances' }, mode: 'status', status: 200, body });
    await assert.rejects(ec2.terminateInstance({ instanceId }), {
      type: 'Unavailable',
      message: /is not terminated after 0\.2 s/,
    });
  });

  it('ends everything of a key, and nothing of other keys', async () => {
    const instanceId = await launch();
    const other = await launch({ key: `${key}-2` });
    assert.deepEqual(await ec2.terminateByKey({ key }), { instanceIds: [instanceId] });
    assert.deepEqual(await ec2.terminateByKey({ key }), { instanceIds: [] });
    const running = (await instancesOf(aws)).filter(({ State }) => State?.Name === 'running');
    assert.deepEqual(
      running.map(({ InstanceId }) => InstanceId),
      [other],
    );
  });

  it('takes a wildcard in a key as itself', async () => {
    await launch();
    assert.deepEqual(await ec2.terminateByKey({ key: '*' }), { instanceIds: [] });
  });

  it('lists the live ones of this deployment and namespace', async () => {
    const instanceId = await launch();
    await endInstance(aws, await launch({ key: `${key}-ended` }));
    await launchForeign();
    const foreign = ec2Of(aws, roles, { namespace: 'another' });
    await foreign.launchTestInstance(launchOf(tested, { key: `${key}-elsewhere` }));
    const [own, ...others] = await ec2.listOwnInstances();
    assert.deepEqual(others, []);
    const { launchedAt, ...rest } = own ?? { launchedAt: '' };
    assert.deepEqual(rest, {
      instanceId,
      workflowId: 'agent-promotion:main:10077',
      runId: 'run-1',
      state: 'running',
    });
    assert.ok(Math.abs(Date.now() - Date.parse(launchedAt)) < 60_000);
  });

  it('reads all pages', async () => {
    const answer = (body: string) => ({ mode: 'status', status: 200, body }) as const;
    await addFault(aws, {
      match: { body: 'DescribeInstances' },
      ...answer(describing('i-1', '', '<nextToken>t</nextToken>')),
    });
    await addFault(aws, { match: { body: '"NextToken":"t"' }, ...answer(describing('i-2')) });
    assert.deepEqual(
      (await ec2.listOwnInstances()).map(({ instanceId }) => instanceId),
      ['i-1', 'i-2'],
    );
  });
});

/** EC2's answer to DescribeInstances with one instance. */
function describing(id: string, tags = '', next = ''): string {
  const instance = `<item><instanceId>${id}</instanceId>${tags}</item>`;
  const reservation = `<item><ownerId>222222222222</ownerId><instancesSet>${instance}</instancesSet></item>`;
  return `<DescribeInstancesResponse><reservationSet>${reservation}</reservationSet>${next}</DescribeInstancesResponse>`;
}
