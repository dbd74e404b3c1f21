import assert from 'node:assert/strict';
import { status } from '../../workflows/agent-promotion/messages.ts';
import { holds, incidentHold } from '../../workflows/freeze/messages.ts';
import { comment } from '../policy/incident-sync/pair.ts';
import { eventually } from '../support/approval-world.ts';
import { startFreeze } from '../support/freeze-world.ts';
import {
  createIncidentWorld,
  incidentPolicy,
  incidentPort,
  type IncidentWorld,
} from '../support/incident-stubs.ts';
import { startTimeSkipping, type TimeSkippingWorld } from '../support/time-skipping.ts';

describe('incidentSync and people', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  let world: IncidentWorld;

  before(async () => void (temporal = await startTimeSkipping()));
  after(() => temporal.stop());
  beforeEach(() => void (world = createIncidentWorld(temporal)));
  afterEach(() => world.stop());

  const waitingOn = async () => (await world.handle.query(status)).waitingOn;
  const titles = () => world.vendors.notices.map(({ title }) => title);
  const told = (part: RegExp) =>
    eventually(async () => titles().some((title) => part.test(title)) || undefined);
  async function atRest() {
    await world.start();
    await world.synced(2);
    world.calls.length = 0;
  }
  /** Both sides changed the same field, whose conflicts are asked about. */
  async function inConflict() {
    await atRest();
    world.case = { ...world.case, fields: { ...world.case.fields, description: 'of AWS' } };
    world.issue = { ...world.issue, fields: { ...world.issue.fields, description: 'of Jira' } };
    await world.tell({ side: 'both' });
    return world.openRequest();
  }

  it('asks which of two values counts, and writes what a person says', async () => {
    const request = await inConflict();
    const { evidence } = request;
    assert.deepEqual(
      [evidence.kind, evidence.subject['field'], evidence.choices?.map(({ id }) => id)],
      ['incident-conflict', 'description', ['case', 'issue']],
    );
    // values stay where they are
    assert.doesNotMatch(JSON.stringify([evidence.title, evidence.facts, evidence.links]), /of AWS|of Jira/);
    assert.deepEqual([world.calls, (await world.view()).conflicts], [[], ['description']]);
    await eventually(async () => (await waitingOn()) === 'person:devops' || undefined);
    await world.say(request, { choice: 'issue' });
    await eventually(async () => world.calls.length > 0 || undefined);
    assert.deepEqual([world.calls, world.kept], [['writeFields case description'], ['description=of AWS']]);
    await world.until(({ conflicts }) => conflicts.length === 0);
    await eventually(async () => (await waitingOn()) === '' || undefined);
  });

  it('leaves both when that is rejected, until one of them changes', async () => {
    const request = await inConflict();
    await world.say(request, { verb: 'reject', reason: 'both are right' });
    await world.tell({ side: 'both' });
    const { syncs } = await world.view();
    await world.tell({ side: 'both' });
    await world.synced(syncs + 1);
    assert.deepEqual([world.calls, (await world.view()).conflicts], [[], ['description']]);
    world.issue = { ...world.issue, fields: { ...world.issue.fields, description: 'of AWS' } };
    await world.tell({ side: 'issue' });
    await world.until(({ conflicts }) => conflicts.length === 0);
  });

  it('asks anew when a value changes before anybody has said anything', async () => {
    const first = await inConflict();
    world.case = { ...world.case, fields: { ...world.case.fields, description: 'of AWS, again' } };
    await world.tell({ side: 'case' });
    const second = await eventually(async () => {
      const open = await world.openRequest();
      return open.requestId === first.requestId ? undefined : open;
    });
    await world.say(first, { choice: 'issue' });
    await world.say(second, { choice: 'case' });
    await eventually(async () => world.calls.length > 0 || undefined);
    assert.deepEqual(world.calls, ['writeFields issue description']);
    assert.equal(world.issue.fields['description'], 'of AWS, again');
  });

  it('says so when a closed case’s issue is reopened, once', async () => {
    world.case = { ...world.case, status: 'Closed' };
    world.issue = { ...world.issue, status: 'Done', done: true };
    await atRest();
    world.issue = { ...world.issue, status: 'In Progress', done: false };
    for (const times of [3, 4]) {
      await world.tell({ side: 'issue' });
      await world.synced(times);
    }
    await told(/was reopened, but AWS case/);
    assert.equal(titles().length, 1);
    assert.deepEqual(world.calls, ['writeNote reopened-after-close']);
  });

  it('gives a reopened issue a new case, by policy, and its run to that', async () => {
    world.case = { ...world.case, status: 'Closed' };
    world.issue = { ...world.issue, status: 'Done', done: true };
    await world.start({ policy: { ...incidentPolicy, reopened: 'new-case' } });
    await world.synced(2);
    world.calls.length = 0;
    world.issue = { ...world.issue, status: 'In Progress', done: false };
    await world.tell({ side: 'issue' });
    assert.deepEqual(await world.handle.result(), { outcome: 'followed by case 2000000001' });
    assert.deepEqual(world.calls, [
      ...['writeNote reopened-after-close', 'createCase again', 'untieIssue keepTag'],
    ]);
    assert.deepEqual(world.told, ['case 2000000001 reopened both 10001']);
  });

  it('ends for a closed case whose issue has another one by now', async () => {
    world.case = { ...world.case, status: 'Closed', issueTag: 'aws-main/10001' };
    world.failures.tieIssue = ['Conflict'];
    await world.start();
    assert.deepEqual(await world.handle.result(), { outcome: 'its issue has another case' });
  });

  for (const [policy, calls] of [
    ['comment', ['tellCase issue-deleted']],
    ['close', ['tellCase issue-deleted', 'moveCase Closed']],
  ] as const)
    it(`tells the case of a deleted issue once: ${policy} (X-12)`, async () => {
      await world.start({ policy: { ...incidentPolicy, deletedIssue: policy } });
      await world.synced(2);
      world.calls.length = 0;
      world.issue = { ...world.issue, found: false, gone: 'deleted' };
      for (const times of [3, 4]) {
        await world.tell({ side: 'issue' });
        await world.synced(times);
      }
      assert.deepEqual([world.calls, await waitingOn()], [[...calls], 'issue:deleted']);
      await told(/was deleted/);
    });

  it('takes an issue that it may not see for no deleted one, and goes on when it may (S-97)', async () => {
    await atRest();
    world.issue = { ...world.issue, found: false, gone: 'invisible' };
    await world.tell({ side: 'issue' });
    await eventually(async () => (await waitingOn()) === 'incident:PermissionDenied' || undefined);
    await told(/is not visible to Lockkeeper/);
    assert.deepEqual(world.calls, []);
    world.issue = {
      ...world.issue,
      found: true,
      gone: null,
      fields: { ...world.issue.fields, title: 'back' },
    };
    await world.tell({ side: 'issue' });
    await eventually(async () => world.calls.length > 0 || undefined);
    assert.deepEqual(world.calls, ['writeFields case title']);
    await world.until(({ gone, parked }) => gone === null && parked.length === 0);
  });

  it('tells the freeze of a severe case, and of its end', async () => {
    world.case = { ...world.case, severe: true };
    await atRest();
    await world.tell();
    await world.synced(3);
    world.case = { ...world.case, status: 'Closed' };
    await world.tell();
    await eventually(async () => world.told.length > 1 || undefined);
    assert.deepEqual(world.told, [`freeze ${world.workflowId}`, `freeze ${world.workflowId}`]);
  });

  it('answers a nightly comparison with what differs', async () => {
    await atRest();
    world.case = { ...world.case, fields: { ...world.case.fields, title: 'new' } };
    await world.tell({ deliveryId: 'drift:1', event: 'drift', side: 'both' });
    const found = await world.until(({ drift }) => drift);
    assert.deepEqual(found, { deliveryId: 'drift:1', differs: ['title'] });
    await world.tell({ deliveryId: 'drift:2', event: 'drift', side: 'both' });
    const next = await world.until(({ drift }) => drift?.deliveryId === 'drift:2' && drift);
    assert.deepEqual(next.differs, []);
    world.calls.length = 0;
    world.case = {
      ...world.case,
      fields: { ...world.case.fields, title: 'newer' },
      comments: [comment('1')],
    };
    await world.tell({ deliveryId: 'drift:3', event: 'compare', side: 'both' });
    const only = await world.until(({ drift }) => drift?.deliveryId === 'drift:3' && drift);
    assert.deepEqual([only.differs, world.calls], [['title', 'comments'], []]);
  });

  it('holds promotions by the case’s own word, and lets them go when it is over', async () => {
    const time = { ...temporal, now: () => temporal.env.currentTimeMs() };
    const freeze = await startFreeze(time, {}, { 'aws-incident': incidentPort(world) });
    try {
      const say = () => freeze.handle.signal(incidentHold, { workflowId: world.workflowId });
      await freeze.handle.signal(incidentHold, { workflowId: 'elsewhere' });
      // anybody can say so: the case denies it
      await say();
      await eventually(async () => (await freeze.handle.query(status)).phase === 'open' || undefined);
      world.severe = true;
      await say();
      const [hold] = await eventually(async () => {
        const standing = await freeze.handle.query(holds);
        return standing.length > 0 ? standing : undefined;
      });
      assert.deepEqual([hold?.kind, hold?.source, hold?.until], ['incident', world.workflowId, null]);
      const wave = await freeze.openWave('wave-1');
      assert.equal(wave.open, false);
      world.severe = false;
      await temporal.env.sleep('6m');
      await freeze.lifted();
      // severe again: it is held again
      world.severe = true;
      await say();
      await eventually(async () => (await freeze.handle.query(holds)).length > 0 || undefined);
      assert.equal((await freeze.say(await freeze.openRequest())).state, 'accepted');
      await freeze.lifted();
      // lifted by a person: for good
      await say();
      await temporal.env.sleep('6m');
      assert.deepEqual(await freeze.handle.query(holds), []);
    } finally {
      await freeze.stop();
    }
  });
});
