import assert from 'node:assert/strict';
import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import type { agentPromotion } from '../../workflows/agent-promotion/workflow.ts';
import { confirmTurn, enqueue, release } from '../../workflows/promotion-queue/messages.ts';
import type { EnqueueRequest, QueueInput } from '../../workflows/promotion-queue/messages.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { agentPromotionId } from '../../workflows/shared/names.ts';
import { createPromotionWorld, policy } from '../support/promotion-world.ts';
import { signalsOf, startQueue, type LineMember, type QueueWorld } from '../support/queue-world.ts';
import { registerStubs } from '../support/stub-activities.ts';
import { startTimeSkipping, testQueue, type TimeSkippingWorld } from '../support/time-skipping.ts';

describe('promotionQueue', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  let world: QueueWorld;
  let issues = 1000;

  before(async () => void (temporal = await startTimeSkipping()));
  after(() => temporal.stop());
  afterEach(() => world.stop());

  async function start(input?: QueueInput) {
    world = await startQueue(temporal, input);
  }

  function startMembers(count: number): Promise<LineMember[]> {
    return Promise.all(Array.from({ length: count }, () => world.startMember((issues += 1))));
  }

  /** A queue whose grace is over, with these members in line: the first holds the turn. */
  async function startLine<const N extends number>(count: N, input?: QueueInput): Promise<LineMember[]> {
    await start(input);
    const members = await startMembers(count);
    await world.join(...members);
    await temporal.env.sleep('3s');
    assert.equal((await world.readLine()).holder?.runId, members[0]?.request.runId);
    return members;
  }

  const isRising = (tokens: readonly number[]) =>
    tokens.every((token, index) => token > (tokens[index - 1] ?? 0));
  const ticketsOf = (entries: readonly { ticket: string }[]) => entries.map((entry) => entry.ticket);
  const at = (members: readonly LineMember[], index: number) => members[index] as LineMember;

  it('sorts tickets of the same instant before it grants', async () => {
    await start();
    const late = await world.startMember((issues += 1), { enteredAt: '2026-11-22T10:00:00.001Z' });
    const early = await world.startMember((issues += 1));
    await world.join(late, early);
    await temporal.env.sleep('3s');
    const { holder, waiting } = await world.readLine();
    assert.equal(holder?.ticket, early.request.ticket);
    assert.deepEqual(ticketsOf(waiting), [late.request.ticket]);
  });

  it('grants twelve in their order, each once, with rising tokens', async () => {
    await start();
    const members = await startMembers(12);
    await world.join(...members.toReversed());
    await temporal.env.sleep('3s');
    const turns = await world.passTurns(members.length);
    assert.deepEqual(ticketsOf(turns), ticketsOf(members.map((member) => member.request)));
    assert.ok(isRising(turns.map((turn) => turn.token)));
    assert.equal((await world.readLine()).holder, null);
    for (const member of members) assert.equal((await signalsOf(member)).at(-1), 'turnGranted');
  });

  it('tells the first three in line their new place, and nobody else', async () => {
    const members = await startLine(6);
    await world.release(at(members, 0));
    await world.readLine();
    await temporal.env.sleep('1s');
    const told = await Promise.all(members.slice(2).map(signalsOf));
    assert.deepEqual(
      told.map((signals) => signals.length > 0),
      [true, true, true, false],
    );
  });

  it('gives the turn of a terminated holder to the next within 30 s, with a larger token', async () => {
    const members = await startLine(2);
    const before = await world.readLine();
    await at(members, 0).handle.terminate();
    const ended = await temporal.env.currentTimeMs();
    await temporal.env.sleep('31s');
    const after = await world.readLine();
    assert.equal(after.holder?.ticket, at(members, 1).request.ticket);
    assert.ok(Date.parse(after.holder.grantedAt) - ended <= 30_500, after.holder.grantedAt);
    assert.ok(after.lastToken > before.lastToken);
  });

  it('looks at the holder as soon as somebody joins', async () => {
    const [holder, next] = await startLine(1).then(async ([first]) => [first, (await startMembers(1))[0]]);
    assert.ok(holder && next);
    await holder.handle.terminate();
    await world.join(next);
    await temporal.env.sleep('5s');
    assert.equal((await world.readLine()).holder?.ticket, next.request.ticket);
  });

  for (const type of ['PermissionDenied', 'Unavailable'] as const)
    it(`leaves the turn where it is while Temporal answers ${type}`, async () => {
      const members = await startLine(2);
      let asked = 0;
      world.port.describeRun = () => {
        asked += 1;
        throw createFailure(type, 'no answer');
      };
      await at(members, 0).handle.terminate();
      await temporal.env.sleep('3m');
      assert.ok(asked > 2, `asked ${asked} times`);
      assert.equal((await world.readLine()).holder?.ticket, at(members, 0).request.ticket);
    });

  it('passes by a run that ended while it waited', async () => {
    const members = await startLine(3);
    await at(members, 1).handle.terminate();
    await world.release(at(members, 0));
    await temporal.env.sleep('1s');
    const { holder, waiting } = await world.readLine();
    assert.deepEqual([holder?.ticket, waiting], [at(members, 2).request.ticket, []]);
  });

  it('gives a new run or round its predecessor’s place, and frees the turn of the run before it', async () => {
    const members = await startLine(3);
    const newer = '00000000-0000-4000-8000-000000000007';
    const again = (index: number, changes: Partial<EnqueueRequest>) =>
      world.port.joinQueue({ ...at(members, index).request, ...changes });
    await again(2, { runId: newer, round: '7' });
    const { waiting } = await world.readLine();
    assert.deepEqual(waiting.map(({ runId, round }) => `${runId}/${round}`).at(-1), `${newer}/7`);
    assert.equal(waiting.length, 2);
    const place = await again(0, { round: '8' });
    assert.deepEqual([place.state, place.state === 'waiting' && place.position], ['waiting', 1]);
    await temporal.env.sleep('3s');
    const { holder, lastToken } = await world.readLine();
    assert.deepEqual([holder?.round, holder?.token], ['8', lastToken]);
  });

  it('frees nobody on a late release, and lets a waiter leave', async () => {
    const members = await startLine(3);
    const { workflowId } = at(members, 0).request;
    await world.queue.signal(release, { workflowId, runId: 'an earlier run' });
    await world.release(at(members, 1));
    const { holder, waiting } = await world.readLine();
    assert.equal(holder?.ticket, at(members, 0).request.ticket);
    assert.deepEqual(ticketsOf(waiting), [at(members, 2).request.ticket]);
  });

  it('confirms the turn to its holder only', async () => {
    const members = await startLine(2);
    const { token = 0 } = (await world.readLine()).holder ?? {};
    const check = { ...at(members, 0).request, token };
    assert.equal(await world.queue.query(confirmTurn, check), true);
    const others = [
      { ...check, token: token - 1 },
      { ...check, runId: 'an earlier run' },
      { ...at(members, 1).request, token },
      ...[undefined, null, 7, 'x', [], {}, 'y'.repeat(1_000_000)],
    ];
    for (const other of others) assert.equal(await world.queue.query(confirmTurn, other as never), false);
  });

  it('refuses a malformed request and names the field', async () => {
    const [member] = await startLine(1);
    assert.ok(member);
    const { request } = member;
    const bad: readonly [unknown, RegExp][] = [
      ...[null, 7, 'x', [], {}].map((value): [unknown, RegExp] => [value, /workflowId is missing/]),
      [{ ...request, runId: 5 }, /runId is missing or too long/],
      [{ ...request, runId: 'the newest' }, /runId is no id of a run/],
      [{ ...request, round: '' }, /round is missing/],
      [{ ...request, ticket: 'y'.repeat(1_000_000) }, /ticket is missing or too long/],
      [{ ...request, enteredAt: 'yesterday' }, /enteredAt is no ISO 8601 time in UTC/],
      [{ ...request, enteredAt: '2026-11-22T10:00:00' }, /enteredAt is no ISO 8601 time in UTC/],
      [{ ...request, enteredAt: '2026-99-99T10:00:00Z' }, /enteredAt is no ISO 8601 time in UTC/],
      [{ ...request, priority: 'high' }, /priority is no whole number/],
      [{ ...request, priority: 0.5 }, /priority is no whole number/],
      [{ ...request, version: 7 }, /version is no text/],
      [{ ...request, supersede: 'yes' }, /supersede is neither true nor false/],
      [{ ...request, freezes: 1 }, /freezes is neither true nor false/],
    ];
    for (const [value, reason] of bad)
      await assert.rejects(world.queue.executeUpdate(enqueue, { args: [value as EnqueueRequest] }), (error) =>
        reason.test(String(error instanceof WorkflowUpdateFailedError ? error.cause?.message : error)),
      );
    assert.deepEqual((await world.readLine()).waiting, []);
  });

  it('ignores malformed releases and foreign signals, and goes on granting', async () => {
    const members = await startLine(2);
    const { workflowId, runId } = at(members, 0).request;
    const payloads = [undefined, null, 7, 'x', [], {}, { workflowId }, { runId }, { workflowId: 5, runId }];
    for (const payload of [...payloads, 'y'.repeat(1_000_000)]) await world.queue.signal(release, payload);
    await world.queue.signal('noSuchSignal', {});
    assert.equal((await world.readLine()).holder?.ticket, at(members, 0).request.ticket);
    await world.release(at(members, 0));
    assert.equal((await world.readLine()).holder?.ticket, at(members, 1).request.ticket);
  });

  it('lets two promotions of the same instant write one after the other', async () => {
    await start();
    const log: string[] = [];
    const runs = await Promise.all(['31', '30'].map((issueId) => startPromotion(issueId, log)));
    for (const run of runs) assert.equal((await run.result()).outcome, 'done');
    const order = log.filter((entry, index) => entry !== log[index - 1]);
    assert.deepEqual(order, ['30', '31']);
    assert.equal((await world.readLine()).granted, 2);
  });

  async function startPromotion(
    issueId: string,
    log: string[],
  ): Promise<WorkflowHandle<typeof agentPromotion>> {
    const { world: promotion, stubs } = createPromotionWorld({ issueId, key: `DEVOPS-${issueId}` });
    for (const verb of ['pinInstaller', 'ensurePipeline', 'launchTestInstance', 'publishObject:prod-c'])
      promotion.on[verb] = () => void log.push(issueId);
    const workflowId = agentPromotionId('main', issueId);
    registerStubs(workflowId, { ...stubs, temporal: world.port });
    const args: Parameters<typeof agentPromotion> = [{ site: 'main', issueId, policy }];
    const options = { workflowId, taskQueue: testQueue, args };
    return temporal.track(
      await temporal.client.workflow.start<typeof agentPromotion>('agentPromotion', options),
    );
  }
});
