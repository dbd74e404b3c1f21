import assert from 'node:assert/strict';
import type { SecretEvent } from '../../workflows/secret-audit/messages.ts';
import { createSecretWorld, type SecretWorld } from '../support/secret-world.ts';
import { startTimeSkipping, type TimeSkippingWorld } from '../support/time-skipping.ts';

type Arrival = 'first' | 'second' | 'approval';
const orders: readonly (readonly Arrival[])[] = [
  ['first', 'second', 'approval'],
  ['first', 'approval', 'second'],
  ['second', 'first', 'approval'],
  ['second', 'approval', 'first'],
  ['approval', 'first', 'second'],
  ['approval', 'second', 'first'],
];

/** Two changes and one approval that counts once; each arrives a quarter of an hour after the one before it. */
describe('what arrives late, in every order', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  let world: SecretWorld;
  let first: SecretEvent;
  let second: SecretEvent;
  beforeEach(async () => {
    temporal = await startTimeSkipping();
    world = createSecretWorld(temporal, await temporal.env.currentTimeMs());
    first = world.event('z-first');
    const eventTime = new Date(Date.parse(first.eventTime) + 5_000).toISOString().replace('.000', '');
    second = world.event('a-second', { eventTime });
  });
  afterEach(() => temporal.stop());

  const arrive: Readonly<Record<Arrival, () => Promise<unknown>>> = {
    first: () => world.deliver(first),
    second: () => world.deliver(second),
    approval: () => world.hint(world.ticket('1', [[-30, 'sue', { status: 'Approved' }]])),
  };

  for (const order of orders)
    it(`gives the same verdicts: ${order.join(', ')}`, async () => {
      for (const arrival of order) {
        await arrive[arrival]();
        await temporal.env.sleep('15 minutes');
      }
      await temporal.env.sleep('1 hour');
      const stands = [
        await world.standsAs(first, 'authorised'),
        await world.standsAs(second, 'unapproved'),
      ].map(({ ticket, reasons }) => [ticket, /used up by an earlier change/.test(reasons.join())]);
      assert.deepEqual(stands, [
        [world.tickets[0]?.key, false],
        [world.tickets[0]?.key, true],
      ]);
    });
});
