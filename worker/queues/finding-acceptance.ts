import type { Client } from '@temporalio/client';
import { createAcceptanceCheck, createFindingGuard } from '../../activities/decisions/finding-permission.ts';
import type { CheckAcceptance } from '../../activities/decisions/finding-permission.ts';
import { createKeyFile, noKeys } from '../../activities/decisions/keys.ts';
import { createAcceptanceActivities } from '../../activities/finding-acceptance/activities.ts';
import type { FindingAcceptancePort } from '../../activities/finding-acceptance/port.ts';
import type { FindingSource } from '../../activities/findings/source.ts';
import type { FindingTickets } from '../../activities/jira/findings/port.ts';
import { createRunLook } from '../../activities/temporal/acceptance-runs.ts';
import { findSource, toFindingPolicy } from '../../config/halo-policy.ts';
import type { Config } from '../../config/parse-config.ts';
import { principalOfJira } from '../../config/people.ts';

/** What the sync of findings has, by the name of a source. */
export interface FindingAccess {
  readonly sources: Readonly<Record<string, FindingSource>>;
  readonly tickets: Readonly<Record<string, FindingTickets>>;
}

/** Accepted risks: the activities of `findingAcceptance`, and the check at the point of use, by this worker's own rules and keys. */
export function toAcceptances(
  config: Config,
  client: Client,
  { sources, tickets }: FindingAccess,
): { readonly activities: FindingAcceptancePort; readonly checkAcceptance: CheckAcceptance } {
  const guard = {
    rulesOf: (name: string) =>
      findSource(config, name) ? (toFindingPolicy(config, name).acceptance ?? undefined) : undefined,
    keys: config.decisions ? createKeyFile(config.decisions.publicKeys) : noKeys,
    namespace: config.temporal.namespace,
    now: Date.now,
  };
  const activities = createAcceptanceActivities({
    sources: Object.fromEntries(
      (config.processes.halo?.sources ?? []).flatMap(({ name, site, close, hardClosedStatuses }) => {
        const [findings, own] = [sources[name], tickets[name]];
        return findings && own ? [[name, { findings, tickets: own, site, close, hardClosedStatuses }]] : [];
      }),
    ),
    rulesOf: guard.rulesOf,
    requesterOf: (accountId) => principalOfJira(config, accountId) ?? `jira:${accountId}`,
    bots: config.jira.sites.map(({ bot }) => bot),
    check: createFindingGuard(guard),
    now: Date.now,
  });
  return {
    activities,
    checkAcceptance: createAcceptanceCheck({ ...guard, isRunning: createRunLook(client) }),
  };
}
