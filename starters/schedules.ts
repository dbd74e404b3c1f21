import {
  ScheduleAlreadyRunning,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleOptions,
} from '@temporalio/client';
import type { Config } from '../config/parse-config.ts';
import { instanceSweepId, promotionSweepId, workflowTypes } from '../workflows/shared/names.ts';
import { attributes } from '../workflows/shared/search-attributes.ts';
import type { PromotionSweepInput } from '../workflows/sweeps/promotion-sweep.ts';

export interface EnsuredSchedule {
  readonly scheduleId: string;
  readonly outcome: 'created' | 'updated';
}

/** Creates the sweeps' schedules or brings them up to date; what an operator paused stays paused. */
export async function ensureSchedules(client: Client, config: Config): Promise<EnsuredSchedule[]> {
  return Promise.all(schedulesOf(config).map((schedule) => ensureSchedule(client, schedule)));
}

async function ensureSchedule(client: Client, schedule: ScheduleOptions): Promise<EnsuredSchedule> {
  const { scheduleId, spec, action, policies } = schedule;
  try {
    await client.schedule.create(schedule);
    return { scheduleId, outcome: 'created' };
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule
      .getHandle(scheduleId)
      .update(({ state }) => ({ spec, action, state, ...(policies ? { policies } : {}) }));
    return { scheduleId, outcome: 'updated' };
  }
}

/** Each run is one short pass: none overlaps another, and what an outage missed is caught up once, not in a crowd. */
export function schedulesOf(config: Config): ScheduleOptions[] {
  const sites: PromotionSweepInput = { sites: config.jira.sites.map(({ name }) => name) };
  return [
    toSchedule(config, {
      id: promotionSweepId,
      type: workflowTypes.promotionSweep,
      every: '1 minute',
      args: [sites],
    }),
    toSchedule(config, {
      id: instanceSweepId,
      type: workflowTypes.instanceSweep,
      every: '5 minutes',
      args: [],
    }),
  ];
}

interface Sweep {
  readonly id: string;
  readonly type: string;
  readonly every: '1 minute' | '5 minutes';
  readonly args: readonly unknown[];
}

function toSchedule({ temporal }: Config, { id, type, every, args }: Sweep): ScheduleOptions {
  return {
    scheduleId: id,
    spec: { intervals: [{ every }] },
    action: {
      type: 'startWorkflow',
      workflowType: type,
      workflowId: id,
      taskQueue: temporal.taskQueue,
      args: [...args],
      typedSearchAttributes: [{ key: attributes.process, value: id }],
    },
    // The SDK's text and tags disagree on the default of the window: it is said here.
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' },
  };
}
