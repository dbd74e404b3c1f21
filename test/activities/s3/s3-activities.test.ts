import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createS3Activities } from '../../../activities/s3/activities.ts';
import type { AccountState, PinnedInstaller, S3Port } from '../../../activities/s3/port.ts';
import type { CallContext } from '../../../activities/sts/aws-call.ts';
import { promotionPoliciesFor } from '../../../config/promotion-policy.ts';
import { configOf } from '../../config/example-config.ts';
import { approved, approvedBy, evidenceOf, grantOf, permission } from './permissions.ts';
import { entryOf, key, sha256Of, turn, version } from './promotion-aws.ts';

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
const written = { outcome: 'published', previousVersion: null, manifestVersionId: 'm1' } as const;
const nothing: AccountState = {
  account: 'prod-a',
  manifest: 'absent',
  version: null,
  versions: [],
  entry: null,
  manifestVersionId: null,
};
const recorded = {
  account: 'prod-a',
  version,
  sha256: sha256Of('x'),
  s3VersionId: 'v1',
  manifestVersionId: 'm1',
};
const { uploaded_at, ticket, workflow_id, entry_id, run_id } = entryOf();
const rollback = {
  account: 'prod-a',
  fromVersion: version,
  toVersion: '1.4.1',
  entry: { uploaded_at, ticket, workflow_id, entry_id, run_id, ...approvedBy(['sue']) },
  permission: approved(),
  turn,
};
const manifest = { account: 'a', entry: entryOf(), permission, turn };
const port: S3Port = {
  pinInstaller: () => Promise.resolve(pinned),
  copyToTest: () => Promise.resolve(copied),
  publishObject: () => Promise.resolve(copied),
  publishManifest: () => Promise.resolve(written),
  readAccount: () => Promise.resolve(nothing),
  findDrift: () => Promise.resolve(['the manifest was deleted']),
  rollBackManifest: () => Promise.resolve(written),
};

type PinInput = Parameters<S3Port['pinInstaller']>[0];
type RollbackInput = Parameters<S3Port['rollBackManifest']>[0];
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
    ['publishObject', { account: 'prod-a', version, tested: pinned, permission, turn }, copied],
    ['publishManifest', manifest, written],
    ['readAccount', { account: 'prod-a' }, nothing],
    ['findDrift', { account: 'prod-a', recorded }, ['the manifest was deleted']],
    ['rollBackManifest', rollback, written],
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
      { ...manifest, entry: entryOf({ uploaded_at: '2025-09-14T12:34:56.000Z' }) },
      /entry\.uploaded_at: ISO 8601 UTC in whole seconds/,
    ],
    ['publishManifest', { ...manifest, entry: entryOf({ pipeline_url: 'javascript:x' }) }, /pipeline_url/],
    ['publishManifest', { ...manifest, entry: { ...entryOf(), run_id: undefined } }, /entry\.run_id/],
    ['publishManifest', { ...manifest, entry: { ...entryOf(), approval: undefined } }, /entry\.approval/],
    ['publishManifest', { ...manifest, entry: entryOf({ ticket: 'x'.repeat(256) }) }, /entry\.ticket/],
    ['findDrift', { account: 'prod-b', recorded }, /recorded\.account: what was recorded belongs/],
    ['findDrift', { account: 'prod-a', recorded: { ...recorded, version: '1' } }, /recorded\.version/],
    [
      'rollBackManifest',
      { ...rollback, toVersion: version },
      /toVersion: it is the version that is taken back/,
    ],
    ['rollBackManifest', { ...rollback, toVersion: '../x' }, /toVersion: three numbers/],
  ];
  for (const [verb, input, message] of bad)
    it(`${verb} names the wrong field: ${message.source}`, () =>
      assert.rejects(run(verb, input), { type: 'InvalidInput', message }));
});

describe('S3: what an activity is told about permission', () => {
  const given = approved();
  const { policy } = given;
  const evidence = (changes: object) => approved({ ...grantOf(), evidence: evidenceOf(changes) });
  const envelopes = (list: string[]) => approved({ ...grantOf(), envelopes: list });
  const wave = policy.waves[0];
  const withPolicy = (changes: object) => ({ ...given, policy: { ...policy, ...changes } });

  const bad: [string, unknown, RegExp][] = [
    ['no permission', undefined, /permission/],
    ['a reference to a policy', { ...given, policy: { name: 'x', version: 1 } }, /permission\.policy\.waves/],
    ['a digest of another form', withPolicy({ digest: 'x' }), /permission\.policy\.digest/],
    ['a wave without accounts', withPolicy({ waves: [{ ...wave, accounts: 'all' }] }), /waves\.0\.accounts/],
    ['too many waves', withPolicy({ waves: Array(101).fill(wave) }), /permission\.policy\.waves/],
    ['no quorum', withPolicy({ approval: { ...policy.rollback, quorum: [] } }), /approval\.quorum/],
    ['no word about the grant', { ...given, grant: undefined }, /permission\.grant/],
    ['no word about the exception', { ...given, exception: undefined }, /permission\.exception/],
    ['evidence of no run', evidence({ subject: {} }), /evidence\.subject\.runId/],
    ['evidence of another kind', evidence({ kind: 'party' }), /evidence\.kind/],
    ['too much evidence', evidence({ facts: [{ label: 'x', value: 'x'.repeat(16_384) }] }), /16384 bytes/],
    ['too many envelopes', envelopes(Array<string>(1001).fill('x')), /grant\.envelopes/],
    ['too long envelopes', envelopes(Array<string>(200).fill('x'.repeat(6000))), /1048576 characters/],
  ];
  for (const verb of ['publishObject', 'publishManifest', 'rollBackManifest'] as const)
    for (const [kind, wrong, message] of bad)
      it(`${verb} refuses ${kind}`, () =>
        assert.rejects(run(verb, { ...rollback, ...manifest, version, tested: pinned, permission: wrong }), {
          type: 'InvalidInput',
          message,
        }));

  it('takes every policy of a real configuration', async () => {
    const policies = promotionPoliciesFor(configOf(), 'agent-promotion:main:1');
    assert.ok(policies.length > 0);
    for (const own of policies)
      await run('publishManifest', { ...manifest, permission: { ...permission, policy: own } });
  });

  it('takes what a freeze and its exception add, and envelopes that are none', async () => {
    const exception = grantOf([{ verb: 'override' }], 'request-2');
    const full = { ...envelopes(['no envelope']), exception };
    assert.deepEqual(await run('rollBackManifest', { ...rollback, permission: full }), written);
  });

  it('gives the port the run that the server named, never that of the input', async () => {
    const told: unknown[] = [];
    const activities = createS3Activities((_call, execution) => {
      told.push(execution);
      return port;
    });
    const workflowExecution = { workflowId: 'w-1', runId: 'r-1' };
    const environment = new MockActivityEnvironment({ workflowExecution }, quiet);
    await environment.run((input: RollbackInput) => activities.rollBackManifest(input), rollback);
    assert.deepEqual(told, [workflowExecution]);
  });

  it('refuses to be started without a workflow', async () => {
    const environment = new MockActivityEnvironment({}, quiet);
    const info: { workflowExecution?: unknown } = environment.context.info;
    const { workflowExecution } = info;
    const running = environment.run(async (input: RollbackInput) => {
      delete info.workflowExecution;
      // the environment itself reads it to log the failure
      const restore = () => Object.assign(info, { workflowExecution });
      return createS3Activities(() => port)
        .rollBackManifest(input)
        .finally(restore);
    }, rollback);
    await assert.rejects(running, { type: 'PolicyViolation', message: /belongs to a workflow/ });
  });
});
