import type { Environment } from '../../../config/environment.ts';
import { reportFaults } from '../../../config/fault.ts';
import { loadConfig } from '../../../config/load-config.ts';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import { createOutput, type Output } from '../output.ts';
import type { GlobalOptions } from '../session.ts';
import { ownClock, type Clock } from './clock.ts';
import { createGateClient, type GateClient } from './gate-client.ts';

/** What a verb of the gate works with: no Temporal, and no configuration, which a CI job has not. */
export interface GateSession {
  readonly gate: GateClient;
  readonly output: Output;
  readonly clock: Clock;
  readonly env: Environment;
}

export interface GateOptions extends GlobalOptions {
  readonly gateUrl?: string;
}

/** @throws CliError */
export function openGate(options: GateOptions, env: Environment): GateSession {
  const url = findUrl(options, env);
  return {
    gate: createGateClient({ url, headers: readCredential(env) }),
    output: createOutput(options.json === true, (text) => process.stdout.write(text)),
    ...{ clock: ownClock, env },
  };
}

function findUrl({ gateUrl, config }: GateOptions, env: Environment): string {
  const given = gateUrl ?? env['LOCKKEEPER_GATE_URL'];
  if (given !== undefined && given !== '') return requireSafe(given);
  const loaded = loadConfig(config, env);
  const where = 'Set LOCKKEEPER_GATE_URL to where the starters are, such as https://lockkeeper.example.com.';
  if ('faults' in loaded)
    throw new CliError(exitCodes.usage, `no gate is named. ${reportFaults(loaded.faults)}`, where);
  if (loaded.config.decisions) return loaded.config.decisions.gatewayUrl;
  throw new CliError(exitCodes.usage, 'no gate is named', where);
}

/** The credential goes there: in clear only within this machine. */
function requireSafe(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isLoopback = ['127.0.0.1', '[::1]', 'localhost'].includes(url?.hostname ?? '');
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback);
  if (url && isSafe && url.username === '' && url.search === '' && url.hash === '')
    return given.replace(/\/+$/, '');
  throw new CliError(
    exitCodes.usage,
    'LOCKKEEPER_GATE_URL: https://… is expected',
    'Give the address of the starters.',
  );
}

function readCredential(env: Environment): Readonly<Record<string, string>> {
  const { LOCKKEEPER_ID_TOKEN: idToken, LOCKKEEPER_GATE_TOKEN: shared } = env;
  const isPrintable = (value: string | undefined) => value !== undefined && /^[\x21-\x7e]+$/.test(value);
  if (isPrintable(idToken)) return { authorization: `Bearer ${idToken}` };
  if (isPrintable(shared)) return { 'x-lockkeeper-token': shared ?? '' };
  throw new CliError(
    exitCodes.usage,
    'no credential: neither LOCKKEEPER_ID_TOKEN nor LOCKKEEPER_GATE_TOKEN is set',
    'In GitLab give the job `id_tokens: { LOCKKEEPER_ID_TOKEN: { aud: lockkeeper } }`; in another CI set LOCKKEEPER_GATE_TOKEN.',
  );
}
