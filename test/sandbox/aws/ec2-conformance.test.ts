import assert from 'node:assert/strict';
import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  GetConsoleOutputCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SandboxAws } from '../../../sandbox/aws/start-aws.ts';
import { clientsOf, sharedAws } from '../../support/aws.ts';
import { launchInput } from '../../support/launch-input.ts';

const userData = Buffer.from(
  '#!/bin/bash\necho "https://example.com/?X-Amz-Signature=secret&b=<c>"\n',
).toString('base64');

describe('EC2 in the sandbox answers as AWS', function () {
  this.timeout(120_000);
  let aws: SandboxAws;
  let ec2: EC2Client;
  let admin: EC2Client;
  before(async () => {
    aws = await sharedAws();
    ec2 = (await clientsOf(aws, 'Agent-Deploy')).ec2;
    admin = (await clientsOf(aws, 'administrator of test')).ec2;
  });
  beforeEach(() => aws.reset());

  const launch = async (token: string, change = {}) => {
    const { Instances } = await ec2.send(new RunInstancesCommand({ ...launchInput(aws, token), ...change }));
    return Instances![0]!;
  };
  const tagged = async (key: string, ...states: string[]) => {
    const filters = [{ Name: 'tag:lockkeeper:key', Values: [key] }];
    if (states.length > 0) filters.push({ Name: 'instance-state-name', Values: states });
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ Filters: filters }));
    return Reservations!.flatMap((reservation) => reservation.Instances!);
  };

  it('one instance per client token, echoed, shown as it is now', async () => {
    const first = await launch('one');
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [first.InstanceId!] }));
    const again = await launch('one');
    assert.equal(again.InstanceId, first.InstanceId);
    assert.equal(again.State!.Name, 'terminated');
    assert.equal((await tagged('one')).length, 1);
    assert.equal(again.ClientToken, 'one');
  });

  it('one instance for the same token asked eight times at once', async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, () => launch('race')));
    assert.equal(new Set(ids.map((instance) => instance.InstanceId)).size, 1);
    assert.equal((await tagged('race')).length, 1);
  });

  it('refuses a client token with other parameters', async () => {
    await launch('two', { UserData: userData });
    await assert.rejects(launch('two'), { name: 'IdempotentParameterMismatch' });
  });

  it('finds instances by tag and state', async () => {
    const { InstanceId } = await launch('three');
    assert.deepEqual(
      (await tagged('three', 'pending', 'running')).map((i) => i.InstanceId),
      [InstanceId],
    );
    assert.deepEqual(await tagged('three', 'terminated'), []);
    assert.deepEqual(await tagged('nobody'), []);
  });

  it('keeps user data and shutdown behaviour for the instance runner', async () => {
    const { InstanceId } = await launch('four', { UserData: userData });
    const attribute = (Attribute: 'userData' | 'instanceInitiatedShutdownBehavior') =>
      admin.send(new DescribeInstanceAttributeCommand({ InstanceId, Attribute }));
    assert.equal((await attribute('userData')).UserData!.Value, userData);
    const behaviour = await attribute('instanceInitiatedShutdownBehavior');
    assert.equal(behaviour.InstanceInitiatedShutdownBehavior!.Value, 'terminate');
  });

  it('serves the console the runner wrote, its last 64 KB', async () => {
    const { InstanceId } = await launch('five');
    const output = async () =>
      (await ec2.send(new GetConsoleOutputCommand({ InstanceId, Latest: true }))).Output;
    assert.equal((await output()) ?? '', '');
    await writeFile(path.join(aws.consoleDir, `${InstanceId}.log`), `${'x'.repeat(70_000)}\nlogin:`);
    const shown = Buffer.from((await output())!, 'base64').toString();
    assert.equal(shown.length, 65_536);
    assert.ok(shown.endsWith('\nlogin:'));
  });

  it('does nothing on DryRun', async () => {
    await assert.rejects(launch('six', { DryRun: true }), { name: 'DryRunOperation' });
    assert.deepEqual(await tagged('six'), []);
  });

  it('refuses an instance profile that does not exist', async () => {
    await assert.rejects(launch('seven', { IamInstanceProfile: { Name: 'none' } }), {
      name: 'InvalidParameterValue',
    });
  });

  it('names an unknown instance', async () => {
    const InstanceIds = ['i-0123456789abcdef0'];
    await assert.rejects(admin.send(new TerminateInstancesCommand({ InstanceIds })), {
      name: 'InvalidInstanceID.NotFound',
    });
    await assert.rejects(ec2.send(new DescribeInstancesCommand({ InstanceIds })), {
      name: 'InvalidInstanceID.NotFound',
    });
  });

  it('forgets instances and tokens on reset', async () => {
    const before = await launch('eight');
    await aws.reset();
    assert.deepEqual(await tagged('eight'), []);
    assert.notEqual((await launch('eight')).InstanceId, before.InstanceId);
  });
});
