import assert from 'node:assert/strict';
import type { Client } from '@temporalio/client';
import { createAutoApprovalCalls } from '../../../activities/temporal/auto-approval-calls.ts';
import { autoApprovalId, workflowTypes } from '../../../workflows/shared/names.ts';
import {
  startAutoApproval,
  switchOnPolicy,
  type AutoApprovalWorld,
} from '../../support/auto-approval-world.ts';
import { assertFails } from '../../support/failing-vendor.ts';
import { startRealServer, type RealServerWorld } from '../../support/real-server.ts';
import { createPromotionWorld } from '../../support/promotion-world.ts';
import { registerStubs } from '../../support/stub-activities.ts';
import { testQueue } from '../../support/stub-workers.ts';

const said = { by: 'sue', reason: 'PRODCM-9 failed', approval: switchOnPolicy };

describe('calls of auto-approval', function () {
  this.timeout(60_000);
  let temporal: RealServerWorld;
  let world: AutoApprovalWorld | undefined;

  before(async () => void (temporal = await startRealServer()));
  after(() => temporal.stop());
  afterEach(async () => {
    await world?.stop();
    world = undefined;
  });

  const callsOf = (part: { client?: Client; taskQueue?: string } = {}) =>
    createAutoApprovalCalls({ client: temporal.client, taskQueue: testQueue, deadlineMs: 2_000, ...part });

  async function assertUnavailable(says: RegExp) {
    const { message } = await assertFails(() => callsOf().readAutoApproval(), 'Unavailable');
    assert.match(message, says);
  }

  it('say on where it was never switched off', async () => {
    assert.deepEqual(await callsOf().readAutoApproval(), { on: true, since: null, reason: null });
  });

  it('switch it off, as often as that is said, and read why', async () => {
    world = await startAutoApproval(temporal);
    for (let times = 0; times < 3; times += 1) await callsOf().switchAutoApprovalOff(said);
    const read = await callsOf().readAutoApproval();
    assert.deepEqual([read.on, read.reason], [false, 'PRODCM-9 failed']);
    assert.match(read.since ?? '', /^20.*Z$/);
  });

  it('take one that was ended for no answer: it may have been off', async () => {
    await assertUnavailable(/was ended/);
  });

  it('start it anew, off, where it was ended', async () => {
    const { stubs } = createPromotionWorld();
    registerStubs(autoApprovalId, stubs);
    await callsOf().switchAutoApprovalOff(said);
    assert.equal((await callsOf().readAutoApproval()).on, false);
    await temporal.client.workflow.getHandle(autoApprovalId).terminate();
  });

  it('take a foreign workflow of that name for no answer', async () => {
    const { client } = temporal;
    const options = { workflowId: autoApprovalId, taskQueue: 'a queue without workers', args: [{}] };
    const handle = await client.workflow.start(workflowTypes.promotionQueue, options);
    await assertUnavailable(/was ended/);
    await handle.terminate();
  });

  it('fail when nobody answers in time', async () => {
    const { client } = temporal;
    const options = { workflowId: autoApprovalId, taskQueue: 'a queue without workers', args: [{}] };
    const handle = await client.workflow.start(workflowTypes.autoApproval, options);
    await assertUnavailable(/Temporal/);
    await handle.terminate();
  });
});
