import assert from 'node:assert/strict';
import { claims, claimTicket } from '../../workflows/secret-audit/messages.ts';
import { secretTicketId } from '../../workflows/shared/names.ts';
import { eventually } from '../support/approval-world.ts';
import { createSecretWorld, type SecretWorld, type Steps } from '../support/secret-world.ts';
import { startTimeSkipping, type TimeSkippingWorld } from '../support/time-skipping.ts';

describe('secretTicket', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  beforeEach(async () => void (temporal = await startTimeSkipping()));
  afterEach(() => temporal.stop());

  const approved: Steps = [[-30, 'sue', { status: 'Approved' }]];
  async function start(): Promise<SecretWorld> {
    return createSecretWorld(temporal, await temporal.env.currentTimeMs());
  }
  const handleOf = (issueId: string) => temporal.client.workflow.getHandle(secretTicketId('main', issueId));

  it('ends after a while when nobody used it, and has put it into the ledger', async () => {
    const world = await start();
    const ticket = world.ticket('1', approved);
    await world.hint(ticket);
    assert.deepEqual(await temporal.track(handleOf(ticket.issueId)).result(), { claims: [] });
    assert.deepEqual(world.ledger.tickets, [ticket]);
  });

  it('learns from the ledger who used it, when the run before it has ended', async () => {
    const world = await start();
    const ticket = world.ticket('1', approved);
    const event = world.event('a');
    await world.deliver(event);
    await world.result(event);
    await temporal.track(handleOf(ticket.issueId)).cancel();
    await assert.rejects(handleOf(ticket.issueId).result());
    await world.hint(ticket);
    const known = await eventually(async () => {
      const found = await handleOf(ticket.issueId).query(claims);
      return found.length > 0 ? found : undefined;
    });
    assert.deepEqual(known, [{ eventId: event.eventId, eventTime: event.eventTime }]);
  });

  it('answers a claim by when the change happened, and by its id within a second', async () => {
    const world = await start();
    const ticket = world.ticket('1', approved);
    await world.deliver(world.event('m'));
    await world.result(world.event('m'));
    const claim = async (name: string) =>
      handleOf(ticket.issueId).executeUpdate(claimTicket, {
        args: [{ eventId: world.event(name).eventId, eventTime: world.event(name).eventTime }],
      });
    const { eventId } = world.event('m');
    assert.deepEqual(await claim('z'), { earlier: eventId });
    assert.deepEqual(await claim('m'), { earlier: null });
    assert.deepEqual(await claim('a'), { earlier: null });
    assert.deepEqual(await claim('m'), { earlier: world.event('a').eventId });
  });

  it('refuses a claim that is none', async () => {
    const world = await start();
    const ticket = world.ticket('1', approved);
    await world.deliver(world.event('a'));
    await world.result(world.event('a'));
    for (const payload of [null, 7, 'x', {}, { eventId: 'e', eventTime: 'never' }])
      await assert.rejects(handleOf(ticket.issueId).executeUpdate(claimTicket, { args: [payload] }));
  });

  it('tells the run of the number when a hint only has the key', async () => {
    const world = await start();
    const ticket = world.ticket('1', approved);
    world.knowByKey(ticket);
    await world.hint({ ...ticket, issueId: ticket.key });
    await handleOf(ticket.key).result();
    await handleOf(ticket.issueId).result();
    assert.deepEqual(world.ledger.tickets, [ticket]);
  });

  it('takes whatever is signalled, and ends', async () => {
    const world = await start();
    const ticket = world.ticket('1', []);
    await world.hint(ticket);
    for (const payload of [null, 7, 'x', {}, [], 'y'.repeat(1_000_000)])
      for (const name of ['ticketHint', 'resume'])
        await handleOf(ticket.issueId)
          .signal(name, payload)
          .catch(() => {});
    assert.deepEqual(await handleOf(ticket.issueId).result(), { claims: [] });
  });
});
