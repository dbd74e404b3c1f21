import assert from 'node:assert/strict';
import type { IncidentPort } from '../../activities/incidents/port.ts';
import { resume, status } from '../../workflows/agent-promotion/messages.ts';
import { pauseLink, reprocess, resync, unlink } from '../../workflows/incident-sync/messages.ts';
import { createFailure, type FailureType } from '../../workflows/shared/failures.ts';
import { comment } from '../policy/incident-sync/pair.ts';
import { eventually } from '../support/approval-world.ts';
import {
  createIncidentWorld,
  incidentCalls,
  incidentPolicy,
  incidentPort,
  type IncidentWorld,
} from '../support/incident-stubs.ts';
import { registerStubs } from '../support/stub-activities.ts';
import { startTimeSkipping, type TimeSkippingWorld } from '../support/time-skipping.ts';

describe('incidentSync in trouble', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  let world: IncidentWorld;

  before(async () => void (temporal = await startTimeSkipping()));
  after(() => temporal.stop());
  beforeEach(() => void (world = createIncidentWorld(temporal)));
  afterEach(() => world.stop());

  const waitingOn = async () => (await world.handle.query(status)).waitingOn;
  const waits = (code: string) => eventually(async () => (await waitingOn()) === code || undefined);
  const often = (type: FailureType, times = 500) => Array.from({ length: times }, () => type);
  const edit = (side: 'case' | 'issue', fields: Record<string, string>) => {
    world[side] = { ...world[side], fields: { ...world[side].fields, ...fields } } as never;
  };
  async function atRest(part: Parameters<IncidentWorld['start']>[0] = {}) {
    await world.start(part);
    await world.synced(2);
    world.calls.length = 0;
  }
  /** One event, and everything that it caused. */
  async function calledAfterEvent(part: Parameters<IncidentWorld['tell']>[0] = {}) {
    const { syncs } = await world.view();
    await world.tell(part);
    await world.synced(syncs + 1);
    return world.calls.splice(0);
  }
  /** Verbs that do something else than what the sides' own do. */
  function replace(port: Partial<IncidentPort>) {
    registerStubs(world.workflowId, {
      ...world.stubs,
      temporal: { ...world.stubs.temporal, ...incidentCalls(world) },
      'aws-incident': { ...incidentPort(world), ...port },
    });
  }

  for (const verb of ['readCase', 'readIssue', 'writeFields'] as const)
    it(`shows that a vendor is down, waits for it, and goes on by itself: ${verb}`, async () => {
      await atRest();
      edit('case', { title: 'new' });
      world.failures[verb] = often('Unavailable');
      await world.tell();
      await temporal.env.sleep('40m');
      assert.equal(await waitingOn(), 'incident:Unavailable');
      world.failures[verb] = [];
      await temporal.env.sleep('6m');
      await world.synced(3);
      assert.deepEqual([world.issue.fields['title'], (await world.view()).parked], ['new', []]);
      await waits('');
    });

  it('waits for a rejected credential to be mended, and goes on when it is told so', async () => {
    await atRest();
    world.failures.writeFields = ['CredentialRejected'];
    edit('case', { title: 'new' });
    await world.tell();
    await waits('incident:CredentialRejected');
    await world.handle.signal(resume, {});
    await world.synced(3);
    assert.deepEqual([world.issue.fields['title'], (await world.view()).parked], ['new', []]);
  });

  it('takes a write that arrived without an answer for its own, whatever is written next', async () => {
    await atRest();
    const port = incidentPort(world);
    replace({
      async writeFields(input) {
        await port.writeFields(input);
        throw createFailure('PermissionDenied', 'it was written all the same');
      },
    });
    edit('case', { title: 'two' });
    await world.tell();
    await world.until(({ parked }) => parked.length === 1);
    assert.equal(world.issue.fields['title'], 'two');
    replace({});
    edit('case', { title: 'three' });
    await world.tell();
    await world.until(({ parked }) => parked.length === 0);
    assert.deepEqual([world.issue.fields['title'], world.kept], ['three', []]);
  });

  it('takes a walk that broke off half-way for no move of a person', async () => {
    world.case = { ...world.case, status: 'Submitted' };
    world.issue = { ...world.issue, status: 'To Do' };
    await atRest();
    replace({
      async moveCase({ path }) {
        world.case = { ...world.case, status: path[0] ?? 'Submitted' };
        throw createFailure('PermissionDenied', 'the second hop is refused');
      },
    });
    world.issue = { ...world.issue, status: 'In Review' };
    await world.tell({ side: 'issue' });
    await world.until(({ parked }) => parked.length === 1);
    assert.equal(world.case.status, 'Detection and Analysis');
    replace({});
    await world.handle.signal(reprocess, {});
    await world.until(({ parked }) => parked.length === 0);
    assert.deepEqual([world.case.status, world.issue.status], ['Post-incident Activities', 'In Review']);
  });

  it('shows a status that the map does not have, until it has another one', async () => {
    await atRest();
    world.issue = { ...world.issue, status: 'Waiting for Godot' };
    assert.deepEqual(await calledAfterEvent({ side: 'issue' }), ['writeNote status-held']);
    assert.deepEqual(await calledAfterEvent({ side: 'issue' }), []);
    await waits('status:unmapped');
    world.issue = { ...world.issue, status: 'In Review' };
    assert.deepEqual(await calledAfterEvent({ side: 'issue' }), ['moveCase Post-incident Activities']);
    await waits('');
  });

  it('goes by the newest rules of its own connection', async () => {
    await atRest();
    world.case = { ...world.case, comments: [comment('1')] };
    const policy = { ...incidentPolicy, comments: 'off' as const };
    assert.deepEqual(await calledAfterEvent({ policy }), []);
    const foreign = { ...incidentPolicy, connection: 'aws-other' };
    assert.deepEqual(await calledAfterEvent({ policy: foreign }), []);
    assert.deepEqual(await calledAfterEvent({ policy: incidentPolicy }), ['copyComment create case 1']);
  });

  it('finds the copies again when its base is rebuilt: none is made twice', async () => {
    await atRest();
    world.case = { ...world.case, issueTag: 'aws-main/10001', comments: [comment('1')] };
    world.issue = { ...world.issue, comments: [comment('2')] };
    assert.equal((await calledAfterEvent()).length, 2);
    const { syncs } = await world.view();
    await world.handle.signal(resync, { by: 'sam', reason: 'the base was lost' });
    await world.synced(syncs + 2);
    // of each copy the text is looked over, once
    assert.deepEqual(
      [world.calls, (await world.view()).link?.comments.length],
      [['tieIssue 10001', 'copyComment edit case 1', 'copyComment edit issue 2'], 2],
    );
  });

  it('forgets an issue that somebody names when it has one', async () => {
    await atRest();
    await calledAfterEvent({ issueId: '10099' });
    world.case = { ...world.case, issueTag: 'aws-main/10001' };
    const { syncs } = await world.view();
    await world.handle.signal(resync, { by: 'sam', reason: 'the base was lost' });
    await world.synced(syncs + 2);
    assert.deepEqual(world.calls, ['tieIssue 10001']);
  });

  it('looks once for a comparison that cannot be answered', async () => {
    await atRest();
    let reads = 0;
    replace({
      async readCase() {
        reads += 1;
        throw createFailure('PermissionDenied', 'no');
      },
    });
    await world.tell({ deliveryId: 'drift:1', event: 'drift', side: 'both' });
    await temporal.env.sleep('1m');
    assert.deepEqual([reads, await waitingOn()], [1, 'incident:PermissionDenied']);
  });

  it('links nothing, and tells nobody anything, because of a comparison that only compares', async () => {
    world.failures.ensureIssue = ['PermissionDenied'];
    await world.start();
    await world.until(({ parked }) => parked.length === 1);
    world.calls.length = 0;
    await world.tell({ deliveryId: 'drift:1', event: 'compare', side: 'both' });
    await world.until(({ drift }) => drift?.deliveryId === 'drift:1');
    assert.deepEqual(world.calls, []);
  });

  it('tells no case of a deleted issue because of a comparison that only compares', async () => {
    await atRest();
    world.issue = { ...world.issue, found: false, gone: 'deleted' };
    await world.tell({ deliveryId: 'drift:1', event: 'compare', side: 'both' });
    await world.until(({ drift }) => drift?.deliveryId === 'drift:1');
    await world.synced(3);
    assert.deepEqual([world.calls, world.vendors.notices], [[], []]);
  });

  it('is unlinked while it is paused', async () => {
    await atRest();
    await world.handle.signal(pauseLink, { paused: true, by: 'sam', reason: 'x' });
    await world.handle.signal(unlink, { by: 'sam', reason: 'x' });
    assert.deepEqual(await world.handle.result(), { outcome: 'unlinked' });
    assert.deepEqual(world.calls, ['untieIssue']);
  });

  it('stays when what it wrote on the issue cannot be taken off, and says why', async () => {
    await atRest();
    world.failures.untieIssue = ['PermissionDenied'];
    await world.handle.signal(unlink, { by: 'sam', reason: 'x' });
    await waits('incident:PermissionDenied');
    await world.handle.signal(unlink, { by: 'sam', reason: 'x' });
    assert.deepEqual(await world.handle.result(), { outcome: 'unlinked' });
  });

  it('ends some days after its case was closed, though its issue cannot be seen any more', async () => {
    await atRest({ policy: { ...incidentPolicy, tailDays: 1 } });
    world.issue = { ...world.issue, found: false, gone: 'invisible' };
    world.case = { ...world.case, status: 'Closed' };
    await world.tell();
    await waits('incident:PermissionDenied');
    await temporal.env.sleep('31h');
    const { status: how } = await world.handle.describe();
    assert.equal(how.name, 'COMPLETED');
  });
});
