import assert from 'node:assert/strict';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { status } from '../../workflows/agent-promotion/messages.ts';
import { decide, decisions, type DecisionClaims } from '../../workflows/approval/messages.ts';
import {
  openWave,
  policyChanged,
  watchHolds,
  waveState,
  type FreezeInput,
  type OpenWaveRequest,
} from '../../workflows/freeze/messages.ts';
import { someRun, startFreeze, type FreezeWorld } from '../support/freeze-world.ts';
import { leadsPolicy } from '../support/leads.ts';
import { signalsOf, startQueue, type LineMember } from '../support/queue-world.ts';
import { createSigner } from '../support/signed-decisions.ts';
import { startTimeSkipping, type TimeSkippingWorld } from '../support/time-skipping.ts';

describe('freeze', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  let world: FreezeWorld;

  before(async () => void (temporal = await startTimeSkipping()));
  after(() => temporal.stop());
  afterEach(() => world.stop());

  async function start(input?: Partial<FreezeInput>) {
    const now = () => temporal.env.currentTimeMs();
    world = await startFreeze({ ...temporal, now }, input);
  }
  const inMinutes = async (minutes: number) =>
    new Date((await temporal.env.currentTimeMs()) + minutes * 60_000).toISOString();
  async function attribute(name: string): Promise<unknown> {
    return (await world.handle.describe()).searchAttributes[name]?.[0] ?? null;
  }

  it('is held by whoever says why, and lifted by who may, but never by himself', async () => {
    await start();
    assert.deepEqual((await world.readHolds()).length, 0);
    assert.equal((await world.hold({ requestId: 'h1' })).state, 'accepted');
    const [hold] = await world.readHolds();
    assert.deepEqual([hold?.id, hold?.source, hold?.reason], ['h1', 'dana', 'the database is being moved']);
    const request = await world.openRequest();
    assert.deepEqual(
      [request.evidence.title, request.evidence.requester, request.evidence.subject['holdId']],
      ['Lift the freeze by dana?', 'dana', 'h1'],
    );
    assert.equal(await attribute('LkPhase'), 'held');
    const own = await world.say(request, { principal: 'dana', groups: ['leads'] });
    assert.equal('rule' in own && own.rule, 'self-approval');
    assert.equal((await world.say(request, { groups: ['devops'] })).state, 'refused');
    assert.equal((await world.readHolds()).length, 1);
    assert.equal((await world.say(request)).state, 'accepted');
    await world.lifted();
    const [lifted] = await world.readRequests();
    assert.deepEqual([lifted?.state, lifted?.note], ['committed', 'the freeze is lifted']);
    assert.deepEqual([await attribute('LkPhase'), await attribute('LkWaitingOn')], ['open', null]);
  });

  it('ends by itself when its time has come, and its request with it', async () => {
    await start();
    await world.hold({ until: await inMinutes(30) });
    await world.openRequest();
    await temporal.env.sleep('29m');
    assert.equal((await world.readHolds()).length, 1);
    await temporal.env.sleep('2m');
    assert.deepEqual(await world.readHolds(), []);
    const [request] = await world.readRequests();
    assert.equal(request?.state, 'void');
    assert.match(request.note ?? '', /ended by itself/);
  });

  it('sets one hold for the same request, and none for an envelope that comes again later', async () => {
    await start();
    const said = await world.claims({ requestId: 'h1' });
    for (const again of [said, { ...said, jti: 'another' }, said]) await world.send(again);
    await world.answerTo({ ...said, jti: 'another' });
    assert.equal((await world.readHolds()).length, 1);
    await world.say(await world.openRequest());
    await world.lifted();
    const late = { ...said, jti: 'late' };
    await world.send(late);
    const answer = await world.answerTo(late);
    assert.deepEqual([answer.state, await world.readHolds()], ['refused', []]);
    assert.equal((await world.readRequests()).length, 1);
  });

  it('is not held by what nobody signed, by strangers, or without a reason', async () => {
    await start();
    const refused: readonly (readonly [Partial<DecisionClaims>, string])[] = [
      [{ principal: 'jira:712020:1' }, 'not-a-member'],
      [{ reason: null }, 'reason-missing'],
      [{ until: '2020-01-01T00:00:00Z' }, 'expired'],
      [{ aud: 'default/promotion-queue' }, 'wrong-workflow'],
      [{ iat: 1_000, exp: 2_000 }, 'outdated'],
      [{ via: 'jira' }, 'key-not-allowed'],
    ];
    for (const [part, rule] of refused) {
      const answer = await world.hold(part);
      assert.deepEqual([answer.state, 'rule' in answer && answer.rule], ['refused', rule]);
    }
    await world.send(await world.claims(), createSigner());
    await world.handle.signal(decide, { envelope: 'a.b.c' });
    await world.hold({ reason: null });
    const records = await world.handle.query(decisions);
    assert.ok(records.every(({ state }) => state === 'refused'));
    assert.ok(records.some(({ rule }) => rule === 'bad-signature'));
    assert.deepEqual([await world.readHolds(), await world.readRequests()], [[], []]);
  });

  it('lets a wave that began finish, and begins no other', async () => {
    await start();
    const begun = await world.openWave('wave-1');
    assert.equal(begun.open, true);
    await world.hold();
    assert.deepEqual(await world.openWave('wave-1'), begun);
    const refused = await world.openWave('wave-2');
    assert.deepEqual([refused.open, 'holds' in refused && refused.holds.length], [false, 1]);
    const exception = await world.openWave('wave-2', someRun, { overrideRequestId: 'e1' });
    assert.equal(exception.open, true);
    const key = { workflowId: 'agent-promotion:main:1', runId: someRun, wave: 'wave-2' };
    assert.equal((await world.handle.query(waveState, key))?.overrideRequestId, 'e1');
    assert.equal(await world.handle.query(waveState, { ...key, wave: 'wave-3' }), null);
  });

  it('tells the queue, and whoever was refused in the order of asking, when the holds change', async () => {
    await start();
    const queue = await startQueue(temporal);
    const members: LineMember[] = [await queue.startMember(4001), await queue.startMember(4002)];
    await world.hold({ requestId: 'h1' });
    for (const { request } of members.toReversed()) {
      const { workflowId, runId } = request;
      await world.handle.executeUpdate(openWave, { args: [{ workflowId, runId, wave: 'wave-1' }] });
    }
    const { workflowId, runId } = members[1]?.request ?? assert.fail();
    await world.handle.signal(watchHolds, { workflowId, runId });
    await world.say(await world.openRequest());
    await world.lifted();
    await temporal.env.sleep('1s');
    const events = (await world.handle.fetchHistory()).events ?? [];
    const told = events.flatMap(
      (event) =>
        event.signalExternalWorkflowExecutionInitiatedEventAttributes?.workflowExecution?.workflowId ?? [],
    );
    // once when it was set, to the queue alone; once when it was lifted
    const order = [
      'promotion-queue',
      'promotion-queue',
      'agent-promotion:main:4002',
      'agent-promotion:main:4001',
    ];
    assert.deepEqual(told, order);
    for (const member of members) assert.deepEqual(await signalsOf(member), ['holdsChanged']);
    await queue.stop();
  });

  it('tells a run at once when what held it has ended since it looked', async () => {
    await start();
    const queue = await startQueue(temporal);
    const member = await queue.startMember(4011);
    const { workflowId, runId } = member.request;
    await world.handle.signal(watchHolds, { workflowId, runId });
    await temporal.env.sleep('1s');
    assert.deepEqual(await signalsOf(member), ['holdsChanged']);
    await queue.stop();
  });

  it('asks again, without telling anybody, after somebody has said no', async () => {
    await start();
    await world.hold();
    const first = await world.openRequest();
    await world.say(first, { verb: 'reject', reason: 'not yet' });
    const second = await world.openRequest();
    assert.notEqual(second.requestId, first.requestId);
    assert.equal((await world.readHolds()).length, 1);
    assert.equal((await world.say(first)).state, 'refused');
    await world.say(second);
    await world.lifted();
  });

  it('asks again when nobody has answered in time', async () => {
    await start();
    await world.hold();
    const first = await world.openRequest();
    await temporal.env.sleep('61m');
    while ((await world.openRequest()).requestId === first.requestId) await temporal.env.sleep('1m');
    const second = await world.openRequest();
    assert.deepEqual(
      [(await world.readRequests())[0]?.state, second.requestId === first.requestId],
      ['expired', false],
    );
    await world.say(second);
    await world.lifted();
  });

  it('is lifted by this worker’s own rules only, whatever its input says', async () => {
    const lax = { ...leadsPolicy, quorum: [{ group: 'everybody', count: 1 }] };
    await start({ policy: lax });
    await world.hold();
    const request = await world.openRequest();
    assert.equal((await world.say(request, { principal: 'eve', groups: ['everybody'] })).state, 'accepted');
    const next = await world.openRequest();
    assert.notEqual(next.requestId, request.requestId);
    assert.equal((await world.readHolds()).length, 1);
    assert.match((await world.readRequests())[0]?.note ?? '', /not lifted: .*other rules/);
    await world.handle.signal(policyChanged, { policy: leadsPolicy });
    await temporal.env.sleep('1s');
    await world.say(await world.openRequest());
    await world.lifted();
  });

  it('asks again under new rules, and only when they have changed', async () => {
    await start();
    await world.hold();
    const first = await world.openRequest();
    await world.handle.signal(policyChanged, { policy: leadsPolicy });
    assert.equal((await world.openRequest()).requestId, first.requestId);
    const policy = { ...leadsPolicy, version: 2, digest: 'f'.repeat(64) };
    await world.handle.signal(policyChanged, { policy, runLinkBase: 'http://other.example/' });
    await temporal.env.sleep('1s');
    const second = await world.openRequest();
    assert.deepEqual([second.policy.version, (await world.readRequests())[0]?.state], [2, 'void']);
  });

  it('ignores junk and goes on', async () => {
    await start();
    const junk = [
      undefined,
      null,
      7,
      'x',
      [],
      {},
      { policy: { ...leadsPolicy, quorum: [null] } },
      { policy: 7 },
      { workflowId: 'w' },
      { workflowId: 'w', runId: 'r1' },
      'y'.repeat(1_000_000),
    ];
    for (const payload of junk)
      for (const signal of [decide, policyChanged, watchHolds]) await world.handle.signal(signal, payload);
    await world.handle.signal('noSuchSignal', {});
    for (const key of [undefined, null, 7, {}])
      assert.equal(await world.handle.query(waveState, key as never), null);
    assert.equal((await world.hold()).state, 'accepted');
    assert.equal((await world.handle.query(status)).phase, 'held');
  });

  it('refuses a malformed wave and names the field', async () => {
    await start();
    const request = { workflowId: 'w', runId: someRun, wave: 'wave-1' };
    const bad: readonly (readonly [unknown, RegExp])[] = [
      ...[null, 7, 'x', []].map((value) => [value, /workflowId is missing/] as const),
      [{ ...request, runId: '' }, /runId is missing/],
      [{ ...request, runId: 'r1' }, /runId is no id of a run/],
      [{ ...request, wave: 'y'.repeat(1_000) }, /wave is missing or too long/],
      [{ ...request, overrideRequestId: 7 }, /overrideRequestId is no id/],
    ];
    for (const [value, reason] of bad)
      await assert.rejects(
        world.handle.executeUpdate(openWave, { args: [value as OpenWaveRequest] }),
        (error) => error instanceof WorkflowUpdateFailedError && reason.test(error.cause?.message ?? ''),
      );
  });
});
