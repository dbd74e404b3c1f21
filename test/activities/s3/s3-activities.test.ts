import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createS3Activities } from '../../../activities/s3/activities.ts';
import type { PinnedInstaller, S3Port } from '../../../activities/s3/port.ts';
import type { CallContext } from '../../../activities/sts/aws-call.ts';
import { entryOf, key, policy, sha256Of, turn, version } from './promotion-aws.ts';

const pinned: PinnedInstaller = {
  bucket: 'b',
  key,
  versionId: 'v1',
  sha256: sha256Of('x'),
  size: 1,
  signature: 'absent',
  signedBy: null,
};
const copied = { ...pinned, written: true };
const port: S3Port = {
  pinInstaller: () => Promise.resolve(pinned),
  copyToTest: () => Promise.resolve(copied),
  publishObject: () => Promise.resolve(copied),
  publishManifest: () => Promise.resolve({ outcome: 'published', previousVersion: null }),
};

type PinInput = Parameters<S3Port['pinInstaller']>[0];
const quiet = { logger: new DefaultLogger('ERROR') };

function run<V extends keyof S3Port>(verb: V, input: unknown, during = (_call: CallContext) => port) {
  const activities = createS3Activities(during) as unknown as Record<
    string,
    (input: unknown) => Promise<unknown>
  >;
  const activity = async (given: unknown) => activities[verb]?.(given);
  return new MockActivityEnvironment({}, quiet).run(activity, input);
}

describe('S3: activities', () => {
  it('gives the port the activity’s cancellation and heartbeat', async () => {
    const environment = new MockActivityEnvironment({}, quiet);
    const heard: unknown[] = [];
    environment.on('heartbeat', (details: unknown) => heard.push(details));
    const activities = createS3Activities((call) => ({
      ...port,
      pinInstaller() {
        call.heartbeat({ bytes: 1 });
        environment.cancel();
        return Promise.reject(call.signal.reason as Error);
      },
    }));
    const activity = (input: PinInput) => activities.pinInstaller(input);
    const input: PinInput = { version, signature: 'off' };
    const running = environment.run(activity, input);
    await assert.rejects(running, { name: 'CancelledFailure' });
    assert.deepEqual(heard, [{ bytes: 1 }]);
  });

  const good: [keyof S3Port, object, unknown][] = [
    ['pinInstaller', { version, signature: 'required' }, pinned],
    ['copyToTest', { version, pinned, turn }, copied],
    ['publishObject', { account: 'prod-a', version, tested: pinned, policy, turn }, copied],
    [
      'publishManifest',
      { account: 'prod-a', entry: entryOf(), policy, turn },
      { outcome: 'published', previousVersion: null },
    ],
  ];
  for (const [verb, input, answer] of good) {
    it(`${verb} passes good input on`, async () => assert.deepEqual(await run(verb, input), answer));
    for (const bad of [undefined, null, 'x', {}])
      it(`${verb} refuses ${JSON.stringify(bad)}`, () =>
        assert.rejects(run(verb, bad), { type: 'InvalidInput' }));
  }

  const bad: [keyof S3Port, object, RegExp][] = [
    ['pinInstaller', { version: '../../etc', signature: 'off' }, /version: three numbers/],
    ['pinInstaller', { version: '01.0.0', signature: 'off' }, /version/],
    ['pinInstaller', { version, signature: 'maybe' }, /signature/],
    ['copyToTest', { version, pinned: { ...pinned, sha256: 'x' }, turn }, /pinned\.sha256: 64 lower-case/],
    ['copyToTest', { version, pinned: { ...pinned, size: 0 }, turn }, /pinned\.size/],
    ['copyToTest', { version, pinned, turn: { ...turn, token: 1.5 } }, /turn\.token/],
    [
      'publishManifest',
      { account: 'a', entry: entryOf({ uploaded_at: '2025-09-14T12:34:56.000Z' }), policy, turn },
      /entry\.uploaded_at: ISO 8601 UTC in whole seconds/,
    ],
    [
      'publishManifest',
      { account: 'a', entry: entryOf({ pipeline_url: 'javascript:x' }), policy, turn },
      /pipeline_url/,
    ],
  ];
  for (const [verb, input, message] of bad)
    it(`${verb} names the wrong field: ${message.source}`, () =>
      assert.rejects(run(verb, input), { type: 'InvalidInput', message }));
});
