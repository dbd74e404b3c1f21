import { Command, Option } from 'commander';
import { addDoctor } from './doctor.ts';
import { exitCodeHelp, type ExitCode } from './exit-codes.ts';
import { addExplain } from './explain.ts';
import { addSetup } from './setup.ts';
import { addStart } from './start.ts';
import { addStatus } from './status.ts';
import { addWatch } from './watch.ts';

/**
 * The whole command line. It throws CommanderError instead of ending the process.
 * @param end is told the exit code of the verb that ran
 */
export function createProgram(end: (code: ExitCode) => void): Command {
  const program = new Command('lockkeeper')
    .description('Start, watch and explain the security-operations processes of Lockkeeper.')
    .addOption(
      new Option('--config <path>', 'the configuration').env('LOCKKEEPER_CONFIG').default('lockkeeper.yaml'),
    )
    .option('--json', 'print JSON, one value a line')
    .addHelpText('after', exitCodeHelp)
    .showSuggestionAfterError()
    // inherited by the commands that are added below
    .exitOverride();
  for (const add of [addStart, addStatus, addWatch, addExplain, addSetup, addDoctor]) add(program, end);
  return program;
}
