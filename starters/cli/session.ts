import { reportFaults } from '../../config/fault.ts';
import { loadConfig } from '../../config/load-config.ts';
import type { Config } from '../../config/parse-config.ts';
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

/**
 * Runs a verb with configuration and Temporal; every error that is expected becomes a CliError.
 * @param needs.temporal false when Temporal's absence is itself a finding
 */
export async function runInSession(
  options: GlobalOptions,
  run: (session: Session) => Promise<ExitCode>,
  needs = { temporal: true },
): Promise<ExitCode> {
  const loaded = loadConfig(options.config, process.env);
  if ('faults' in loaded) throw new CliError(exitCodes.usage, reportFaults(loaded.faults));
  const connection = loadTemporalConnection(process.env);
  const temporal = connectTemporal(connection);
  const output = createOutput(options.json === true, (text) => process.stdout.write(text));
  try {
    if (needs.temporal) await temporal.probe(probeDeadlineMs);
    return await run({ config: loaded.config, temporal, output });
  } catch (error) {
    throw toCliError(error, connection.address) ?? error;
  } finally {
    await temporal.connection.close();
  }
}
