import assert from 'node:assert/strict';
import { Client, Connection } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Windows } from '../../../activities/temporal/calendar.ts';
import { createFreezeCalls } from '../../../activities/temporal/freeze-calls.ts';
import { createLookups } from '../../../activities/temporal/lookups.ts';
import { ensureFreeze } from '../../../activities/temporal/start-freeze.ts';
import {
  agentPromotionId,
  freezeId,
  overrideReviewId,
  workflowTypes,
} from '../../../workflows/shared/names.ts';
import { attributes } from '../../../workflows/shared/search-attributes.ts';
import { configOf } from '../../config/example-config.ts';
import { assertFails } from '../../support/failing-vendor.ts';
import { someRun, startFreeze, type FreezeWorld } from '../../support/freeze-world.ts';
import { leadsConfig, leadsPolicy } from '../../support/leads.ts';
import { createPromotionWorld, policy } from '../../support/promotion-world.ts';
import { waitUntil } from '../../../scripts/wait-until.ts';
import { startRealServer, type RealServerWorld } from '../../support/real-server.ts';
import { registerStubs } from '../../support/stub-activities.ts';
import { testQueue } from '../../support/stub-workers.ts';

const nobody = 'a queue without workers';
const window = (changes: object = {}): Windows[number] => ({
  name: 'change-stop',
  from: '2026-12-23T18:00',
  to: '2027-01-04T06:00',
  timeZone: 'UTC',
  reason: 'holidays',
  exceptHotfix: true,
  ...changes,
});
const within = () => Date.parse('2026-12-25T00:00:00.000Z');

