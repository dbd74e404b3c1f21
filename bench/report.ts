import { readFileSync } from 'node:fs';
import os from 'node:os';
import type { Figure, Limit } from './figure.ts';

/** What one bench measured. */
export interface Measured {
  readonly figures: readonly Figure[];
  /** What a reader must know to judge the figures. */
  readonly notes: readonly string[];
}

export interface Report extends Measured {
  readonly bench: string;
  readonly ok: boolean;
  readonly seconds: number;
  readonly machine: {
    readonly cpus: number;
    /** Load average of one minute: others' work on the same cores shows here. */
    readonly loadBefore: number;
    readonly loadAfter: number;
    /** Share of the time in which some process was ready and had no CPU (Linux PSI); null where the kernel does not say. */
    readonly cpuPressurePercent: number | null;
  };
}

/** Runs a bench and writes down how busy the machine was meanwhile. */
export async function measure(bench: string, run: () => Promise<Measured>): Promise<Report> {
  const started = Date.now();
  const loadBefore = loadOfOneMinute();
  const waitedBefore = cpuWaitMs();
  const { figures, notes } = await run();
  const waited = cpuWaitMs() - waitedBefore;
  const machine = {
    cpus: os.availableParallelism(),
    loadBefore,
    loadAfter: loadOfOneMinute(),
    cpuPressurePercent: Number.isNaN(waited) ? null : Math.round((100 * waited) / (Date.now() - started)),
  };
  const ok = figures.every((figure) => figure.ok);
  return { bench, ok, seconds: (Date.now() - started) / 1000, machine, figures, notes };
}

/** @returns NaN where the kernel keeps no pressure statistics */
function cpuWaitMs(): number {
  try {
    const micros = /^some .*total=(\d+)$/m.exec(readFileSync('/proc/pressure/cpu', 'utf8'))?.[1];
    return Number(micros) / 1000;
  } catch {
    return Number.NaN;
  }
}

function loadOfOneMinute(): number {
  return Math.round((os.loadavg()[0] ?? 0) * 100) / 100;
}

export function toTable({ bench, ok, seconds, machine, figures, notes }: Report): string {
  const header = ['', 'figure', 'n', 'mean', 'p50', 'p95', 'max', 'limit'];
  const rows = [header, ...figures.map(toRow)];
  const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join('  '),
  );
  const { cpus, loadBefore, loadAfter, cpuPressurePercent } = machine;
  const pressure = cpuPressurePercent === null ? '' : `, CPU missing ${cpuPressurePercent} % of the time`;
  return [
    `${bench}: ${ok ? 'within all limits' : 'A LIMIT IS MISSED'} (${Math.round(seconds)} s, ${cpus} CPUs, load ${loadBefore} → ${loadAfter}${pressure})`,
    ...lines.map((line) => line.trimEnd()),
    ...notes.map((note) => `- ${note}`),
    '',
  ].join('\n');
}

function toRow({ name, unit, n, mean, p50, p95, max, limit, ok }: Figure): string[] {
  const numbers = [mean, p50, p95, max].map(toShort);
  const state = limit === null ? '' : ok ? 'ok' : 'MISSED';
  return [state, `${name} [${unit}]`, String(n), ...numbers, limit === null ? '' : toWords(limit)];
}

function toWords({ of, is, value }: Limit): string {
  return `${of} ${is} ${value.toLocaleString('en')}`;
}

function toShort(value: number): string {
  if (Number.isNaN(value)) return '-';
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(value % 1 === 0 ? 0 : 1);
}

/** State and name to the left, numbers to the right. */
function pad(cell: string, width: number, column: number): string {
  return column < 2 || column === 7 ? cell.padEnd(width) : cell.padStart(width);
}
