import assert from 'node:assert/strict';
import { startApprovalWorld, type ApprovalWorld } from '../support/approval-world.ts';

describe('a decision of people', function () {
  this.timeout(60_000);
  let world: ApprovalWorld;

  before(async () => void (world = await startApprovalWorld()));
  after(() => world.stop());

  it('approves', async () => {
    const run = await world.start();
    const claims = await run.say({ via: 'slack' });
    const { settlements } = await run.result();
    const [settlement] = settlements;
    assert.equal(settlement?.outcome, 'approved');
    assert.ok(settlement.outcome === 'approved');
    assert.deepEqual(settlement.approvers, ['dana']);
    assert.equal(settlement.grant.envelopes.length, 1);
    assert.equal((await run.answerTo(claims)).state, 'accepted');
  });
});
