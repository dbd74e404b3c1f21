import type { Config } from '../../config/parse-config.ts';
import type { SecretName } from '../../config/secrets.ts';

/** None while the process is off: then nobody has to have them. */
export function incidentSecrets({ processes: { incidents } }: Config): readonly SecretName[] {
  return incidents ? ['jiraEmail', 'jiraApiToken'] : [];
}

/** @returns nothing while the process is off */
export function createIncidentQueue(_config: Config): object {
  return {};
}
