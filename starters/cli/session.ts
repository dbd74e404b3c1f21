import { reportFaults, reportWarning } from '../../config/fault.ts';
import type { Config } from '../../config/parse-config.ts';
import { loadConfigWithParameters } from '../../config/ssm-secrets.ts';
import { loadTemporalConnection } from '../../config/temporal-connection.ts';
import { connectTemporal, type ConnectedTemporal } from '../connect-temporal.ts';
import { CliError, toCliError } from './cli-error.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { createOutput, type Output } from './output.ts';

/** The options that every verb takes. */
export interface GlobalOptions {
  readonly config: string;
  readonly json?: boolean;
}

/** What a verb works with. */
export interface Session {
  readonly config: Config;
  readonly temporal: ConnectedTemporal;
  readonly output: Output;
}

/** The client repeats refused connections for long: people are told soon. */
const probeDeadlineMs = 3_000;

/** For verbs that need it. @throws what becomes exit code 4 */
export async function requireTemporal({ temporal }: Session): Promise<void> {
  await temporal.probe(probeDeadlineMs);
}

/** Runs a verb with configuration and Temporal; every error that is expected becomes a CliError. */
export async function runInSession(
  options: GlobalOptions,
  run: (session: Session) => Promise<ExitCode>,
): Promise<ExitCode> {
  const loaded = await loadConfigWithParameters(options.config, process.env);
  if ('faults' in loaded) throw new CliError(exitCodes.usage, reportFaults(loaded.faults));
  for (const warning of loaded.warnings) process.stderr.write(`Warning: ${reportWarning(warning)}\n`);
  const connection = loadTemporalConnection(process.env);
  const temporal = connectTemporal(connection);
  const output = createOutput(options.json === true, (text) => process.stdout.write(text));
  try {
    return await run({ config: loaded.config, temporal, output });
  } catch (error) {
    throw toCliError(error, connection.address) ?? error;
  } finally {
    await temporal.connection.close();
  }
}
