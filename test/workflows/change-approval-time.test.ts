import assert from 'node:assert/strict';
import { waitUntil } from '../../scripts/wait-until.ts';
import { deployEnded, ticketChanged } from '../../workflows/change-approval/messages.ts';
import { startChange, type StartChange } from '../support/start-change.ts';
import { startTimeSkipping, type TimeSkippingWorld } from '../support/time-skipping.ts';

describe('changeApproval as time goes by', function () {
  this.timeout(60_000);
  let temporal: TimeSkippingWorld;
  const start: StartChange = (...args) => startChange(temporal, ...args);

  // a server each: what another run waits for would decide how far time goes
  beforeEach(async () => void (temporal = await startTimeSkipping()));
  afterEach(() => temporal.stop());

  it('waits for sixty days and expires after ninety', async () => {
    const change = await start();
    await change.asked();
    await temporal.env.sleep('60d');
    assert.equal((await change.view()).state, 'waiting');
    assert.equal((await change.handle.result()).outcome, 'expired');
    assert.equal(change.moved().at(-1), 'moveChange:canceled');
  });

  it('asks people all the same when something stays held for more than an hour', async () => {
    const request = { given: { rollbackPlan: 'back', justification: 'why' } };
    const change = await start({ policy: { autoApprove: true, freezes: true }, request }, (world) => {
      world.holds = {
        open: false,
        holds: [{ kind: 'calendar', source: 'xmas', reason: 'rest', until: null }],
      };
    });
    await change.inState('analysing');
    await temporal.env.sleep('2h');
    assert.equal((await change.asked()).state, 'open');
  });

  it('puts a status Approved without the approvals back to manual review', async () => {
    const change = await start();
    await change.asked();
    change.world.edit({ status: 'approved', statusName: 'Approved', movedBy: 'eve' });
    await change.handle.signal(ticketChanged, { deliveryId: 'd1', event: 'updated' });
    await temporal.env.sleep('2m');
    await waitUntil(
      'manual review',
      20_000,
      async () => change.moved().includes('moveChange:manualReview') || undefined,
    );
    assert.match(change.world.comments.get('comment-status') ?? '', /status Approved alone/);
    assert.equal((await change.view()).state, 'waiting');
  });

  it('that nobody reports is asked about', async () => {
    const change = await start({ policy: { autoApprove: true } });
    await change.inState('approved');
    await change.begin('one');
    await temporal.env.sleep('2h');
    await waitUntil('the comment', 20_000, async () => change.world.comments.get('comment-late'));
    await change.handle.signal(deployEnded, { result: 'success' });
    assert.equal((await change.handle.result()).outcome, 'deployed');
  });
});
