import assert from 'node:assert/strict';
import type { HoldsReport } from '../../activities/temporal/port.ts';
import { holdsChanged } from '../../workflows/agent-promotion/messages.ts';
import { decide, decision } from '../../workflows/approval/messages.ts';
import { promotionQueueId, turnRequestId } from '../../workflows/shared/names.ts';
import { claimsTo } from '../support/signed-decisions.ts';
import { startQueue } from '../support/queue-world.ts';
import { startRealServer, type RealServerWorld } from '../support/real-server.ts';

// The time-skipping server never answers an update that meets a continue-as-new: this needs the real one.
describe('promotionQueue over many runs', function () {
  this.timeout(60_000);
  let temporal: RealServerWorld;

  before(async () => void (temporal = await startRealServer()));
  after(() => temporal.stop());

  it('loses nobody and keeps its tokens rising when tickets join while it continues as new', async () => {
    // the server lets a run continue as new once a second
    const world = await startQueue(temporal, { maxHistoryLength: 40, graceSeconds: 0 });
    const first = await world.queue.describe();
    const members = await Promise.all(Array.from({ length: 12 }, (_, index) => world.startMember(index)));
    await Promise.all(members.map(({ request }) => world.port.joinQueue(request)));
    const turns = await world.passTurns(members.length);
    const last = await world.queue.describe();
    temporal.track(temporal.client.workflow.getHandle(last.workflowId, last.runId));
    await world.stop();
    assert.notEqual(last.runId, first.runId);
    assert.ok(turns.every(({ token }, index) => token > (turns[index - 1]?.token ?? 0)));
    const joined = members.map(({ request }) => request.ticket);
    assert.deepEqual(turns.map(({ ticket }) => ticket).sort(), joined.sort());
  });

  it('stays held, and still answers a decision, when it continues as new', async () => {
    const world = await startQueue(temporal, { maxHistoryLength: 40, graceSeconds: 0 });
    let report: HoldsReport = {
      open: false,
      holds: [{ kind: 'person', source: 'dana', reason: 'x', until: null }],
    };
    world.port.readHolds = async () => report;
    const { runId } = await world.queue.describe();
    const member = await world.startMember(2001, { freezes: true });
    await world.join(member);
    world.signer.known = false;
    const said = claimsTo(promotionQueueId, {
      verb: 'steal',
      groups: ['leads'],
      requestId: turnRequestId(7),
    });
    await world.queue.signal(decide, { envelope: await world.signer.sign(said) });
    while ((await world.queue.describe()).runId === runId) await world.queue.signal(holdsChanged, {});
    assert.deepEqual((await world.readLine()).held, report.holds);
    assert.equal((await world.queue.describe()).searchAttributes['LkWaitingOn']?.[0], 'freeze');
    assert.equal((await world.queue.query(decision, said.jti)).state, 'pending');
    world.signer.known = true;
    report = { open: true, holds: [] };
    await world.queue.signal(holdsChanged, {});
    assert.equal((await world.nextHolder()).ticket, member.request.ticket);
    const last = await world.queue.describe();
    temporal.track(temporal.client.workflow.getHandle(last.workflowId, last.runId));
    await world.stop();
  });
});
