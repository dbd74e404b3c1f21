import assert from 'node:assert/strict';
import type { CaseSweep, IncidentPort } from '../../activities/incidents/port.ts';
import { status } from '../../workflows/agent-promotion/messages.ts';
import { requests } from '../../workflows/approval/messages.ts';
import { pauseLink } from '../../workflows/incident-sync/messages.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { workflowTypes } from '../../workflows/shared/names.ts';
import { comment } from '../policy/incident-sync/pair.ts';
import { eventually } from '../support/approval-world.ts';
import { startPass } from '../support/incident-passes.ts';
import { createIncidentWorld, type IncidentWorld } from '../support/incident-stubs.ts';
import { startRealServer, type RealServerWorld } from '../support/real-server.ts';

describe('incidents over many runs', function () {
  this.timeout(60_000);
  let temporal: RealServerWorld;
  let world: IncidentWorld;

  before(async () => void (temporal = await startRealServer()));
  after(() => temporal.stop());
  beforeEach(() => void (world = createIncidentWorld(temporal)));
  afterEach(() => world.stop());

  it('goes on in a new run with all that it knew', async () => {
    await world.start({ maxHistoryLength: 60 });
    await world.synced(2);
    const { runId } = await world.handle.describe();
    world.case = { ...world.case, comments: [comment('1')] };
    world.failures.writeFields = Array.from({ length: 20 }, () => 'PermissionDenied' as const);
    world.issue = { ...world.issue, fields: { ...world.issue.fields, title: 'new' } };
    for (let times = 3; times < 9; times += 1) {
      await world.tell();
      await world.synced(times);
    }
    await eventually(async () => (await world.handle.describe()).runId !== runId || undefined);
    const { link, parked, syncs } = await world.view();
    assert.deepEqual([link?.comments.length, parked.length, syncs >= 8], [1, 1, true]);
    assert.equal(world.calls.filter((call) => call.startsWith('copyComment')).length, 1);
    assert.equal(world.calls.filter((call) => call === 'ensureIssue').length, 1);
  });

  it('carries pauses, deliveries, and whose copy is whose', async () => {
    await world.start({ maxHistoryLength: 60 });
    await world.synced(2);
    const { runId } = await world.handle.describe();
    world.case = { ...world.case, comments: [comment('1')] };
    await world.tell({ deliveryId: 'once' });
    for (let times = 4; times < 8; times += 1) {
      await world.synced(times - 1);
      await world.tell();
    }
    await world.handle.signal(pauseLink, { paused: true, by: 'sam', reason: 'x' });
    for (let times = 0; times < 20; times += 1) await world.tell();
    await eventually(async () => (await world.handle.describe()).runId !== runId || undefined);
    world.calls.length = 0;
    world.case = { ...world.case, comments: [comment('1', { hash: 'edited' })] };
    await world.tell();
    const { paused, syncs } = await world.view();
    assert.deepEqual([paused, world.calls], [true, []]);
    await world.handle.signal(pauseLink, { paused: false, by: 'sam', reason: 'x' });
    await world.synced(syncs + 1);
    assert.deepEqual(world.calls, ['copyComment edit case 1']);
    await world.tell({ deliveryId: 'once' });
    await world.tell();
    await world.synced(syncs + 2);
    assert.deepEqual([(await world.view()).syncs, world.calls.length], [syncs + 2, 1]);
  });

  it('asks again in a new run what nobody has answered', async () => {
    await world.start({ maxHistoryLength: 80 });
    await world.synced(2);
    world.case = { ...world.case, fields: { ...world.case.fields, description: 'one' } };
    world.issue = { ...world.issue, fields: { ...world.issue.fields, description: 'two' } };
    await world.tell({ side: 'both' });
    const first = await world.openRequest();
    const { runId } = await world.handle.describe();
    // a run with an open question goes on twice as long
    const isSame = async () => (await world.handle.describe()).runId === runId;
    for (let times = 4; (await isSame()) && times < 60; times += 1) {
      await world.tell();
      await world.synced(times);
    }
    assert.equal(await isSame(), false);
    await world.tell();
    const again = await world.openRequest();
    assert.notEqual(again.requestId, first.requestId);
    assert.equal((await world.handle.query(requests)).length, 1);
    await world.say(again, { choice: 'case' });
    await eventually(async () => world.issue.fields['description'] === 'one' || undefined);
    assert.equal((await world.handle.query(status)).process, 'incident-sync');
  });

  describe('incidentSweep', () => {
    const listed: CaseSweep = { changed: [], listed: 1, open: 1, calls: 1 };
    const caseId = '1000000001';
    const startSweep = (port: Partial<IncidentPort>) =>
      startPass(
        temporal,
        workflowTypes.incidentSweep,
        { connection: 'aws-main' },
        { cronSchedule: '@every 1s', port },
      );

    it('tells of a change once, however often it finds it, and of the next one again', async () => {
      const began = Date.now();
      const minutesAgo = (minutes: number) => new Date(began - minutes * 60_000).toISOString();
      let passes = 0;
      const issue = { issueId: '1', issueKey: 'INC-1', found: true, caseId: null, notEligible: null };
      const { handle, sides } = await startSweep({
        async sweepCases() {
          passes += 1;
          const updatedAt = minutesAgo(passes < 3 ? 5 : 4);
          return { ...listed, changed: [{ caseId, updatedAt, closed: false }] };
        },
        sweepIssues: async () => ({ issues: [{ ...issue, updatedAt: minutesAgo(5) }] }),
      });
      await eventually(async () => passes >= 5 || undefined);
      await handle.terminate();
      assert.deepEqual(sides.told, [`cases ${caseId} sweep`, 'issues 1', `cases ${caseId} sweep`]);
    });

    it('looks back from the last whole pass: one that failed is made up for', async () => {
      const since: (string | null)[] = [];
      const { handle, sides } = await startSweep({
        async sweepCases(input) {
          since.push(input.since);
          if (since.length === 2) throw createFailure('PermissionDenied', 'list cases: page 3: no');
          return listed;
        },
      });
      await eventually(async () => since.length >= 4 || undefined);
      await handle.terminate();
      const [one, two, three, four] = since;
      assert.deepEqual([one, typeof two, three], [null, 'string', two]);
      assert.notEqual(four, three);
      assert.deepEqual(sides.told, []);
    });

    it('does not look at every pass while no case is open (S-42)', async () => {
      let looks = 0;
      const { handle } = await startSweep({
        async sweepCases() {
          looks += 1;
          return { ...listed, open: 0 };
        },
      });
      const runs = new Set<string>();
      await eventually(async () => runs.add((await handle.describe()).runId).size >= 4 || undefined);
      await handle.terminate();
      assert.equal(looks, 1);
    });
  });
});
