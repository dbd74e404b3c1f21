import assert from 'node:assert/strict';
import { status } from '../../workflows/agent-promotion/messages.ts';
import { requests } from '../../workflows/approval/messages.ts';
import { comment } from '../policy/incident-sync/pair.ts';
import { eventually } from '../support/approval-world.ts';
import { createIncidentWorld, type IncidentWorld } from '../support/incident-stubs.ts';
import { startRealServer, type RealServerWorld } from '../support/real-server.ts';

describe('incidentSync with a long history', function () {
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

  it('asks again in a new run what nobody has answered', async () => {
    await world.start({ maxHistoryLength: 80 });
    await world.synced(2);
    world.case = { ...world.case, fields: { ...world.case.fields, description: 'one' } };
    world.issue = { ...world.issue, fields: { ...world.issue.fields, description: 'two' } };
    await world.tell({ side: 'both' });
    const first = await world.openRequest();
    const { runId } = await world.handle.describe();
    for (let times = 4; times < 18; times += 1) {
      await world.tell();
      await world.synced(times);
    }
    await eventually(async () => (await world.handle.describe()).runId !== runId || undefined);
    await world.tell();
    const again = await world.openRequest();
    assert.notEqual(again.requestId, first.requestId);
    assert.equal((await world.handle.query(requests)).length, 1);
    await world.say(again, { choice: 'case' });
    await eventually(async () => world.issue.fields['description'] === 'one' || undefined);
    assert.equal((await world.handle.query(status)).process, 'incident-sync');
  });
});
