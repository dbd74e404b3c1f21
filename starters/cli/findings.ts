import type { Command } from 'commander';
import { toFindingPolicy } from '../../config/halo-policy.ts';
import type { PassKind } from '../../workflows/halo-sync/messages.ts';
import type { ExitCode } from './exit-codes.ts';
import { addAcceptances } from './findings-accept.ts';
import { addBulk } from './findings-bulk.ts';
import { askFindings, retryFindings, type AskOptions } from './findings-ask.ts';
import { listParked, listPasses, listRoutes, showStatus } from './findings-list.ts';
import type { SourceOptions } from './findings-source.ts';
import { runInSession } from './session.ts';

interface ListOptions extends SourceOptions {
  readonly parked?: boolean;
}

const kinds: Readonly<Record<PassKind, string>> = {
  pass: 'sync what changed since the last pass',
  reconcile: 'look at every finding, and at the tickets whose finding is gone',
  backfill: 'sync what changed since a date; findings of a dropped flood are taken up again',
  remind: 'comment on open tickets that are due soon (remindAt in the configuration)',
};

/** Findings of scanners and their tickets. */
export function addFindings(program: Command, end: (code: ExitCode) => void): void {
  const verb = program
    .command('findings')
    .description('the findings of scanners and their tickets')
    .addHelpText('after', toHelp(['findings status', 'findings pass --follow', 'findings list --parked']));
  for (const kind of ['pass', 'reconcile', 'backfill', 'remind'] as const) addAsk(verb, kind, end);
  addList(verb, end);
  addAcceptances(verb, end);
  addBulk(verb, end);
  withSource(verb.command('retry'))
    .description('try findings again that could not be written')
    .argument('[id...]', 'ids of findings; all that are parked when none is named')
    .addHelpText('after', toHelp(['findings retry', 'findings retry 1b2c3d4e-0000-4000-8000-000000000001']))
    .action(async (ids: readonly string[], _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<SourceOptions>();
      end(await runInSession(options, (session) => retryFindings(session, ids, options)));
    });
  withSource(verb.command('routes'))
    .description('what each route last took, and the last error of a pass')
    .addHelpText('after', toHelp(['findings routes', 'findings routes --source halo --json']))
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<SourceOptions>();
      end(await runInSession(options, (session) => listRoutes(session, options)));
    });
  withSource(verb.command('status'))
    .description('up to when each source is synced, what runs and what waits')
    .addHelpText('after', toHelp(['findings status', 'findings status --source halo --json']))
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<SourceOptions>();
      end(await runInSession(options, (session) => showStatus(session, options)));
    });
}

function addAsk(verb: Command, kind: PassKind, end: (code: ExitCode) => void) {
  const command = withSource(verb.command(kind))
    .description(kinds[kind])
    .option('--follow', 'follow it until it ends; the exit code tells how')
    .option('--dry-run', 'write nothing: count what would be done, and follow it');
  if (kind === 'backfill') command.requiredOption('--since <date>', 'a day in UTC, or a time with its zone');
  const since = kind === 'backfill' ? ' --since 2026-10-01' : '';
  command
    .addHelpText('after', toHelp([`findings ${kind}${since}`, `findings ${kind}${since} --follow --json`]))
    .action(async (_options: unknown, own: Command) => {
      const options = own.optsWithGlobals<AskOptions>();
      end(
        await runInSession(options, (session) =>
          askFindings(session, kind, options, { toPolicy: toFindingPolicy }),
        ),
      );
    });
}

function addList(verb: Command, end: (code: ExitCode) => void) {
  withSource(verb.command('list'))
    .description('how the last passes ended, or what could not be written')
    .option('--parked', 'the findings that could not be written, with the reason')
    .addHelpText('after', toHelp(['findings list', 'findings list --parked --json']))
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ListOptions>();
      end(
        await runInSession(options, (session) =>
          options.parked === true ? listParked(session, options) : listPasses(session, options),
        ),
      );
    });
}

function withSource(command: Command): Command {
  return command.option('--source <name>', 'of the configuration; may be left out when there is one');
}

function toHelp(examples: readonly string[]): string {
  return `\nExamples:\n${examples.map((example) => `  lockkeeper ${example}`).join('\n')}`;
}
