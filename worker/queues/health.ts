import { createHealthActivities } from '../../activities/health/activities.ts';
import { createHealthClient } from '../../activities/health/client.ts';
import type { Config } from '../../config/parse-config.ts';

export function createHealthQueue({ probes, aws, endpoints }: Config): object {
  const production = aws.accounts.filter(({ purpose }) => purpose === 'production');
  return createHealthActivities(
    createHealthClient({
      probes,
      accounts: production.map(({ name }) => name),
      loopbackOnly: endpoints.sandbox,
      ...(endpoints.sandbox ? { pauseMs: 200 } : {}),
    }),
  );
}
