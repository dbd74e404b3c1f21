import assert from 'node:assert/strict';
import { comment } from '../policy/incident-sync/pair.ts';
import { eventually } from '../support/approval-world.ts';
import { createIncidentWorld, incidentPolicy, type IncidentWorld } from '../support/incident-stubs.ts';
import { startTimeSkipping, type TimeSkippingWorld } from '../support/time-skipping.ts';

describe('incidentSync over time', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  let world: IncidentWorld;

  before(async () => void (temporal = await startTimeSkipping()));
  after(() => temporal.stop());
  beforeEach(() => void (world = createIncidentWorld(temporal)));
  afterEach(() => world.stop());

  it('tries parked steps again by itself, and tells the channels once a day', async () => {
    await world.start();
    await world.synced(2);
    world.failures.writeFields = ['PermissionDenied', 'PermissionDenied'];
    world.case = { ...world.case, fields: { ...world.case.fields, title: 'new' } };
    await world.tell();
    await world.until(({ parked: [one] }) => one?.tries === 1);
    await temporal.env.sleep('7h');
    await world.until(({ parked: [one] }) => one?.tries === 2);
    await temporal.env.sleep('7h');
    await world.until(({ parked }) => parked.length === 0);
    assert.equal(world.issue.fields['title'], 'new');
    assert.deepEqual(
      world.vendors.notices.map(({ title, lines }) => [/1 steps/.test(title), lines.length]),
      [[true, 1]],
    );
  });

  it('reminds of what AWS waits for: the channels, the issue, and in the end who is on call', async () => {
    const direct: string[] = [];
    world.stubs.slack.tellPerson = async ({ person }) => {
      direct.push(person);
      return { told: true };
    };
    world.case = { ...world.case, pendingAction: 'Customer' };
    await world.start();
    await world.synced(2);
    world.calls.length = 0;
    await temporal.env.sleep('59m');
    assert.deepEqual(world.calls, []);
    await temporal.env.sleep('2m');
    await eventually(async () => world.calls.length === 1 || undefined);
    assert.deepEqual([world.calls, direct], [['writeNote customer-pending'], []]);
    await temporal.env.sleep('4h');
    await eventually(async () => direct.length > 0 || undefined);
    assert.deepEqual([world.calls.length, direct, world.vendors.notices.length], [2, ['sam'], 2]);
    // answered, and asked again: from the beginning
    world.case = { ...world.case, pendingAction: 'None' };
    const { syncs } = await world.view();
    await world.tell();
    await world.synced(syncs + 1);
    world.case = { ...world.case, pendingAction: 'Customer' };
    await world.tell();
    await world.synced(syncs + 2);
    await temporal.env.sleep('61m');
    await eventually(async () => world.calls.length === 3 || undefined);
  });

  it('ends some days after the case was closed, and listens until then', async () => {
    world.case = { ...world.case, status: 'Closed' };
    world.issue = { ...world.issue, status: 'Done', done: true };
    await world.start({ policy: { ...incidentPolicy, tailDays: 2 } });
    await world.synced(2);
    await temporal.env.sleep('47h');
    world.case = { ...world.case, comments: [comment('9')] };
    await world.tell();
    await eventually(async () => world.calls.includes('copyComment create case 9') || undefined);
    assert.deepEqual(await world.handle.result(), { outcome: 'closed' });
  });
});
