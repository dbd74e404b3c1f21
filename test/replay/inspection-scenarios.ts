import { changeInspectionId, workflowTypes } from '../../workflows/shared/names.ts';
import { monthBefore } from '../../workflows/change-inspection/month.ts';
import { switchOff } from '../../workflows/auto-approval/messages.ts';
import { startAutoApproval, type AutoApprovalWorld } from '../support/auto-approval-world.ts';
import {
  autoApproved,
  inspectionPolicy,
  startInspection,
  stubInspection,
  toInspectionRun,
  type InspectionRun,
} from '../support/inspection-world.ts';
import { testQueue } from '../support/stub-workers.ts';
import type { Scenario } from './scenario.ts';

const playInspection =
  (month: string, numbers: readonly number[], story: (run: InspectionRun) => Promise<void>): Scenario =>
  async ({ client }) => {
    const run = await startInspection(client, { month, approved: numbers.map((one) => autoApproved(one)) });
    await story(run);
    await run.handle.result();
    return run.handle;
  };

export const inspectionScenarios: Readonly<Record<string, Scenario>> = {
  'passed-and-failed': playInspection('2026-08', [9, 11], async (run) => {
    await run.say(await run.open('PRODCM-9'), { principal: 'dana' });
    await run.say(await run.open('PRODCM-9'));
    await run.say(await run.open('PRODCM-11'), { verb: 'reject', reason: 'the scan was of another commit' });
  }),
  empty: playInspection('2026-09', [], async () => undefined),
  'started-by-the-schedule': async ({ client }) => {
    const month = monthBefore(Date.now());
    const world = stubInspection({ month, approved: [autoApproved(9)] });
    const handle = await client.workflow.start(workflowTypes.changeInspection, {
      workflowId: 'change-inspection-2026-11-01T06:00:00Z',
      taskQueue: testQueue,
      args: [{ month: null, policy: inspectionPolicy }],
    });
    await handle.result();
    const run = toInspectionRun(client.workflow.getHandle(changeInspectionId(month)), world);
    await run.say(await run.open('PRODCM-9'));
    await run.handle.result();
    return handle;
  },
};

const playAutoApproval =
  (story: (world: AutoApprovalWorld) => Promise<void>, maxHistoryLength = 2_000): Scenario =>
  async (temporal) => {
    const world = await startAutoApproval(temporal, { input: { maxHistoryLength } });
    const { workflowId, runId } = await world.handle.describe();
    await story(world);
    await world.stop();
    return temporal.client.workflow.getHandle(workflowId, runId);
  };

export const autoApprovalScenarios: Readonly<Record<string, Scenario>> = {
  'off-and-on': playAutoApproval(async (world) => {
    await world.switchOff('PRODCM-9 failed');
    await world.say(await world.openRequest(), { verb: 'reject', reason: 'not yet' });
    await world.switchOff('PRODCM-10 failed');
    await world.say(await world.openRequest());
    await world.becomes(true);
  }),
  'continued-as-new': playAutoApproval(async (world) => {
    const { runId } = await world.handle.describe();
    await world.switchOff('PRODCM-9 failed');
    for (await world.openRequest(); (await world.handle.describe()).runId === runId; await world.view())
      await world.handle.signal(switchOff.name, null);
    await world.openRequest();
  }, 20),
};
