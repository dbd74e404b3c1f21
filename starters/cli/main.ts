import { CommanderError } from 'commander';
import { toCliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import { createProgram } from './program.ts';

// `lockkeeper status | head` closes the pipe: nobody reads on, and that is no error
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

const program = createProgram((code) => (process.exitCode = code));
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = toExitCode(error);
}

function toExitCode(error: unknown): number {
  // commander has printed what it has to say
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  const known = toCliError(error);
  const json = program.opts<{ json?: boolean }>().json === true;
  if (!known) console.error(error);
  else if (json) console.error(JSON.stringify({ error: known.message, fix: known.fix ?? null }));
  else console.error(known.fix === undefined ? known.message : `${known.message}\n${known.fix}`);
  return known?.exitCode ?? exitCodes.failed;
}
