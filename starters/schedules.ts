import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleOptions,
} from '@temporalio/client';
import type { Config } from '../config/parse-config.ts';
import { driftSweepId, instanceSweepId, promotionSweepId, workflowTypes } from '../workflows/shared/names.ts';
import { attributes } from '../workflows/shared/search-attributes.ts';
import type { DriftSweepInput } from '../workflows/sweeps/drift-sweep.ts';
import type { PromotionSweepInput } from '../workflows/sweeps/promotion-sweep.ts';

export interface EnsuredSchedule {
  readonly scheduleId: string;
  readonly outcome: 'created' | 'updated' | 'deleted';
}

/**
 * Creates the sweeps' schedules or brings them up to date; what an operator paused stays paused. A sweep that the configuration
 * does not want any more is deleted: it would go on with what it was once told.
 */
export async function ensureSchedules(client: Client, config: Config): Promise<EnsuredSchedule[]> {
  const wanted = schedulesOf(config);
  const ensured = await Promise.all(wanted.map((schedule) => ensureSchedule(client, schedule)));
  const isWanted = wanted.some(({ scheduleId }) => scheduleId === driftSweepId);
  return isWanted ? ensured : [...ensured, ...(await deleteSchedule(client, driftSweepId))];
}

async function deleteSchedule(client: Client, scheduleId: string): Promise<EnsuredSchedule[]> {
  try {
    await client.schedule.getHandle(scheduleId).delete();
    return [{ scheduleId, outcome: 'deleted' }];
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return [];
    throw error;
  }
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
    ...driftSchedule(config, sites),
  ];
}

/** Drift is reported as a ticket: without a type for it there is no sweep. */
function driftSchedule(config: Config, { sites }: PromotionSweepInput): ScheduleOptions[] {
  const issueType = config.processes.promotion.driftIssueType;
  if (issueType === undefined) return [];
  const accounts = config.aws.accounts
    .filter(({ purpose }) => purpose === 'production')
    .map(({ name }) => name);
  const input: DriftSweepInput = { sites, accounts, issueType };
  return [
    toSchedule(config, { id: driftSweepId, type: workflowTypes.driftSweep, every: '1 hour', args: [input] }),
  ];
}

interface Sweep {
  readonly id: string;
  readonly type: string;
  readonly every: '1 minute' | '5 minutes' | '1 hour';
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
