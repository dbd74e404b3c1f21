import assert from 'node:assert/strict';
import { status } from '../../workflows/agent-promotion/messages.ts';
import { switchOff } from '../../workflows/auto-approval/messages.ts';
import { toApprovalPolicy } from '../../config/approval-policy.ts';
import { eventually } from '../support/approval-world.ts';
import {
  startAutoApproval,
  switchOnConfig,
  switchOnPolicy,
  type AutoApprovalWorld,
} from '../support/auto-approval-world.ts';
import { createSigner } from '../support/signed-decisions.ts';
import { startTimeSkipping, type TimeSkippingWorld } from '../support/time-skipping.ts';

const stricter = { ...switchOnPolicy, version: 2, digest: 'f'.repeat(64) };

describe('auto-approval', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  let world: AutoApprovalWorld;

  before(async () => void (temporal = await startTimeSkipping()));
  after(() => temporal.stop());
  afterEach(() => world.stop());

  async function start(options?: Parameters<typeof startAutoApproval>[1]) {
    const now = () => temporal.env.currentTimeMs();
    world = await startAutoApproval({ ...temporal, now }, options);
  }
  const phase = async () => (await world.handle.query(status)).phase;

  it('is on until somebody switches it off, and asks nobody', async () => {
    await start();
    assert.deepEqual(await world.view(), { on: true, since: null, reason: null });
    assert.deepEqual([await phase(), await world.readRequests()], ['on', []]);
  });

  it('is off at once by a signal, and on again by a signed decision only', async () => {
    await start();
    await world.switchOff('PRODCM-9 failed');
    const off = await world.becomes(false);
    assert.equal(off.reason, 'PRODCM-9 failed');
    const request = await world.openRequest();
    const { kind, subject } = request.evidence;
    assert.deepEqual(
      [kind, subject['since'], subject['reasons']],
      ['auto-approval', off.since, ['PRODCM-9 failed']],
    );
    assert.equal(await phase(), 'off');
    assert.equal((await world.say(request, { groups: ['devops'] })).state, 'refused');
    assert.equal((await world.say(request, {}, createSigner())).state, 'refused');
    assert.equal((await world.view()).on, false);
    assert.equal((await world.say(request)).state, 'accepted');
    assert.deepEqual(await world.becomes(true), { on: true, since: null, reason: null });
    const [asked] = await world.readRequests();
    assert.deepEqual(
      [asked?.state, asked?.note, await phase()],
      ['committed', 'automatic approval is on again', 'on'],
    );
  });

  it('may be switched off again after that', async () => {
    await start();
    for (const reason of ['PRODCM-9 failed', 'PRODCM-10 failed']) {
      await world.switchOff(reason);
      assert.equal((await world.becomes(false)).reason, reason);
      await world.say(await world.openRequest());
      await world.becomes(true);
    }
  });

  it('asks once for the same reason, and anew when there is another', async () => {
    await start();
    for (let times = 0; times < 3; times += 1) await world.switchOff('PRODCM-9 failed');
    const first = await world.openRequest();
    await world.switchOff('PRODCM-10 failed');
    const second = await eventually(async () =>
      (await world.readRequests()).find(
        ({ state, requestId }) => state === 'open' && requestId !== first.requestId,
      ),
    );
    assert.deepEqual(second.evidence.subject['reasons'], ['PRODCM-9 failed', 'PRODCM-10 failed']);
    const late = await world.say(first);
    assert.equal(late.state, 'refused');
    assert.equal((await world.readRequests()).length, 2);
    await world.say(second);
    await world.becomes(true);
  });

  it('stays off when people say no, who may think again', async () => {
    await start();
    await world.switchOff('PRODCM-9 failed');
    await world.say(await world.openRequest(), { verb: 'reject', reason: 'not before it is mended' });
    const again = await world.openRequest();
    assert.equal((await world.view()).on, false);
    const shown = new Set(world.vendors.shown.map(({ requestId }) => requestId));
    assert.ok(!shown.has(again.requestId), 'nobody is asked again at once');
    await world.say(again);
    await world.becomes(true);
  });

  it('stays off, and asks again, when nobody answers', async () => {
    await start();
    await world.switchOff('PRODCM-9 failed');
    const first = await world.openRequest();
    await temporal.env.sleep('65m');
    const second = await world.openRequest();
    assert.notEqual(second.requestId, first.requestId);
    assert.equal((await world.view()).on, false);
  });

  it('is not switched on under rules that are not the worker’s, and asks under those', async () => {
    const { leads } = switchOnConfig.approvals;
    const config = { ...switchOnConfig, approvals: { leads: { ...leads!, version: 2 } } };
    await start({ config });
    await world.switchOff('PRODCM-9 failed');
    await world.say(await world.openRequest());
    const again = await eventually(async () =>
      (await world.readRequests()).find(({ state, policy }) => state === 'open' && policy.version === 2),
    );
    assert.deepEqual(again.policy, toApprovalPolicy(config, 'leads'));
    assert.match((await world.readRequests())[0]?.note ?? '', /not switched on: .*other rules/);
    assert.equal((await world.view()).on, false);
    await world.say(again);
    await world.becomes(true);
  });

  it('asks anew when it is told other rules', async () => {
    await start();
    await world.switchOff('PRODCM-9 failed');
    await world.openRequest();
    await world.switchOff('PRODCM-9 failed', stricter);
    const again = await eventually(async () =>
      (await world.readRequests()).find(({ state, policy }) => state === 'open' && policy.version === 2),
    );
    assert.deepEqual(again.evidence.subject['reasons'], ['PRODCM-9 failed']);
  });

  for (const [what, payload] of [
    ['nothing', undefined],
    ['null', null],
    ['no rules', { by: 'sue', reason: 'r' }],
    ['much', 'x'.repeat(1_000_000)],
  ] as const)
    it(`is not switched by a signal with ${what}`, async () => {
      await start();
      await world.handle.signal(switchOff.name, ...(payload === undefined ? [] : [payload]));
      await eventually(async () => ((await world.handle.query(status)).ignored === 1 ? true : undefined));
      assert.equal((await world.view()).on, true);
    });
});
