import { createMembership } from '../../activities/decisions/membership.ts';
import type { TemporalStarter } from '../../activities/temporal/temporal-starter.ts';
import type { ConfigFault } from '../../config/fault.ts';
import type { Config } from '../../config/parse-config.ts';
import type { Secret } from '../../config/secret.ts';
import { requireSecrets, secretVariables, type Secrets } from '../../config/secrets.ts';
import { parsePrivateKeys, signingKeyOf, type PrivateJwk } from '../../config/signing-keys.ts';
import type { Log } from '../log.ts';
import type { Counter } from '../metrics.ts';
import { createGateway } from './create-gateway.ts';
import type { DecisionGateway } from './gateway.ts';
import { createGroupSources } from './group-sources.ts';

export interface GatewayParts {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly temporal: Pick<TemporalStarter, 'signal'>;
  readonly now: () => number;
  readonly log: Log;
  readonly counter: Counter;
}

/** @returns undefined without signing keys */
export function openGateway({ config, secrets, now, ...rest }: GatewayParts): DecisionGateway | undefined {
  if (!secrets.decisionKeys) return undefined;
  const keys = keysOf(secrets.decisionKeys);
  const membership = createMembership(config, createGroupSources(config, secrets), now);
  return createGateway({ config, keys, membership, now, ...rest });
}

/** What is configured to be decided needs keys, and those of another process will not do. */
export function findGatewayFaults({
  decisions,
  secrets,
}: Pick<Config, 'decisions' | 'secrets'>): readonly ConfigFault[] {
  if (!secrets.decisionKeys) {
    const required = decisions ? requireSecrets({ secrets }, ['decisionKeys']) : { faults: [] };
    return 'faults' in required ? required.faults : [];
  }
  const keys = keysOf(secrets.decisionKeys);
  return (['slack', 'cli'] as const)
    .filter((via) => !signingKeyOf(keys.filter(({ lk_via }) => lk_via.includes(via))))
    .map((via) => ({
      path: secretVariables.decisionKeys,
      problem: `has no current key that may speak for ${via}`,
      fix: 'set it to the keys that `lockkeeper setup keys` made for the starters',
    }));
}

/** Their form was checked with the configuration. */
function keysOf(secret: Secret): readonly PrivateJwk[] {
  return parsePrivateKeys(secret.reveal()) ?? [];
}
