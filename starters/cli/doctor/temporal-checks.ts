import { readRetentionDays, wantedRetentionDays } from '../../namespace-retention.ts';
import { findAttributeGaps } from '../../search-attributes.ts';
import { schedulesOf } from '../../schedules.ts';
import type { Session } from '../session.ts';
import { CheckFailed, type CheckGroup } from './check.ts';

const setUp = 'Run: lockkeeper setup';

export function toTemporalChecks({ config, temporal }: Session): CheckGroup {
  const { connection, client } = temporal;
  const { namespace } = config.temporal;
  return {
    system: 'temporal',
    checks: [
      {
        name: `namespace ${namespace}`,
        gate: true,
        async run() {
          if (await temporal.isReady()) return 'reachable';
          throw new CheckFailed(
            'does not answer',
            'Check TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE, and that the server runs.',
          );
        },
      },
      {
        name: 'retention',
        async run() {
          const days = await readRetentionDays(connection, namespace);
          if (days >= wantedRetentionDays) return `${days} days`;
          throw new CheckFailed(
            `${days} days`,
            `Raise it to ${wantedRetentionDays} days: it is what makes ids unique.`,
          );
        },
      },
      {
        name: 'search attributes',
        async run() {
          const { missing, conflicts } = await findAttributeGaps(connection, namespace);
          if (conflicts.length > 0)
            throw new CheckFailed(
              `of another type: ${conflicts.join(', ')}`,
              'Remove them, then run: lockkeeper setup',
            );
          if (missing.length > 0) throw new CheckFailed(`missing: ${missing.join(', ')}`, setUp);
          return 'all there';
        },
      },
      ...schedulesOf(config).map(({ scheduleId }) => ({
        name: `schedule ${scheduleId}`,
        async run() {
          const described = await client.schedule
            .getHandle(scheduleId)
            .describe()
            .catch(() => undefined);
          if (!described) throw new CheckFailed('missing', setUp);
          if (!described.state.paused) return 'active';
          throw new CheckFailed(
            'paused',
            `Unpause it when the reason is gone: ${described.state.note ?? 'no note'}`,
          );
        },
      })),
    ],
  };
}
