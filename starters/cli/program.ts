import { Command, Option } from 'commander';
import { addDecisions } from './decide.ts';
import { addDoctor } from './doctor.ts';
import { addEvidence } from './evidence.ts';
import { exitCodeHelp, type ExitCode } from './exit-codes.ts';
import { addExplain } from './explain.ts';
import { addFindings } from './findings.ts';
import { addFreeze } from './freeze.ts';
import { addGate } from './gate.ts';
import { addInbox } from './inbox.ts';
import { addPlanRiskCommand } from './plan-risk.ts';
import { addRetry } from './retry.ts';
import { addRollback } from './rollback.ts';
import { addSecrets } from './secrets.ts';
import { addSetup } from './setup.ts';
import { addStart } from './start.ts';
import { addStatus } from './status.ts';
import { addSteal } from './steal.ts';
import { addSync } from './sync.ts';
import { addWaveSignals } from './wave-signals.ts';
import { addWatch } from './watch.ts';

/** In the order in which --help lists them. */
const verbs: readonly ((program: Command, end: (code: ExitCode) => void) => void)[] = [
  ...[addStart, addStatus, addWatch, addExplain],
  ...[addInbox, addDecisions, addWaveSignals, addFreeze, addSteal],
  ...[addRetry, addRollback, addEvidence],
  ...[addFindings, addSync, addSecrets],
  addPlanRiskCommand,
  addGate,
  ...[addSetup, addDoctor],
];

/**
 * The whole command line. It throws CommanderError instead of ending the process.
 * @param end is told the exit code of the verb that ran
 */
export function createProgram(end: (code: ExitCode) => void): Command {
  const program = new Command('lockkeeper')
    .description('Start, watch, explain and decide the security-operations processes of Lockkeeper.')
    .addOption(
      new Option('--config <path>', 'the configuration').env('LOCKKEEPER_CONFIG').default('lockkeeper.yaml'),
    )
    .option('--json', 'print JSON, one value a line')
    .addHelpText('after', exitCodeHelp)
    .showSuggestionAfterError()
    // inherited by the commands that are added below
    .exitOverride();
  for (const add of verbs) add(program, end);
  return program;
}
