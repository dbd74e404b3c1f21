import { createInterface } from 'node:readline/promises';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';

/** Where a person can be asked; the question goes to stderr, so that stdout stays what was asked for. */
export interface Terminal {
  readonly interactive: boolean;
  ask(question: string): Promise<string>;
}

export function ownTerminal(): Terminal {
  return {
    interactive: process.stdin.isTTY && process.stderr.isTTY,
    async ask(question) {
      const reader = createInterface({ input: process.stdin, output: process.stderr });
      try {
        return await reader.question(question);
      } finally {
        reader.close();
      }
    },
  };
}

/** Nothing is asked with `yes`, and of a script, which has nobody to ask. @throws CliError when it is not confirmed */
export async function confirm(question: string, yes: boolean, terminal: Terminal): Promise<void> {
  if (yes || !terminal.interactive) return;
  const answer = (await terminal.ask(`${question} [y/N] `)).trim().toLowerCase();
  if (answer === 'y' || answer === 'yes') return;
  throw new CliError(exitCodes.failed, 'nothing was decided');
}
