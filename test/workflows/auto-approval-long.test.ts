import assert from 'node:assert/strict';
import { autoApproval, switchOff } from '../../workflows/auto-approval/messages.ts';
import { startAutoApproval, type AutoApprovalWorld } from '../support/auto-approval-world.ts';
import { startRealServer, type RealServerWorld } from '../support/real-server.ts';

describe('auto-approval with a long history', function () {
  this.timeout(60_000);
  let temporal: RealServerWorld;
  let world: AutoApprovalWorld;

  before(async () => void (temporal = await startRealServer()));
  after(() => temporal.stop());
  afterEach(() => world.stop());

  async function start(options: Parameters<typeof startAutoApproval>[1]) {
    world = await startAutoApproval(temporal, options);
  }

  it('goes on as it is in a new run when its history is long', async () => {
    await start({ input: { maxHistoryLength: 80 } });
    const { runId } = await world.handle.describe();
    for (let times = 0; (await world.handle.describe()).runId === runId; times += 1) {
      await world.switchOff(`PRODCM-${times} failed`);
      await world.openRequest();
    }
    const off = await world.becomes(false);
    assert.match(off.reason ?? '', /^PRODCM-0 failed\nPRODCM-1 failed\n/);
    const request = await world.openRequest();
    assert.equal(request.evidence.subject['since'], off.since);
    assert.equal((await world.say(request)).state, 'accepted');
    assert.equal((await world.becomes(true)).on, true);
    assert.equal(
      (await temporal.client.workflow.getHandle(world.handle.workflowId).query(autoApproval)).on,
      true,
    );
  });

  it('goes on as on in a new run as well', async () => {
    await start({ input: { maxHistoryLength: 20 } });
    const { runId } = await world.handle.describe();
    while ((await world.handle.describe()).runId === runId) {
      await world.handle.signal(switchOff.name, null);
      await world.view();
    }
    assert.equal((await world.view()).on, true);
  });
});
