import type { WorkflowHandle } from '@temporalio/client';
import type { HoldsReport } from '../../activities/temporal/port.ts';
import { holdsChanged } from '../../workflows/agent-promotion/messages.ts';
import { decide } from '../../workflows/approval/messages.ts';
import { incidentHold } from '../../workflows/freeze/messages.ts';
import { incidentSyncId, promotionQueueId, turnRequestId } from '../../workflows/shared/names.ts';
import { startFreeze, type FreezeWorld } from '../support/freeze-world.ts';
import { startQueue, type QueueWorld, type TrackingWorld } from '../support/queue-world.ts';
import { claimsTo } from '../support/signed-decisions.ts';

type Scenario = (world: TrackingWorld) => Promise<WorkflowHandle>;

const held: HoldsReport = {
  open: false,
  holds: [{ kind: 'person', source: 'dana', reason: 'the database moves', until: null }],
};

let severe = true;

const playFreeze =
  (
    story: (freeze: FreezeWorld) => Promise<void>,
    maxHistoryLength?: number,
    own: Parameters<typeof startFreeze>[2] = {},
  ): Scenario =>
  async (world) => {
    const freeze = await startFreeze(world, maxHistoryLength === undefined ? {} : { maxHistoryLength }, own);
    const { workflowId, runId } = await freeze.handle.describe();
    await story(freeze);
    await freeze.stop();
    return world.client.workflow.getHandle(workflowId, runId);
  };

const playQueue =
  (story: (line: QueueWorld) => Promise<void>): Scenario =>
  async (world) => {
    const line = await startQueue(world, { graceSeconds: 1 });
    const { workflowId, runId } = await line.queue.describe();
    await story(line);
    await line.stop();
    return world.client.workflow.getHandle(workflowId, runId);
  };

export const freezeScenarios: Readonly<Record<string, Scenario>> = {
  'held-and-lifted': playFreeze(async (freeze) => {
    await freeze.openWave('wave-1');
    await freeze.hold({ requestId: 'h1' });
    await freeze.openWave('wave-2');
    await freeze.say(await freeze.openRequest(), { verb: 'reject', reason: 'not yet' });
    await freeze.say(await freeze.openRequest());
    await freeze.lifted();
    await freeze.openWave('wave-2');
  }),
  'ended-by-itself': playFreeze(async (freeze) => {
    await freeze.hold({ until: new Date(Date.now() + 2_000).toISOString() });
    await freeze.openRequest();
    await freeze.lifted();
  }),
  'held-by-an-incident-and-over': playFreeze(
    async (freeze) => {
      const workflowId = incidentSyncId('aws-main', '1000000001');
      await freeze.handle.signal(incidentHold, { workflowId });
      await freeze.openRequest();
      severe = false;
      await freeze.handle.signal(incidentHold, { workflowId });
      await freeze.lifted();
      severe = true;
    },
    undefined,
    { 'aws-incident': { readSeverity: async () => ({ severe }) } },
  ),
  'continued-as-new': playFreeze(async (freeze) => {
    const { runId } = await freeze.handle.describe();
    await freeze.hold();
    for (let wave = 1; (await freeze.handle.describe()).runId === runId; wave += 1)
      await freeze.openWave(`wave-${wave}`);
    await freeze.openRequest();
  }, 20),
};

export const heldQueueScenarios: Readonly<Record<string, Scenario>> = {
  'held-and-superseded': playQueue(async (line) => {
    let report = held;
    line.port.readHolds = async () => report;
    const old = await line.startMember(131, { freezes: true, version: '1.4.2' });
    const enteredAt = '2026-11-22T11:00:00.000Z';
    const by = await line.startMember(132, { freezes: true, version: '1.5.0', supersede: true, enteredAt });
    await line.join(old);
    while (((await line.readLine()).held ?? []).length === 0) continue;
    await line.join(by);
    report = { open: true, holds: [] };
    await line.queue.signal(holdsChanged, {});
    await line.passTurns(1);
  }),
  stolen: playQueue(async (line) => {
    const members = [await line.startMember(141), await line.startMember(142)];
    await line.join(...members);
    const holder = await line.nextHolder();
    for (const groups of [[], ['leads']]) {
      const requestId = turnRequestId(holder.token);
      const said = claimsTo(promotionQueueId, { verb: 'steal', requestId, principal: 'lee', groups });
      await line.queue.signal(decide, { envelope: await line.signer.sign(said) });
    }
    await line.queue.signal(decide, null);
    await line.nextHolder(holder);
  }),
};
