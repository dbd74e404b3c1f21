import { writeFileSync } from 'node:fs';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Command } from 'commander';
import { inspection as inspectionQuery } from '../../../workflows/change-inspection/messages.ts';
import type { InspectionRecord } from '../../../workflows/change-inspection/messages.ts';
import { isMonth, monthBefore } from '../../../workflows/change-inspection/month.ts';
import { changeInspectionId } from '../../../workflows/shared/names.ts';
import { CliError } from '../cli-error.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { runInSession, type GlobalOptions, type Session } from '../session.ts';
import { toCsv } from './csv.ts';
import { compareDrawn, redraw } from './check-inspection.ts';
import { wantedOfHistory } from './collect.ts';
import { readHistory } from './history.ts';
import { collectInspection, readRecord } from './inspection.ts';

interface ListOptions {
  readonly from?: string;
  readonly to?: string;
  readonly format?: string;
  readonly out?: string;
}

/** One month as an auditor gets it: a line of JSON, or a row for each sampled ticket. */
export interface MonthOfInspection {
  readonly month: string;
  readonly state: 'inspected' | 'empty' | 'open' | 'failed' | 'missing';
  readonly record: InspectionRecord | null;
  readonly percent: number | null;
  readonly least: number | null;
  /** The sample, drawn again here from what the run read; `` when there is nothing to draw it from. */
  readonly redrawn: 'ok' | 'WRONG' | '';
}

const mostMonths = 120;
const formats = ['jsonl', 'csv'];

export function addInspections(evidence: Command, end: (code: ExitCode) => void): void {
  evidence
    .command('inspections')
    .description(
      'random inspections of a period: population, seed, sample and results; each sample is drawn again',
    )
    .option('--from <month>', 'the first month, such as 2026-01; a year before --to otherwise')
    .option('--to <month>', 'the last month; the last one that is over otherwise')
    .option(
      '--format <format>',
      'jsonl (a line for each month) or csv (a row for each sampled ticket)',
      'jsonl',
    )
    .option('--out <file>', 'write it there instead of printing it')
    .addHelpText(
      'after',
      '\nExamples:\n  lockkeeper evidence inspections --from 2026-01 --to 2026-12 --format csv --out 2026.csv\n' +
        '  lockkeeper evidence inspections --from 2026-10 --to 2026-10\n' +
        '\nExit code 10: a sample is not the one that the population gives.',
    )
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<ListOptions & GlobalOptions>();
      end(await runInSession(options, (session) => listInspections(session, options)));
    });
}

/** @param write of the list, when no file is named */
export async function listInspections(
  { temporal, output }: Pick<Session, 'temporal' | 'output'>,
  options: ListOptions,
  write: (text: string) => void = (text) => process.stdout.write(text),
  nowMs = Date.now(),
): Promise<ExitCode> {
  const { format = 'jsonl', out } = options;
  if (!formats.includes(format))
    throw new CliError(exitCodes.usage, `--format: "${format}" is none of ${formats.join(', ')}`);
  const found: MonthOfInspection[] = [];
  for (const month of monthsOf(options, nowMs)) found.push(await readMonth(temporal.client, month));
  const listed = format === 'csv' ? toCsv(found.flatMap(toRows)) : found.map(toLine).join('');
  if (out === undefined) write(listed);
  else {
    writeFileSync(out, listed);
    output.print({ file: out, months: found.length }, [`${out}: ${found.length} months`]);
  }
  return found.some(({ redrawn }) => redrawn === 'WRONG') ? exitCodes.refused : exitCodes.ok;
}

/** @throws CliError */
function monthsOf({ from, to }: ListOptions, nowMs: number): string[] {
  const last = to ?? monthBefore(nowMs);
  const first = from ?? `${Number(last.slice(0, 4)) - 1}${last.slice(4)}`;
  const asked = Object.entries({ '--from': first, '--to': last });
  const wrong = asked.find(([, month]) => !isMonth(month));
  if (wrong) throw new CliError(exitCodes.usage, `${wrong[0]}: "${wrong[1]}" is no month such as 2026-10`);
  if (first > last) throw new CliError(exitCodes.usage, '--from is after --to');
  const months: string[] = [];
  for (let at = numberOf(first); at <= numberOf(last); at += 1)
    months.push(`${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`);
  if (months.length <= mostMonths) return months;
  throw new CliError(exitCodes.usage, `${months.length} months are more than ${mostMonths}`);
}

function numberOf(month: string): number {
  return Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1;
}

async function readMonth(client: Client, month: string): Promise<MonthOfInspection> {
  const nothing = { month, record: null, percent: null, least: null, redrawn: '' } as const;
  try {
    const workflowId = changeInspectionId(month);
    // of one run from here on, even if another begins meanwhile
    const { runId } = await client.workflow.getHandle(workflowId).describe();
    const handle = client.workflow.getHandle(workflowId, runId);
    const run = await readHistory(
      await handle.fetchHistory(),
      client.options.loadedDataConverter,
      wantedOfHistory,
    );
    const record = readRecord(run.closed ? run.closed.result : await handle.query(inspectionQuery));
    const { inspection } = collectInspection(run);
    const state = stateOf(run.closed?.status, record);
    if (!inspection || !record) return { ...nothing, state, record };
    const { percent, least } = inspection;
    const redrawn = compareDrawn(redraw(inspection), record).ok ? 'ok' : 'WRONG';
    return { month, state, record, percent, least, redrawn };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { ...nothing, state: 'missing' };
    throw error;
  }
}

function stateOf(closed: string | undefined, record: InspectionRecord | null): MonthOfInspection['state'] {
  if (closed === undefined) return 'open';
  if (closed !== 'completed' || !record) return 'failed';
  return record.population.length === 0 ? 'empty' : 'inspected';
}

function toLine({ record, ...month }: MonthOfInspection): string {
  return `${JSON.stringify({ ...month, ...(record ?? {}) })}\n`;
}

function toRows({ month, state, record, redrawn }: MonthOfInspection): Record<string, string>[] {
  const base = {
    ...{ month, state, population: String(record?.population.length ?? ''), seed: record?.seed ?? '' },
    ...{ sample: String(record?.sample.length ?? ''), redrawn },
  };
  const none = { ticket: '', result: '', inspector: '', reason: '', finding: '', at: '' };
  const tickets = record?.tickets ?? [];
  if (tickets.length === 0) return [{ ...base, ...none }];
  return tickets.map(({ ticket, result, inspector, reason, finding, at }) => ({
    ...{ ...base, ticket, result, inspector: inspector ?? '' },
    ...{ reason: reason ?? '', finding: finding ?? '', at: at ?? '' },
  }));
}
