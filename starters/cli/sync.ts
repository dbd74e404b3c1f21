import type { Command } from 'commander';
import type { ExitCode } from './exit-codes.ts';
import { runInSession, type Session } from './session.ts';
import { addSyncJira, logLevelOption } from './sync-jira.ts';
import { linkCase, type LinkOptions } from './sync-link.ts';
import { listLinks, showLink, type SyncListOptions } from './sync-list.ts';
import { backfill, compare } from './sync-pass.ts';
import type { ScopeOptions } from './sync-scope.ts';
import { order, setPaused, type Order, type WriteOptions } from './sync-write.ts';
import { whoAmI } from './who-am-i.ts';

type End = (code: ExitCode) => void;
type Act<O> = (session: Session, options: O, words: readonly string[]) => Promise<ExitCode>;

const ofCase = 'case id or ARN, the key of its issue, or incident:<connection>:<case id>';

/** Cases of AWS Security Incident Response and their Jira issues. */
export function addSync(program: Command, end: End): void {
  const sync = program
    .command('sync')
    .description('cases of AWS Security Incident Response and their Jira issues')
    .addOption(logLevelOption())
    .addHelpText('after', toHelp(['sync list', 'sync status INC-7', 'sync reprocess --all --dry-run']));
  addSyncJira(sync, end);
  addReads(sync, end);
  addLinks(sync, end);
  addOrder(sync, end, 'resync', 'forget what was agreed on last, and rebuild it from both sides');
  addOrder(sync, end, 'reprocess', 'try what is parked once, with the latest state of both sides');
  addPasses(sync, end);
  for (const paused of [true, false]) addPause(sync, end, paused);
}

function addReads(sync: Command, end: End) {
  const list = sync
    .command('list')
    .description('running links: case, issue, and what each waits for')
    .option('--parked', 'only those with a step that failed, or a status that is not mapped');
  withConnection(list).addHelpText('after', toHelp(['sync list --parked', 'sync list --json']));
  act<SyncListOptions>(list, end, (session, options) => listLinks(session, options));
  const status = sync
    .command('status')
    .description('everything that is known of one link; fails when something of it is parked or held')
    .argument('<case>', ofCase);
  withConnection(status).addHelpText('after', toHelp(['sync status 1234567890', 'sync status INC-7 --json']));
  act<SyncListOptions>(status, end, (session, options, [typed = '']) => showLink(session, typed, options));
}

function addLinks(sync: Command, end: End) {
  const link = sync
    .command('link')
    .description('tie a case and an issue that are there')
    .argument('<case>', ofCase)
    .argument('<issue>', 'key or numeric id');
  withWrite(link).addHelpText(
    'after',
    toHelp(['sync link 1234567890 INC-7', 'sync link 1234567890 INC-7 --dry-run']),
  );
  act<LinkOptions>(link, end, (session, options, [typedCase = '', typedIssue = '']) =>
    linkCase(session, { typedCase, typedIssue }, options),
  );
  const unlink = sync
    .command('unlink')
    .description('take a case and its issue apart; nothing is deleted on either side')
    .argument('<case>', ofCase)
    .requiredOption('--reason <text>', 'why');
  withWrite(unlink).addHelpText('after', toHelp(['sync unlink INC-7 --reason "wrong pair"']));
  act<WriteOptions>(unlink, end, (session, options, [typed]) =>
    order(session, 'unlink', { typed, options }, portsOf(session)),
  );
}

function addOrder(sync: Command, end: End, kind: Exclude<Order, 'unlink'>, description: string) {
  const command = sync
    .command(kind)
    .description(description)
    .argument('[case]', ofCase)
    .option('--all', 'of every connection')
    .option('--reason <text>', 'why');
  withWrite(command).addHelpText(
    'after',
    toHelp([
      `sync ${kind} INC-7`,
      `sync ${kind} --connection aws-main --dry-run`,
      `sync ${kind} --all --json`,
    ]),
  );
  act<WriteOptions>(command, end, (session, options, [typed]) =>
    order(session, kind, { typed, options }, portsOf(session)),
  );
}

function addPasses(sync: Command, end: End) {
  const fill = sync
    .command('backfill')
    .description('look at every open case; those without an issue get one')
    .option('--all', 'of every connection, which is the default');
  withWrite(fill).addHelpText(
    'after',
    toHelp(['sync backfill --dry-run', 'sync backfill --connection aws-main']),
  );
  act<ScopeOptions>(fill, end, backfill);
  const drift = sync
    .command('drift')
    .description('compare both sides of every link, and write nothing; fails when any differ')
    .option('--all', 'of every connection, which is the default');
  withWrite(drift).addHelpText('after', toHelp(['sync drift', 'sync drift --connection aws-main --json']));
  act<ScopeOptions>(drift, end, compare);
}

function addPause(sync: Command, end: End, paused: boolean) {
  const name = paused ? 'pause' : 'resume';
  const command = sync
    .command(name)
    .description(paused ? 'stop writing; events are kept' : 'go on, with the latest state of both sides')
    .argument('[case]', ofCase)
    .option('--all', 'everything');
  if (paused) command.requiredOption('--reason <text>', 'why');
  else command.option('--reason <text>', 'why');
  const why = paused ? ' --reason "Jira is being moved"' : '';
  withWrite(command).addHelpText(
    'after',
    toHelp([
      `sync ${name} INC-7${why}`,
      `sync ${name} --connection aws-main${why}`,
      `sync ${name} --all${why}`,
    ]),
  );
  act<WriteOptions>(command, end, (session, options, [typed]) =>
    setPaused(session, paused, { typed, options }, portsOf(session)),
  );
}

function act<O extends SyncListOptions>(command: Command, end: End, run: Act<O>) {
  command.action(async (...given: readonly unknown[]) => {
    const own = given.at(-1) as Command;
    const options = own.optsWithGlobals<O>();
    end(await runInSession(options, (session) => run(session, options, own.args)));
  });
}

const portsOf = (session: Session) => ({ by: () => whoAmI(session) });

function withConnection(command: Command): Command {
  return command.option('--connection <name>', 'of the configuration; may be left out when there is one');
}

function withWrite(command: Command): Command {
  return withConnection(command).option('--dry-run', 'write nothing: say what would be done');
}

function toHelp(examples: readonly string[]): string {
  return `\nExamples:\n${examples.map((example) => `  lockkeeper ${example}`).join('\n')}`;
}
