import { ensureFreeze } from '../../activities/temporal/start-freeze.ts';
import { ensureSchedules } from '../schedules.ts';
import { ensureSearchAttributes } from '../search-attributes.ts';
import { readRetentionDays, wantedRetentionDays } from '../namespace-retention.ts';
import type { Session } from './session.ts';

/** One thing that setup does; doing it again changes nothing. */
export interface SetupStep {
  readonly name: string;
  /** @returns what was done, in words */
  readonly run: () => Promise<string>;
}

export function temporalSteps({ config, temporal }: Session): SetupStep[] {
  const { client, connection } = temporal;
  return [
    {
      name: 'search attributes',
      run: async () => {
        const added = await ensureSearchAttributes(client);
        return added.length > 0 ? `added ${added.join(', ')}` : 'all there';
      },
    },
    {
      name: 'schedules',
      run: async () =>
        (await ensureSchedules(client, config))
          .map(({ scheduleId, outcome }) => `${scheduleId} ${outcome}`)
          .join(', '),
    },
    ...(config.freeze ? [{ name: 'freeze', run: () => ensureFreeze(client, config) }] : []),
    {
      name: 'namespace retention',
      run: async () => describeRetention(await readRetentionDays(connection, config.temporal.namespace)),
    },
  ];
}

function describeRetention(days: number): string {
  return days >= wantedRetentionDays
    ? `${days} days`
    : `${days} days; raise it to ${wantedRetentionDays}: closed runs are what makes ids unique (temporal operator namespace update --retention ${wantedRetentionDays}d)`;
}
