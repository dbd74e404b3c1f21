import type { Config } from '../../config/parse-config.ts';
import { secretVariables, type SecretName } from '../../config/secrets.ts';

/** @throws Error when it is not set; main.ts has reported that before, with all other faults */
export function revealSecret(config: Config, name: SecretName): string {
  const secret = config.secrets[name];
  if (!secret) throw new Error(`${secretVariables[name]} is not set`);
  return secret.reveal();
}
