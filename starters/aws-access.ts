import { toClientSettings } from '../activities/sts/aws-connection.ts';
import { createRoleChain } from '../activities/sts/role-chain.ts';
import type { ConnectionConfig } from '../config/incident-schema.ts';
import type { Config } from '../config/parse-config.ts';

/** Longer than a long poll; a confirmation is quick. */
const timeouts = { connect: 5_000, request: 30_000, idle: 30_000 };

/** Whatever says by which role the starters take its messages: a connection of incidents, or the audit of secrets. */
export type StarterAccess = Pick<ConnectionConfig, 'name' | 'region' | 'starterRole' | 'externalId'>;

/** Settings of the AWS clients of a connection: with its `starterRole`, or the SDK's own chain of credentials. */
export function toStarterSettings(
  { endpoints }: Pick<Config, 'endpoints'>,
  { region, starterRole, externalId }: StarterAccess,
) {
  const connection = {
    ...{ region, timeouts },
    ...(endpoints.aws === undefined ? {} : { endpoint: endpoints.aws }),
  };
  const settings = toClientSettings(connection);
  if (starterRole === undefined) return settings;
  const chain = createRoleChain({
    ...connection,
    agentDeployRoleArn: starterRole,
    ...(externalId === undefined ? {} : { externalId }),
    sessionName: 'lockkeeper-starters',
  });
  return { ...settings, credentials: chain.agentDeploy };
}
