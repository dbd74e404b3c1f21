import type { Command } from 'commander';
import { readOne, readVersions } from '../../activities/ledger/read-ledger.ts';
import { toChangeRow, type Row } from '../../activities/ledger/rows.ts';
import type { LedgerVerdict } from '../../workflows/secret-audit/messages.ts';
import { CliError } from './cli-error.ts';
import { toCsv } from './evidence/csv.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { toTable } from './output.ts';
import { openExport, openLedgerTable, readDays, requireAudit, requireDays } from './secret-ledger.ts';
import { toSecretReport, type SecretReport } from './secret-report.ts';
import { runInSession, type GlobalOptions, type Session } from './session.ts';

interface MonthOptions extends GlobalOptions {
  readonly month: string;
  readonly csv?: boolean;
  readonly verdict?: string;
}

/** The ledger of changes of secrets, for auditors. */
export function addSecrets(program: Command, end: (code: ExitCode) => void): void {
  const verb = program
    .command('secrets')
    .description('the audit of secrets: what the ledger says of changes and approvals')
    .addHelpText('after', `${credentialHelp}${toHelp(['secrets report --month 2026-11'])}`);
  const add = (
    name: string,
    what: string,
    run: (session: Session, options: MonthOptions) => Promise<ExitCode>,
  ) =>
    verb
      .command(name)
      .description(what)
      .requiredOption('--month <month>', 'a month in UTC, such as 2026-11')
      .addHelpText(
        'after',
        toHelp([`secrets ${name} --month 2026-11`, `secrets ${name} --month 2026-11 --json`]),
      )
      .action(async (_options: unknown, command: Command) => {
        const options = command.optsWithGlobals<MonthOptions>();
        end(await runInSession(options, (session) => run(session, options)));
      });
  add('report', 'coverage, what is unmatched, and how long it took to explain', showReport).option(
    '--csv',
    csvHelp,
  );
  add('list', 'every change with its newest verdict', listChanges)
    .option('--verdict <name>', 'only those, such as no-ticket')
    .option('--csv', csvHelp);
  add('export', 'write the days of a month for Athena', exportMonth);
  verb
    .command('show')
    .description('one change, with every version of its verdict')
    .argument('<event id>', 'CloudTrail’s id of the event')
    .addHelpText('after', toHelp(['secrets show 12345678-1234-1234-1234-123456789012']))
    .action(async (eventId: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      end(await runInSession(options, (session) => showChange(session, eventId)));
    });
}

const csvHelp = 'as CSV; a cell that a spreadsheet would take for a formula begins with an apostrophe';
const credentialHelp = `
It reads DynamoDB with the AWS credentials of your shell, which assume processes.secrets.role.
`;

async function showReport(session: Session, { month, csv }: MonthOptions): Promise<ExitCode> {
  const { config } = session;
  const { approvedStatuses } = requireAudit(config);
  const days = await readDays(openLedgerTable(config), requireDays(month));
  const report = toSecretReport(month, days, approvedStatuses);
  if (csv) return writeCsv([toFlat(report)]);
  session.output.print(report, toLines(report));
  return exitCodes.ok;
}

async function listChanges(session: Session, { month, csv, verdict }: MonthOptions): Promise<ExitCode> {
  requireAudit(session.config);
  const days = await readDays(openLedgerTable(session.config), requireDays(month));
  const rows = days.flatMap((day) => day.changes).map(toChangeRow);
  const wanted = rows.filter((row) => verdict === undefined || row['verdict'] === verdict);
  if (csv) return writeCsv(wanted.map(toFlat));
  const header = ['TIME', 'CALL', 'SECRET', 'BY', 'VERDICT', 'TICKET', 'EXPLAINED'];
  const cells = wanted.map((row) =>
    ['event_time', 'event_name', 'secret_name', 'actor', 'verdict', 'ticket', 'explanation'].map((name) =>
      String(row[name] ?? '-'),
    ),
  );
  session.output.print(wanted, wanted.length === 0 ? ['Nothing.'] : toTable([header, ...cells]));
  return exitCodes.ok;
}

async function showChange(session: Session, eventId: string): Promise<ExitCode> {
  const table = openLedgerTable(session.config);
  const change = await readOne(table, eventId);
  if (!change)
    throw new CliError(exitCodes.failed, `${eventId}: is not in the ledger`, 'Look at secrets list --month.');
  const versions = await readVersions(table, eventId);
  const { event, foundBy, recordedAt } = change;
  const lines = Object.entries(toChangeRow(change)).map(([name, value]) => `${name}: ${value ?? '-'}`);
  session.output.print({ event, foundBy, recordedAt, versions }, [
    ...lines,
    '',
    ...versions.flatMap(describe),
  ]);
  return exitCodes.ok;
}

function describe({ version, decidedAt, verdict, ticket, reasons, explanation }: LedgerVerdict): string[] {
  const head = `version ${version}, ${decidedAt}: ${verdict}${ticket === null ? '' : ` (${ticket})`}`;
  const said = explanation
    ? [`  ${explanation.kind} by ${explanation.by ?? 'nobody'}: ${explanation.text}`]
    : [];
  return [head, ...reasons.map((reason) => `  ${reason}`), ...said];
}

async function exportMonth(session: Session, { month }: MonthOptions): Promise<ExitCode> {
  const total = await openExport(session.config)({ days: requireDays(month) });
  session.output.print(total, [`${total.changes} changes in ${total.objects} objects`]);
  return exitCodes.ok;
}

function writeCsv(rows: readonly Readonly<Record<string, string>>[]): ExitCode {
  process.stdout.write(rows.length === 0 ? '' : toCsv(rows));
  return exitCodes.ok;
}

function toFlat(row: Row | SecretReport): Record<string, string> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]: [string, unknown]) => [name, toCell(value)]),
  );
}

function toCell(value: unknown): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function toLines(report: SecretReport): string[] {
  const { month, changes, inScope, covered, coveragePercent, unmatched, unexplained } = report;
  const verdicts = Object.entries(report.byVerdict).map(([verdict, count]) => `${verdict} ${count}`);
  return [
    `Changes of secrets in ${month}: ${changes} (${verdicts.join(', ') || 'none'})`,
    `Covered by an approval or a rule: ${covered} of ${inScope}${coveragePercent === null ? '' : `, ${coveragePercent} %`}`,
    `Without approval when they happened: ${unmatched}, of which nobody has explained ${unexplained}`,
    `Approved late: ${report.lateApprovals}; approved afterwards, when people were asked: ${report.approvedAfterwards}`,
    `Approvals that no change used: ${report.unusedApprovals.join(', ') || 'none'}`,
    `Gaps of the audit itself: ${report.gaps}`,
    `Mean time to explain: ${report.meanHoursToExplain === null ? '-' : `${report.meanHoursToExplain} h`}`,
  ];
}

function toHelp(examples: readonly string[]): string {
  return `\nExamples:\n${examples.map((one) => `  lockkeeper ${one}\n`).join('')}`;
}
