import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type Client,
  type ScheduleOptions,
} from '@temporalio/client';
import { toInspectionPolicy } from '../config/change-policy.ts';
import type { Config } from '../config/parse-config.ts';
import type { InspectionInput } from '../workflows/change-inspection/messages.ts';
import {
  changeInspectionScheduleId,
  changeSweepId,
  driftSweepId,
  haloScheduleId,
  incidentDriftId,
  incidentSweepId,
  instanceSweepId,
  promotionSweepId,
  secretExportId,
  secretSweepPrefix,
  workflowTypes,
} from '../workflows/shared/names.ts';
import { every, toSchedule } from './schedule-form.ts';
import { secretSchedules } from './secret-schedules.ts';
import type { ChangeSweepInput } from '../workflows/sweeps/change-sweep.ts';
import type { DriftSweepInput } from '../workflows/sweeps/drift-sweep.ts';
import type { HaloPassInput } from '../workflows/sweeps/halo-pass.ts';
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
  const known = [...optional, ...(await findNamedSchedules(client))];
  const unwanted = known.filter((id) => !wanted.some(({ scheduleId }) => scheduleId === id));
  const deleted = await Promise.all(unwanted.map((id) => deleteSchedule(client, id)));
  return [...ensured, ...deleted.flat()];
}

/** Those that a configuration may not want. */
const optional = [driftSweepId, changeSweepId, changeInspectionScheduleId, secretExportId];

const haloKinds = ['pass', 'reconcile', 'remind'] as const;

/** Of sources and connections that the configuration may not have any more: only Temporal knows their names. */
async function findNamedSchedules(client: Client): Promise<string[]> {
  const found: string[] = [];
  const prefixes = [
    ...haloKinds.map((kind) => haloScheduleId('', kind)),
    ...[incidentSweepId(''), incidentDriftId(''), secretSweepPrefix],
  ];
  for await (const { scheduleId } of client.schedule.list())
    if (prefixes.some((prefix) => scheduleId.startsWith(prefix))) found.push(scheduleId);
  return found;
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
      spec: every('1 minute'),
      args: [sites],
    }),
    toSchedule(config, {
      id: instanceSweepId,
      type: workflowTypes.instanceSweep,
      spec: every('5 minutes'),
      args: [],
    }),
    ...driftSchedule(config, sites),
    ...changeSchedule(config),
    ...inspectionSchedule(config),
    ...haloSchedules(config),
    ...incidentSchedules(config),
    ...secretSchedules(config),
  ];
}

/**
 * Two for each source: what changed, every few minutes; and every night all of it. And reminders each morning, if there are any. What the source is asked for is in the
 * worker's configuration: the schedule only names it.
 */
function haloSchedules(config: Config): ScheduleOptions[] {
  const toInput = (source: string, kind: HaloPassInput['kind']): HaloPassInput => ({ source, kind });
  return (config.processes.halo?.sources ?? []).flatMap(({ name, everyMinutes, remindAt }) => [
    toSchedule(config, {
      id: haloScheduleId(name, 'pass'),
      type: workflowTypes.haloPass,
      spec: { intervals: [{ every: `${everyMinutes} minutes` }] },
      args: [toInput(name, 'pass')],
    }),
    toSchedule(config, {
      id: haloScheduleId(name, 'reconcile'),
      type: workflowTypes.haloPass,
      spec: { calendars: [{ hour: 2, minute: 30 }] },
      args: [toInput(name, 'reconcile')],
      // one a day: the next one would be too late
      catchupWindow: '12 hours',
    }),
    ...(remindAt.length === 0 ? [] : [remindSchedule(config, name)]),
  ]);
}

function remindSchedule(config: Config, source: string): ScheduleOptions {
  const input: HaloPassInput = { source, kind: 'remind' };
  return toSchedule(config, {
    id: haloScheduleId(source, 'remind'),
    type: workflowTypes.haloPass,
    spec: { calendars: [{ hour: 7, minute: 0 }] },
    args: [input],
    catchupWindow: '12 hours',
  });
}

/**
 * Two for each connection: what changed, each minute, as the safety net under events; and every night a comparison of all links. The rules
 * are in the worker's configuration: the schedule only names the connection.
 */
function incidentSchedules(config: Config): ScheduleOptions[] {
  return (config.processes.incidents?.connections ?? []).flatMap(({ name: connection }) => [
    toSchedule(config, {
      id: incidentSweepId(connection),
      type: workflowTypes.incidentSweep,
      spec: every('1 minute'),
      args: [{ connection }],
    }),
    toSchedule(config, {
      id: incidentDriftId(connection),
      type: workflowTypes.incidentDrift,
      spec: { calendars: [{ hour: 3, minute: 30 }] },
      args: [{ connection }],
      // one a day: the next one would be too late
      catchupWindow: '12 hours',
    }),
  ]);
}

/** Three times the interval: what one pass lost, the next finds. */
function changeSchedule(config: Config): ScheduleOptions[] {
  const { change } = config.processes;
  if (!change) return [];
  const input: ChangeSweepInput = { site: change.site, changedWithinMinutes: 15 };
  return [
    toSchedule(config, {
      id: changeSweepId,
      type: workflowTypes.changeSweep,
      spec: every('5 minutes'),
      args: [input],
    }),
  ];
}

/**
 * On the first of each month, for the month before. Its runs have ids with the time in them, so each only starts the run whose
 * id has the month, unless that is known already: a month is inspected once, however often the schedule fires or is triggered
 * by hand. An outage of a week is caught up.
 */
function inspectionSchedule(config: Config): ScheduleOptions[] {
  const policy = toInspectionPolicy(config);
  if (!policy) return [];
  const input: InspectionInput = { month: null, policy };
  const schedule = toSchedule(config, {
    id: changeInspectionScheduleId,
    type: workflowTypes.changeInspection,
    args: [input],
    spec: { calendars: [{ dayOfMonth: 1, hour: 6 }] },
    catchupWindow: '7 days',
  });
  return [schedule];
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
    toSchedule(config, {
      id: driftSweepId,
      type: workflowTypes.driftSweep,
      spec: every('1 hour'),
      args: [input],
    }),
  ];
}
