import assert from 'node:assert/strict';
import type { SecretEvent } from '../../workflows/secret-audit/messages.ts';
import { eventually } from '../support/approval-world.ts';
import { createSecretWorld, withSteps, type SecretWorld, type Steps } from '../support/secret-world.ts';
import { startTimeSkipping, type TimeSkippingWorld } from '../support/time-skipping.ts';

describe('secretChange', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  // a server each: what another run waits for would decide how far time goes
  beforeEach(async () => void (temporal = await startTimeSkipping()));
  afterEach(() => temporal.stop());

  async function start(rules: Readonly<Record<string, unknown>> = {}): Promise<SecretWorld> {
    return createSecretWorld(temporal, await temporal.env.currentTimeMs(), rules);
  }
  const approved: Steps = [[-30, 'sue', { status: 'Approved' }]];
  const later = (event: SecretEvent, seconds: number) =>
    new Date(Date.parse(event.eventTime) + seconds * 1000).toISOString().replace('.000', '');

  it('lets a change stand that was approved before it, and asks nobody', async () => {
    const world = await start();
    world.ticket('1', approved);
    const event = world.event('a');
    await world.deliver(event);
    const outcome = await world.result(event);
    assert.deepEqual(outcome.verdict, 'authorised');
    assert.deepEqual(world.verdicts(event), ['authorised']);
    assert.deepEqual(world.vendors.calls, []);
  });

  it('takes an event that is delivered three times once', async () => {
    const world = await start();
    world.ticket('1', approved);
    const event = world.event('a');
    for (let times = 0; times < 3; times += 1) await world.deliver(event);
    await world.result(event);
    await world.deliver(event);
    assert.deepEqual([world.looks, world.versions(event).length], [1, 1]);
  });

  it('waits for the minutes of grace, and finds an approval that was given in time and seen late', async () => {
    const world = await start();
    const event = world.event('a');
    await world.deliver(event);
    await world.standsAs(event, 'pending');
    const ticket = world.ticket('1', approved);
    await world.hint(ticket);
    assert.equal((await world.result(event)).verdict, 'authorised');
    assert.deepEqual(world.verdicts(event), ['pending', 'authorised']);
    assert.equal(world.ledger.tickets.at(-1)?.key, ticket.key);
  });

  it('gives a verdict when the grace is over, and it stays when the ticket is edited afterwards', async () => {
    const world = await start();
    const event = world.event('a');
    const ticket = world.ticket('1', approved, { secrets: 'arn:aws:secretsmanager:us-east-1:1:secret:x' });
    await world.deliver(event);
    assert.equal((await world.result(event)).verdict, 'no-ticket');
    const { arn } = event.secret ?? { arn: '' };
    const edited = withSteps(ticket, later(event, 3600), 'sue', { secrets: arn });
    world.tickets.splice(0, 1, edited);
    await world.hint(edited);
    await world.standsAs(event, 'wrong-ticket');
    await world.result(event);
    assert.deepEqual(world.verdicts(event), ['pending', 'no-ticket', 'wrong-ticket']);
  });

  it('counts an approval after the change apart, and never heals the change by it', async () => {
    const world = await start();
    const event = world.event('a');
    const ticket = world.ticket('1', []);
    await world.deliver(event);
    assert.equal((await world.result(event)).verdict, 'unapproved');
    const approvedLate = withSteps(ticket, later(event, 3600), 'sue', { status: 'Approved' });
    world.tickets.splice(0, 1, approvedLate);
    await world.hint(approvedLate);
    await world.standsAs(event, 'late-approval');
  });

  for (const order of ['earlier first', 'later first'] as const)
    it(`gives an approval that counts once to the earlier of two changes: ${order}`, async () => {
      const world = await start();
      world.ticket('1', approved);
      const first = world.event('a');
      const then = world.event('b', { eventTime: later(first, 5) });
      const events = order === 'earlier first' ? [first, then] : [then, first];
      for (const event of events) {
        await world.deliver(event);
        await world.result(event);
      }
      if (order === 'later first') await world.standsAs(then, 'pending');
      await world.result(then);
      assert.deepEqual(
        [first, then].map((event) => world.verdicts(event).at(-1)),
        ['authorised', 'unapproved'],
      );
      assert.match(world.versions(then).at(-1)?.reasons.join() ?? '', /used up by an earlier change/);
    });

  it('gives each of two changes its own of two approvals, whichever comes first', async () => {
    const world = await start();
    world.ticket('1', approved);
    world.ticket('2', approved);
    const [first, second] = [world.event('a'), world.event('b')];
    for (const event of [second, first]) {
      await world.deliver(event);
      await world.result(event);
    }
    await eventually(() => {
      const tickets = [first, second].map((event) => world.versions(event).at(-1)?.ticket);
      return new Set(tickets).size === 2 || undefined;
    });
    assert.deepEqual(
      [first, second].map((event) => world.verdicts(event).at(-1)),
      ['authorised', 'authorised'],
    );
  });

  it('waits while Jira is down, however long, and says so nowhere but in the run', async () => {
    const world = await start();
    world.ticket('1', approved);
    world.jiraIsDown = true;
    const event = world.event('a');
    const handle = await world.deliver(event);
    await temporal.env.sleep('3h');
    assert.deepEqual(world.verdicts(event), []);
    world.jiraIsDown = false;
    await handle.signal('resume');
    assert.equal((await world.result(event)).verdict, 'authorised');
  });

  it('watches a deletion until its end, and sees it taken back', async () => {
    const world = await start();
    world.ticket('1', approved);
    world.ticket('2', approved);
    const part = { eventName: 'DeleteSecret', action: 'delete' } as const;
    const gone = world.event('gone', { ...part, details: { recoveryWindowInDays: '7' } });
    await world.deliver(gone);
    await world.standsAs(gone, 'authorised');
    const restore = { eventName: 'RestoreSecret', action: 'restore', eventTime: later(gone, 60) } as const;
    const back = world.event('back', restore);
    await world.deliver(back);
    await world.result(back);
    await world.result(gone);
    assert.equal(world.versions(gone).at(-1)?.deletion, 'restored');
  });

  it('says that a secret is gone when nobody took the deletion back', async () => {
    const world = await start();
    world.ticket('1', approved);
    const event = world.event('a', { eventName: 'DeleteSecret', action: 'delete' });
    await world.deliver(event);
    await world.result(event);
    assert.deepEqual(
      world.versions(event).map(({ deletion }) => deletion),
      [null, 'ended'],
    );
  });

  it('joins the event of a label with the call that moved it', async () => {
    const world = await start();
    world.ticket('1', approved);
    const call = world.event('call', { versionId: 'v-1' });
    const label = world.event('label', { kind: 'label', versionId: 'v-1', eventName: 'SecretLabelUpdated' });
    await world.deliver(label);
    await world.deliver(call);
    await world.result(call);
    assert.equal((await world.result(label)).verdict, 'joined');
    assert.deepEqual(world.versions(label), []);
  });

  it('audits a label whose call never comes', async () => {
    const world = await start();
    const label = world.event('label', { kind: 'label', versionId: 'v-1', eventName: 'SecretLabelUpdated' });
    await world.deliver(label);
    assert.equal((await world.result(label)).verdict, 'no-ticket');
  });

  it('does not look for tickets of a rotation', async () => {
    const world = await start({ rotationRoles: ['*role/admin'] });
    const event = world.event('a');
    await world.deliver(event);
    assert.equal((await world.result(event)).verdict, 'rotation');
    assert.equal(world.looks, 0);
  });

  it('takes whatever is signalled, and ends', async () => {
    const world = await start();
    const event = world.event('a');
    const handle = await world.deliver(event);
    for (const payload of [null, 7, 'x', {}, [], 'y'.repeat(1_000_000)])
      for (const name of ['lookAgain', 'resume']) await handle.signal(name, payload);
    assert.equal((await world.result(event)).verdict, 'no-ticket');
  });
});
