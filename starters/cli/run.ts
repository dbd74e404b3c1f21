import { CommanderError, type Command } from 'commander';
import { toCliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import { createProgram } from './program.ts';

/**
 * One command line from its words to its end. What went wrong is said on stderr.
 * @param words what follows `lockkeeper` · @returns the exit code
 */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  let ended: number = exitCodes.ok;
  const program = createProgram((code) => (ended = code));
  try {
    await program.parseAsync(words, { from: 'user' });
    return ended;
  } catch (error) {
    return toExitCode(program, error);
  }
}

function toExitCode(program: Command, error: unknown): number {
  // commander has printed what it has to say
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  const known = toCliError(error);
  const json = program.opts<{ json?: boolean }>().json === true;
  if (!known) console.error(error);
  else if (json) console.error(JSON.stringify({ error: known.message, fix: known.fix ?? null }));
  else console.error(known.fix === undefined ? known.message : `${known.message}\n${known.fix}`);
  return known?.exitCode ?? exitCodes.failed;
}
