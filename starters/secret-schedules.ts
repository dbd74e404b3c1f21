import type { ScheduleOptions } from '@temporalio/client';
import type { Config } from '../config/parse-config.ts';
import { toSecretOrder } from '../config/secret-policy.ts';
import { secretExportId, secretSweepId, workflowTypes } from '../workflows/shared/names.ts';
import type { SecretExportInput, SecretSweepInput } from '../workflows/sweeps/secret-messages.ts';
import { every, toSchedule } from './schedule-form.ts';

/**
 * One comparison with CloudTrail for each account that names a role, and region; and each night the export of the days whose verdicts
 * may still change.
 */
export function secretSchedules(config: Config): ScheduleOptions[] {
  const { secrets } = config.processes;
  if (!secrets) return [];
  const { accounts, regions, sweepMinutes } = secrets;
  const { site, project, issueType, channels } = toSecretOrder(config);
  const places = accounts.flatMap(({ id, role }) =>
    role === undefined ? [] : regions.map((region) => ({ account: id, region })),
  );
  const sweeps = places.map((place) => {
    const input: SecretSweepInput = { ...place, site, project, issueType, channels };
    return toSchedule(config, {
      id: secretSweepId(place.account, place.region),
      type: workflowTypes.secretSweep,
      spec: every(`${sweepMinutes} minutes`),
      args: [input],
    });
  });
  return [...sweeps, ...exportSchedule(config)];
}

function exportSchedule(config: Config): ScheduleOptions[] {
  const { secrets } = config.processes;
  if (!secrets?.export) return [];
  const input: SecretExportInput = { days: secrets.graceDays + 1 };
  return [
    toSchedule(config, {
      id: secretExportId,
      type: workflowTypes.secretExport,
      spec: { calendars: [{ hour: 1, minute: 30 }] },
      args: [input],
      // one a day: the next one would be too late
      catchupWindow: '12 hours',
    }),
  ];
}
