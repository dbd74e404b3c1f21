import assert from 'node:assert/strict';
import { status } from '../../workflows/agent-promotion/messages.ts';
import {
  incidentChanged,
  pauseLink,
  reprocess,
  resync,
  unlink,
} from '../../workflows/incident-sync/messages.ts';
import { comment } from '../policy/incident-sync/pair.ts';
import { eventually } from '../support/approval-world.ts';
import { createIncidentWorld, incidentPolicy, type IncidentWorld } from '../support/incident-stubs.ts';
import { startTimeSkipping, type TimeSkippingWorld } from '../support/time-skipping.ts';

describe('incidentSync', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  let world: IncidentWorld;

  before(async () => void (temporal = await startTimeSkipping()));
  after(() => temporal.stop());
  beforeEach(() => void (world = createIncidentWorld(temporal)));
  afterEach(() => world.stop());

  const waitingOn = async () => (await world.handle.query(status)).waitingOn;
  const waits = (code: string) => eventually(async () => (await waitingOn()) === code || undefined);
  /** Linked, and nothing left to write. */
  async function atRest() {
    await world.start();
    await world.synced(2);
    world.calls.length = 0;
  }
  /** One event, and everything that it caused. */
  async function calledAfter(act: () => void): Promise<readonly string[]> {
    const { syncs } = await world.view();
    act();
    await world.tell();
    await world.synced(syncs + 1);
    return world.calls.splice(0);
  }
  const edit = (side: 'case' | 'issue', fields: Record<string, string>) => () => {
    world[side] = { ...world[side], fields: { ...world[side].fields, ...fields } } as never;
  };

  it('links the issue that the tag names, that it was given, or makes one (B2, B3)', async () => {
    world.case = { ...world.case, issueTag: 'aws-main/10077' };
    await world.start();
    await world.synced(2);
    assert.deepEqual(world.calls, ['tieIssue 10077']);
    const given = createIncidentWorld(temporal);
    await given.start({ issueId: '10078' });
    await given.synced(2);
    assert.deepEqual(given.calls, ['tieIssue 10078']);
    await given.stop();
    const foreign = createIncidentWorld(temporal);
    foreign.case = { ...foreign.case, issueTag: 'aws-other/10077' };
    await foreign.start();
    await foreign.synced(2);
    assert.deepEqual(foreign.calls, ['ensureIssue']);
    await foreign.stop();
  });

  it('writes a change once, to the other side, and no echo of it', async () => {
    await atRest();
    assert.deepEqual(await calledAfter(edit('case', { title: 'new' })), ['writeFields issue title']);
    assert.deepEqual(await calledAfter(edit('issue', { title: 'newer' })), ['writeFields case title']);
    assert.deepEqual(await calledAfter(() => undefined), []);
    assert.deepEqual([world.case.fields['title'], world.kept], ['newer', []]);
  });

  it('copies comments in order, and a status by its map', async () => {
    await atRest();
    const calls = await calledAfter(() => {
      const [first, second] = [comment('1'), comment('2', { createdAt: '2026-11-23T10:01:00Z' })];
      world.issue = { ...world.issue, status: 'In Review', comments: [second] };
      world.case = { ...world.case, comments: [first] };
    });
    assert.deepEqual(calls, [
      'moveCase Post-incident Activities',
      'copyComment create case 1',
      'copyComment create issue 2',
    ]);
    assert.deepEqual(await calledAfter(() => undefined), []);
  });

  it('parks a step alone, with its reason; the rest flows, and it is tried again when asked', async () => {
    await atRest();
    world.failures.writeFields = ['PermissionDenied', 'PermissionDenied'];
    const calls = await calledAfter(() => {
      edit('case', { title: 'new' })();
      world.case = { ...world.case, comments: [comment('1')] };
    });
    assert.deepEqual(calls, ['writeFields issue title', 'copyComment create case 1']);
    await waits('incident:PermissionDenied');
    const [parked] = (await world.view()).parked;
    assert.deepEqual(
      [parked?.name, parked?.reason, parked?.tries],
      ['fields-to-issue', 'PermissionDenied: it is PermissionDenied', 1],
    );
    await world.handle.signal(reprocess, {});
    await world.until(({ parked: [one] }) => one?.tries === 2);
    await world.handle.signal(reprocess, {});
    await world.until(({ parked: all }) => all.length === 0);
    assert.equal(world.issue.fields['title'], 'new');
    await waits('');
  });

  it('repeats while a vendor is down, and keeps what it cannot read parked', async () => {
    world.failures.readCase = ['Unavailable', 'Unavailable'];
    world.failures.readIssue = ['PermissionDenied'];
    await world.start();
    // the issue is made, and cannot be read: nothing is linked
    await world.until(({ parked: [one] }) => one?.name === 'read');
    assert.equal((await world.view()).issueKey, null);
    await world.handle.signal(reprocess, {});
    await world.synced(2);
    assert.deepEqual((await world.view()).parked, []);
  });

  it('does nothing while the link is paused, and all of it afterwards', async () => {
    await atRest();
    await world.handle.signal(pauseLink, { paused: true, by: 'sam', reason: 'x' });
    edit('case', { title: 'new' })();
    await world.tell();
    await waits('paused');
    assert.deepEqual(world.calls, []);
    await world.handle.signal(pauseLink, { paused: false, by: 'sam', reason: 'x' });
    await eventually(async () => world.calls.length > 0 || undefined);
    assert.deepEqual(world.calls, ['writeFields issue title']);
  });

  it('does nothing while its connection is paused, until it is told to go on', async () => {
    await atRest();
    world.paused = true;
    edit('issue', { title: 'new' })();
    await world.tell();
    await waits('paused');
    world.paused = false;
    assert.deepEqual(world.calls, []);
    await world.tell({ event: 'resumed', side: 'both' });
    await eventually(async () => world.calls.length > 0 || undefined);
    assert.deepEqual(world.calls, ['writeFields case title']);
  });

  it('takes a delivery once, and counts what is malformed', async () => {
    await atRest();
    const { syncs } = await world.view();
    for (const payload of [
      { deliveryId: 'one', event: 'Case Updated', side: 'case' },
      { deliveryId: 'one', event: 'Case Updated', side: 'case' },
      ...[{}, 'x', { deliveryId: 'two', event: 'x', side: 'elsewhere' }, { deliveryId: 'three' }],
      { deliveryId: 'four', event: 'x', side: 'case', policy: { fields: 'none' } },
      { deliveryId: 'five', event: 'x', side: 'case', issueId: '../1' },
    ])
      await world.handle.signal(incidentChanged, payload);
    await world.handle.signal(pauseLink, { paused: 'yes' });
    await world.synced(syncs + 1);
    await world.tell();
    await world.synced(syncs + 2);
    assert.equal((await world.view()).syncs, syncs + 2);
    assert.equal((await world.handle.query(status)).ignored, 7);
  });

  it('rebuilds a base when asked to: what differs is a conflict, and both values are kept', async () => {
    await atRest();
    world.case = { ...world.case, issueTag: 'aws-main/10001' };
    edit('case', { title: 'one' })();
    edit('issue', { title: 'two' })();
    await world.handle.signal(resync, { by: 'sam', reason: 'the base was lost' });
    await eventually(async () => world.kept.length > 0 || undefined);
    assert.deepEqual([world.kept, world.issue.fields['title']], [['title=two'], 'one']);
  });

  it('ends when it is unlinked', async () => {
    await atRest();
    await world.handle.signal(unlink, { by: 'sam', reason: 'x' });
    assert.deepEqual(await world.handle.result(), { outcome: 'unlinked' });
    assert.deepEqual(world.calls, ['untieIssue']);
  });

  for (const [what, part, outcome] of [
    ['AWS does not know', { found: false }, 'no such case'],
    ['no route takes', { route: '' }, 'its route gives it no issue'],
  ] as const)
    it(`ends for a case that ${what}`, async () => {
      world.case = { ...world.case, ...part };
      await world.start();
      assert.deepEqual(await world.handle.result(), { outcome });
      assert.deepEqual(world.calls, []);
    });

  it('refuses a policy that it could not work by', async () => {
    await world.start({ policy: { ...incidentPolicy, fields: 'all' } as never });
    await assert.rejects(world.handle.result(), (error: Error & { cause?: Error }) =>
      /policy is malformed/.test(error.cause?.message ?? ''),
    );
  });
});
