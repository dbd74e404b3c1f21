import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createEc2Activities } from '../../../activities/ec2/activities.ts';
import type { Ec2Port, TestInstance } from '../../../activities/ec2/port.ts';
import { key as objectKey, sha256Of, version } from '../s3/promotion-aws.ts';
import { inMinutes, key, launchOf, nonce } from './promotion-ec2.ts';

const tested = { bucket: 'b', key: objectKey, versionId: 'v', sha256: sha256Of('x'), size: 1 };
const instance: TestInstance = {
  instanceId: 'i-0123456789abcdef0',
  accountId: '222222222222',
  resultKey: 'results/x',
  adopted: false,
};
const passed = { verdict: 'passed', reportedVersion: version } as const;
const port: Ec2Port = {
  launchTestInstance: () => Promise.resolve(instance),
  awaitTestResult: () => Promise.resolve(passed),
  terminateInstance: () => Promise.resolve(),
  terminateByKey: () => Promise.resolve({ instanceIds: [] }),
  listOwnInstances: () => Promise.resolve([]),
};

function run(verb: keyof Ec2Port, input: unknown) {
  const activities = createEc2Activities(() => port) as unknown as Record<
    string,
    (input: unknown) => Promise<unknown>
  >;
  const activity = async (given: unknown) => activities[verb]?.(given);
  return new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(activity, input);
}

describe('EC2: activities', () => {
  const awaiting = { key, nonce, version, instance, deadline: inMinutes(1) };
  const good: [keyof Ec2Port, unknown, unknown][] = [
    ['launchTestInstance', launchOf(tested), instance],
    ['awaitTestResult', awaiting, passed],
    ['terminateInstance', { instanceId: instance.instanceId }, undefined],
    ['terminateByKey', { key }, { instanceIds: [] }],
    ['listOwnInstances', undefined, []],
  ];
  for (const [verb, input, answer] of good)
    it(`${verb} passes good input on`, async () => assert.deepEqual(await run(verb, input), answer));

  const bad: [keyof Ec2Port, unknown, RegExp][] = [
    ['launchTestInstance', undefined, /input/],
    ['launchTestInstance', launchOf(tested, { key: 'a*' }), /key: 1 to 256/],
    ['launchTestInstance', launchOf(tested, { nonce: '../../agent/manifest' }), /nonce/],
    ['launchTestInstance', launchOf(tested, { deadline: 'tomorrow' }), /deadline: ISO 8601/],
    [
      'awaitTestResult',
      { ...awaiting, instance: { ...instance, accountId: 'me' } },
      /instance\.accountId: twelve/,
    ],
    ['awaitTestResult', { ...awaiting, version: '1.4' }, /version: three numbers/],
    ['terminateInstance', { instanceId: 'all' }, /instanceId: an instance id/],
    ['terminateByKey', null, /input/],
    ['terminateByKey', { key: '' }, /key/],
  ];
  for (const [verb, input, message] of bad)
    it(`${verb} names the wrong field: ${message.source}`, () =>
      assert.rejects(run(verb, input), { type: 'InvalidInput', message }));
});
