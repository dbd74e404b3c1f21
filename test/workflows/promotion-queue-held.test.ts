import assert from 'node:assert/strict';
import type { HoldsReport } from '../../activities/temporal/port.ts';
import { holdsChanged } from '../../workflows/agent-promotion/messages.ts';
import {
  hotfixPriority,
  type EnqueueRequest,
  type QueueInput,
} from '../../workflows/promotion-queue/messages.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { signalsOf, startQueue, type LineMember, type QueueWorld } from '../support/queue-world.ts';
import { startTimeSkipping, type TimeSkippingWorld } from '../support/time-skipping.ts';

const open: HoldsReport = { open: true, holds: [] };
const held = (until: string | null = null): HoldsReport => ({
  open: false,
  holds: [{ kind: 'person', source: 'dana', reason: 'the database `moves`', until }],
});

describe('promotionQueue while something is held', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  let world: QueueWorld;
  let issues = 2000;
  let report: HoldsReport | ((hotfix: boolean) => HoldsReport);
  let looks: boolean[];

  before(async () => void (temporal = await startTimeSkipping()));
  after(() => temporal.stop());
  afterEach(() => world.stop());

  async function start(input?: QueueInput) {
    world = await startQueue(temporal, input);
    report = held();
    looks = [];
    world.port.readHolds = async ({ hotfix }) => {
      looks.push(hotfix);
      return typeof report === 'function' ? report(hotfix) : report;
    };
  }

  const startMember = (changes: Partial<EnqueueRequest> = {}): Promise<LineMember> =>
    world.startMember((issues += 1), { freezes: true, ...changes });
  const startMembers = (count: number) => Promise.all(Array.from({ length: count }, () => startMember()));
  const ticketsOf = (entries: readonly { ticket: string }[]) => entries.map(({ ticket }) => ticket);
  const requestsOf = (members: readonly LineMember[]) => members.map(({ request }) => request);
  async function waitingOn(): Promise<unknown> {
    const { searchAttributes } = await world.queue.describe();
    return searchAttributes['LkWaitingOn']?.[0] ?? null;
  }

  it('grants nobody, says why, and grants in order as soon as it hears that the holds have changed', async () => {
    await start();
    const members = await startMembers(4);
    await world.join(...members.toReversed());
    await temporal.env.sleep('10s');
    const line = await world.readLine();
    assert.deepEqual([line.holder, line.waiting.length, line.held], [null, 4, held().holds]);
    assert.equal(await waitingOn(), 'freeze');
    report = open;
    await world.queue.signal(holdsChanged, {});
    const turns = await world.passTurns(members.length);
    assert.deepEqual(ticketsOf(turns), ticketsOf(requestsOf(members)));
    assert.equal(await waitingOn(), null);
    assert.deepEqual((await world.readLine()).held, []);
  });

  it('looks again when the first hold ends', async () => {
    await start();
    const end = new Date((await temporal.env.currentTimeMs()) + 120_000).toISOString();
    report = held(end);
    const member = await startMember();
    await world.join(member);
    await temporal.env.sleep('100s');
    assert.equal(looks.length, 1);
    report = open;
    await temporal.env.sleep('30s');
    assert.equal((await world.readLine()).holder?.ticket, member.request.ticket);
  });

  it('looks again every five minutes, in case nobody tells', async () => {
    await start();
    const member = await startMember();
    await world.join(member);
    await temporal.env.sleep('16m');
    assert.equal(looks.length, 4);
    report = open;
    await temporal.env.sleep('5m');
    assert.equal((await world.readLine()).holder?.ticket, member.request.ticket);
  });

  it('lets a hotfix pass by a window that says so, and nobody else', async () => {
    await start();
    report = (hotfix) => (hotfix ? open : held());
    const normal = await startMember();
    await world.join(normal);
    await temporal.env.sleep('10s');
    const hotfix = await startMember({ priority: hotfixPriority });
    await world.join(hotfix);
    await temporal.env.sleep('1s');
    const { holder, waiting } = await world.readLine();
    assert.deepEqual([holder?.ticket, ticketsOf(waiting)], [hotfix.request.ticket, [normal.request.ticket]]);
    await world.release(hotfix);
    await temporal.env.sleep('1s');
    assert.deepEqual([(await world.readLine()).holder, looks.at(-1)], [null, false]);
  });

  it('holds a hotfix that comes first for everything else', async () => {
    await start();
    const [normal, hotfix] = [await startMember(), await startMember({ priority: hotfixPriority })];
    await world.join(normal, hotfix);
    await temporal.env.sleep('10s');
    assert.equal((await world.readLine()).holder, null);
    report = open;
    await world.queue.signal(holdsChanged, {});
    const turns = await world.passTurns(2);
    assert.deepEqual(ticketsOf(turns), [hotfix.request.ticket, normal.request.ticket]);
  });

  it('asks nothing for a promotion whose configuration knows no freeze', async () => {
    await start();
    const member = await startMember({ freezes: false });
    await world.join(member);
    await temporal.env.sleep('3s');
    assert.deepEqual([(await world.readLine()).holder?.ticket, looks], [member.request.ticket, []]);
  });

  it('grants nobody while the holds cannot be read', async () => {
    await start();
    let fails = true;
    world.port.readHolds = async () => {
      if (fails) throw createFailure('PermissionDenied', 'no right to read');
      return open;
    };
    const member = await startMember();
    await world.join(member);
    await temporal.env.sleep('10s');
    const { holder, held: reasons = [] } = await world.readLine();
    assert.deepEqual([holder, reasons[0]?.kind, reasons[0]?.reason], [null, 'no-answer', 'no right to read']);
    fails = false;
    await temporal.env.sleep('5m');
    assert.equal((await world.readLine()).holder?.ticket, member.request.ticket);
  });

  it('forgets what was held when everybody has left', async () => {
    await start();
    const member = await startMember();
    await world.join(member);
    await temporal.env.sleep('10s');
    assert.equal(await waitingOn(), 'freeze');
    await world.release(member);
    assert.deepEqual((await world.readLine()).held, []);
    assert.equal(await waitingOn(), null);
  });

  it('never takes a turn back from who holds it', async () => {
    await start();
    report = open;
    const members = await startMembers(2);
    await world.join(...members);
    await temporal.env.sleep('3s');
    report = held();
    for (const payload of [undefined, null, 7, 'x', [], 'y'.repeat(1_000_000)])
      await world.queue.signal(holdsChanged, payload);
    await temporal.env.sleep('10m');
    assert.equal((await world.readLine()).holder?.ticket, members[0]?.request.ticket);
  });

  describe('supersede', () => {
    async function startLine(...versions: readonly string[]): Promise<LineMember[]> {
      await start();
      report = open;
      const members = await Promise.all(versions.map((version) => startMember({ version })));
      await world.join(...members);
      await temporal.env.sleep('3s');
      return members;
    }
    const newer = (version: string) =>
      startMember({ version, supersede: true, enteredAt: '2026-11-22T11:00:00.000Z' });

    it('ends older waiting and parked requests for lower versions, and tells them by whom', async () => {
      const [first, waiter, higher] = await startLine('1.4.2', '1.9.0', '2.0.0');
      assert.ok(first && waiter && higher);
      const { workflowId, runId } = first.request;
      await world.queue.signal('release', { workflowId, runId, park: true });
      await world.nextHolder();
      const by = await newer('1.10.0');
      await world.join(by);
      await temporal.env.sleep('1s');
      const { holder, waiting, parked } = await world.readLine();
      assert.equal(holder?.ticket, waiter.request.ticket, 'the turn is not taken from anybody');
      assert.deepEqual(
        ticketsOf(waiting),
        [higher, by].map(({ request }) => request.ticket),
      );
      assert.deepEqual(parked, []);
      const told = await Promise.all([first, waiter, higher].map(signalsOf));
      assert.deepEqual(
        told.map((signals) => signals.includes('superseded')),
        [true, false, false],
      );
    });

    it('leaves the line as it is for a request that does not supersede', async () => {
      const members = await startLine('1.4.2', '1.4.3');
      await world.join(await startMember({ version: '1.5.0', supersede: false }));
      assert.equal((await world.readLine()).waiting.length, 2);
      assert.ok(members[1] && !(await signalsOf(members[1])).includes('superseded'));
    });

    it('passes over one that has closed meanwhile', async () => {
      const [, gone] = await startLine('1.4.2', '1.4.3');
      await gone?.handle.terminate();
      await world.join(await newer('1.5.0'));
      await temporal.env.sleep('1s');
      assert.equal((await world.readLine()).waiting.length, 1);
    });

    it('knows a parked run until it joins again or leaves', async () => {
      const [first] = await startLine('1.4.2');
      assert.ok(first);
      const { workflowId, runId } = first.request;
      const parked = async () => ticketsOf((await world.readLine()).parked ?? []);
      await world.queue.signal('release', { workflowId, runId, park: true });
      assert.deepEqual(await parked(), [first.request.ticket]);
      await world.join(first);
      assert.deepEqual(await parked(), []);
      await world.queue.signal('release', { workflowId, runId, park: true });
      await world.release(first);
      assert.deepEqual(await parked(), []);
    });
  });
});