describe('calls of Temporal', function () {
  this.timeout(60_000);
  let temporal: RealServerWorld;
  let world: FreezeWorld | undefined;

  before(async () => void (temporal = await startRealServer()));
  after(() => temporal.stop());
  afterEach(async () => {
    await world?.stop();
    world = undefined;
  });

  function callsOf(windows: Windows = [], options: { now?: () => number; client?: Client } = {}) {
    const freeze = { approval: 'leads', windows };
    return createFreezeCalls({ client: temporal.client, freeze, deadlineMs: 1_000, ...options });
  }
  async function assertNoAnswer(calls = callsOf(), reason = /run lockkeeper setup/) {
    const wave = { workflowId: 'w', runId: someRun, wave: 'wave-1', hotfix: false };
    for (const report of [await calls.readHolds({ hotfix: true }), await calls.openWave(wave)]) {
      assert.ok(!report.open && 'holds' in report, 'it is held');
      const [hold] = report.holds;
      assert.deepEqual([report.holds.length, hold?.kind, hold?.source], [1, 'no-answer', 'freeze']);
      assert.match(hold?.reason ?? '', reason);
    }
  }

  describe('to freeze', () => {
    it('are none when the configuration has no freeze', async () => {
      const calls = createFreezeCalls({ client: {} as Client, now: within });
      assert.deepEqual(await calls.readHolds({ hotfix: false }), { open: true, holds: [] });
      const opened = { open: true, openedAt: '2026-12-25T00:00:00.000Z' };
      const wave = { workflowId: 'w', runId: someRun, wave: 'wave-1', hotfix: false };
      assert.deepEqual(await calls.openWave(wave), opened);
    });

    it('hold everything while it does not run', () => assertNoAnswer(callsOf(), /does not run/));

    it('hold everything while Temporal is not there', async () => {
      const connection = Connection.lazy({ address: '127.0.0.1:1' });
      await assertNoAnswer(callsOf([], { client: new Client({ connection }) }), /does not answer/);
      await connection.close();
    });

    for (const [what, type, ended] of [
      ['no worker answers for it', workflowTypes.freeze, false],
      ['another workflow has its id', workflowTypes.promotionQueue, false],
      ['it was terminated', workflowTypes.freeze, true],
    ] as const)
      it(`hold everything while ${what}`, async () => {
        const taskQueue = ended || type === workflowTypes.promotionQueue ? testQueue : nobody;
        const args = [{ policy: leadsPolicy, runLinkBase: '' }];
        const run = await temporal.client.workflow.start(type, { workflowId: freezeId, taskQueue, args });
        if (ended) await run.terminate();
        await assertNoAnswer();
        if (!ended) await run.terminate();
      });

    it('tell the holds of people and of the calendar together, until when both are over', async () => {
      world = await startFreeze(temporal);
      const windows = [
        window(),
        window({ name: 'weekend', from: '2027-01-03T00:00', to: '2027-01-05T00:00' }),
      ];
      const calls = callsOf(windows, { now: within });
      const calendar = {
        kind: 'calendar',
        source: 'change-stop',
        reason: 'holidays',
        until: '2027-01-05T00:00:00.000Z',
      };
      assert.deepEqual(await calls.readHolds({ hotfix: false }), { open: false, holds: [calendar] });
      assert.deepEqual(await calls.readHolds({ hotfix: true }), { open: true, holds: [] });
      await world.hold();
      const { holds } = await calls.readHolds({ hotfix: false });
      assert.deepEqual(
        holds.map(({ kind, source }) => [kind, source]),
        [
          ['person', 'dana'],
          ['calendar', 'change-stop'],
        ],
      );
    });

    it('say for whom they look, so that this run hears of a change', async () => {
      world = await startFreeze(temporal);
      await world.hold();
      const workflowExecution = { workflowId: agentPromotionId('main', '77'), runId: someRun };
      await new MockActivityEnvironment({ workflowExecution }).run(() =>
        callsOf().readHolds({ hotfix: false }),
      );
      const { handle } = world;
      await waitUntil('the signal', 5_000, async () => {
        const { events } = await handle.fetchHistory();
        const names = events?.map((event) => event.workflowExecutionSignaledEventAttributes?.signalName);
        return names?.includes('watchHolds') || undefined;
      });
    });

    it('begin a wave, outside of every window or for an exception, and once for good', async () => {
      world = await startFreeze(temporal);
      const wave = { workflowId: 'w', runId: someRun, wave: 'wave-1', hotfix: false };
      const [openCalls, windowCalls] = [callsOf(), callsOf([window()], { now: within })];
      assert.equal((await windowCalls.openWave(wave)).open, false);
      const opened = await openCalls.openWave(wave);
      assert.equal(opened.open, true);
      assert.deepEqual(await windowCalls.openWave(wave), opened);
      const second = { ...wave, wave: 'wave-2' };
      assert.equal((await windowCalls.openWave({ ...second, overrideRequestId: 'e1' })).open, true);
      assert.equal((await windowCalls.openWave({ ...wave, wave: 'wave-3', hotfix: true })).open, true);
      await world.hold();
      assert.equal((await openCalls.openWave({ ...wave, wave: 'wave-4' })).open, false);
      await assertFails(() => openCalls.openWave({ ...wave, wave: '' }), 'InvalidInput');
    });
  });

  it('setup starts freeze, and tells the running one its rules', async () => {
    const config = { ...configOf(), ...leadsConfig };
    assert.equal(await ensureFreeze(temporal.client, config), 'started');
    assert.equal(await ensureFreeze(temporal.client, config), 'told its rules');
    assert.deepEqual(await callsOf().readHolds({ hotfix: false }), { open: true, holds: [] });
    await temporal.client.workflow.getHandle(freezeId).terminate();
  });

  describe('findOverdueReviews', () => {
    const lookups = () => createLookups(temporal.client);
    const startReview = (requestId: string, person: string, phase: string) =>
      temporal.client.workflow.start(workflowTypes.overrideReview, {
        workflowId: overrideReviewId(requestId),
        taskQueue: nobody,
        typedSearchAttributes: [
          { key: attributes.target, value: person },
          { key: attributes.phase, value: phase },
        ],
      });

    it('finds those of this person that run and are overdue', async () => {
      const runs = [
        await startReview('r1', 'dana', 'overdue'),
        await startReview('r2', 'dana', 'waiting'),
        await startReview('r3', 'lee', 'overdue'),
        await startReview('r4', 'dana', 'overdue'),
      ];
      await runs[3]?.terminate();
      let found: readonly string[] = [];
      // visibility is late
      while (!(found.length === 1 && found[0] === overrideReviewId('r1')))
        found = await lookups().findOverdueReviews({ person: 'dana' });
      await Promise.all(runs.slice(0, 3).map((run) => run.terminate()));
    });

    it('takes a name and nothing else', () =>
      assertFails(() => lookups().findOverdueReviews({ person: "x' OR LkPhase='overdue" }), 'InvalidInput'));
  });

  describe('readLastOutcome', () => {
    const workflowId = agentPromotionId('main', '5001');
    const read = () => createLookups(temporal.client).readLastOutcome({ workflowId });
    const start = (taskQueue: string) =>
      temporal.client.workflow.start(workflowTypes.agentPromotion, {
        workflowId,
        taskQueue,
        args: [{ site: 'main', issueId: '5001', policy }],
      });

    it('is the result of the newest run that came to its end', async () => {
      assert.equal(await read(), null);
      const { stubs } = createPromotionWorld({ issueId: '5001', status: 'done', statusName: 'Done' });
      registerStubs(workflowId, stubs);
      const first = await start(testQueue);
      await first.result();
      // visibility is late
      while ((await read())?.outcome !== 'nothing-to-do') continue;
      const second = await start(nobody);
      assert.equal((await read())?.outcome, 'nothing-to-do');
      await second.terminate();
      assert.equal((await read())?.outcome, 'nothing-to-do');
    });

    it('takes the id of a promotion and nothing else', () =>
      assertFails(
        () => createLookups(temporal.client).readLastOutcome({ workflowId: "x' OR WorkflowId='y" }),
        'InvalidInput',
      ));

    it('is Unavailable while Temporal is not there', async () => {
      const connection = Connection.lazy({ address: '127.0.0.1:1' });
      const client = new Client({ connection });
      const soon = <T>(run: () => Promise<T>) => client.withDeadline(Date.now() + 500, run);
      const lookups = createLookups(client);
      await assertFails(() => soon(() => lookups.readLastOutcome({ workflowId })), 'Unavailable');
      await assertFails(() => soon(() => lookups.findOverdueReviews({ person: 'dana' })), 'Unavailable');
      await connection.close();
    });
  });
});
