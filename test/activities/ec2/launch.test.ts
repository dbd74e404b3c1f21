import assert from 'node:assert/strict';
import type { Ec2Adapter } from '../../../activities/ec2/client.ts';
import { launchToken } from '../../../activities/ec2/launch-key.ts';
import type { PinnedObject } from '../../../activities/s3/port.ts';
import type { RoleChain } from '../../../activities/sts/role-chain.ts';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import { sharedAws } from '../../support/aws.ts';
import { addFault, clearFaults } from '../s3/aws-faults.ts';
import { chainOf, putTested, read, version } from '../s3/promotion-aws.ts';
import {
  ec2Of,
  endInstance,
  inMinutes,
  instancesOf,
  key,
  launchOf,
  nonce,
  settingOf,
  userDataOf,
} from './promotion-ec2.ts';

describe('EC2: launching the test instance', function () {
  this.timeout(60_000);
  let aws: SandboxAws;
  let roles: RoleChain;
  let ec2: Ec2Adapter;
  let tested: PinnedObject;
  before(async () => {
    aws = await sharedAws();
    roles = chainOf(aws);
    ec2 = ec2Of(aws, roles);
  });
  beforeEach(async () => {
    await aws.reset();
    tested = await putTested(aws, 'the installer');
  });
  afterEach(() => clearFaults(aws));

  it('makes one instance that says whose it is', async () => {
    const launched = await ec2.launchTestInstance(launchOf(tested));
    const [instance, ...others] = await instancesOf(aws);
    assert.deepEqual(others, []);
    assert.deepEqual(launched, {
      instanceId: instance?.InstanceId,
      accountId: '222222222222',
      resultKey: `results/${launchToken(key)}/${nonce}.json`,
      adopted: false,
    });
    assert.deepEqual(Object.fromEntries((instance?.Tags ?? []).map(({ Key, Value }) => [Key, Value])), {
      'lockkeeper:key': key,
      'lockkeeper:deployment': 'sandbox',
      'lockkeeper:namespace': 'default',
      'lockkeeper:workflow-id': 'agent-promotion:main:10077',
      'lockkeeper:run-id': 'run-1',
      Name: 'lockkeeper test of agent 1.4.2',
    });
  });

  it('wants IMDSv2, ends on shutdown and carries the token of its key', async () => {
    await ec2.launchTestInstance(launchOf(tested));
    const request = aws.front.requests.findLast(
      ({ body }) => (body as { Action?: string })?.Action === 'RunInstances',
    );
    assert.partialDeepStrictEqual(request?.body, {
      'MetadataOptions.HttpTokens': 'required',
      InstanceInitiatedShutdownBehavior: 'terminate',
      ClientToken: launchToken(key),
      MaxCount: '1',
    });
  });

  it('gives it one GET of the tested version, also after a replacement', async () => {
    const { instanceId } = await ec2.launchTestInstance(launchOf(tested));
    await putTested(aws, 'replaced');
    const url = settingOf(await userDataOf(aws, instanceId), 'installer_url');
    assert.equal(await (await fetch(url)).text(), 'the installer');
    const other = url.replace(/versionId=[^&]+/, '');
    assert.equal((await fetch(other)).status, 403);
  });

  it('gives it one write-once PUT of its result', async () => {
    const { instanceId, resultKey } = await ec2.launchTestInstance(launchOf(tested));
    const url = settingOf(await userDataOf(aws, instanceId), 'result_url');
    const upload = (headers: Record<string, string>) => fetch(url, { method: 'PUT', body: '{}', headers });
    const right = { 'content-type': 'application/json', 'if-none-match': '*' };
    assert.equal((await upload({ 'content-type': 'application/json' })).status, 403);
    assert.equal((await upload({ ...right, 'content-type': 'text/html' })).status, 403);
    assert.equal((await upload(right)).status, 200);
    assert.equal((await upload(right)).status, 412);
    assert.equal((await read(aws, 'test', resultKey))?.text, '{}');
  });

  it('signs for the time until the deadline, not more', async () => {
    const { instanceId } = await ec2.launchTestInstance(launchOf(tested, { deadline: inMinutes(3) }));
    const userData = await userDataOf(aws, instanceId);
    const seconds = ['installer_url', 'result_url'].map((name) =>
      Number(new URL(settingOf(userData, name)).searchParams.get('X-Amz-Expires')),
    );
    for (const one of seconds) assert.ok(one > 170 && one <= 180, String(one));
    const forItself = Number(settingOf(userData, 'deadline_seconds'));
    assert.ok(forItself > 130 && forItself <= 144, String(forItself));
    assert.equal(userData.includes('checksum-crc32'), false);
  });

  it('names version, run and nonce in the user data', async () => {
    const { instanceId } = await ec2.launchTestInstance(launchOf(tested));
    const userData = await userDataOf(aws, instanceId);
    assert.equal(
      settingOf(userData, 'identity'),
      `"run":"${key}","nonce":"${nonce}","expectedVersion":"${version}"`,
    );
    assert.equal(settingOf(userData, 'installer_sha256'), tested.sha256);
  });

  it('adopts what an earlier try launched', async () => {
    const first = await ec2.launchTestInstance(launchOf(tested));
    assert.deepEqual(await ec2.launchTestInstance(launchOf(tested)), { ...first, adopted: true });
    assert.equal((await instancesOf(aws)).length, 1);
  });

  it('adopts an ended one, even after the deadline: it is judged, not replaced', async () => {
    const { instanceId } = await ec2.launchTestInstance(launchOf(tested));
    await endInstance(aws, instanceId);
    const again = await ec2.launchTestInstance(launchOf(tested, { deadline: inMinutes(-1) }));
    assert.equal(again.instanceId, instanceId);
  });

  it('finds the instance whose launch’s answer was lost', async () => {
    await addFault(aws, { match: { method: 'POST', body: '"Action":"RunInstances"' }, mode: 'lost' });
    await assert.rejects(ec2.launchTestInstance(launchOf(tested)), { type: 'Unavailable' });
    assert.equal((await ec2.launchTestInstance(launchOf(tested))).adopted, true);
    assert.equal((await instancesOf(aws)).length, 1);
  });

  it('looks again when EC2 knows the token but does not list the instance yet', async () => {
    const first = await ec2.launchTestInstance(launchOf(tested));
    const body =
      '<?xml version="1.0"?><DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>';
    const unlisted = {
      match: { body: '"Action":"DescribeInstances"' },
      mode: 'status',
      status: 200,
      body,
    } as const;
    await addFault(aws, { ...unlisted, times: 2 });
    const again = await ec2.launchTestInstance(launchOf(tested, { deadline: inMinutes(9) }));
    assert.deepEqual(again, { ...first, adopted: true });
    await addFault(aws, { ...unlisted, times: 50 });
    await assert.rejects(ec2.launchTestInstance(launchOf(tested, { deadline: inMinutes(8) })), {
      type: 'Unavailable',
    });
  });

  it('launches for a key of its own although others look alike', async () => {
    await ec2.launchTestInstance(launchOf(tested));
    const other = await ec2.launchTestInstance(launchOf(tested, { key: `${key}-2` }));
    assert.equal(other.adopted, false);
  });

  const refusals: [string, () => Partial<ReturnType<typeof launchOf>>, RegExp][] = [
    ['a deadline that has passed', () => ({ deadline: inMinutes(-1) }), /deadline: .* has passed/],
    ['a deadline beyond a session’s life', () => ({ deadline: inMinutes(61) }), /deadline: 61 minutes ahead/],
    ['a version that is not printable', () => ({ version: '1.4.2\n' }), /expectedVersion/],
  ];
  for (const [kind, changes, message] of refusals)
    it(`refuses ${kind}`, async () => {
      await assert.rejects(ec2.launchTestInstance(launchOf(tested, changes())), {
        type: 'InvalidInput',
        message,
      });
      assert.deepEqual(await instancesOf(aws), []);
    });

  it('lets no URL and no user data out', async () => {
    const ec2Error = ec2Of(aws, roles, { instanceType: 'm5.24xlarge' });
    await assert.rejects(ec2Error.launchTestInstance(launchOf(tested)), (error: Error) => {
      assert.doesNotMatch(`${error.message}${error.stack}${JSON.stringify(error)}`, /X-Amz-|IyEvYmlu/);
      return 'type' in error && error.type === 'PermissionDenied';
    });
  });
});
