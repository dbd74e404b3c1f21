import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const mostMs = 366 * 86_400_000;

/**
 * When a hold ends by itself.
 * @param given `until`: a time with its zone; `for`: such as `90m`, `4h`, `2d`, `1h30m`; neither: when somebody lifts it
 * @returns ISO 8601 UTC · @throws CliError naming the accepted forms
 */
export function toHoldEnd(given: { until?: string; for?: string }, nowMs: number): string | null {
  if (given.until !== undefined && given.for !== undefined)
    throw new CliError(exitCodes.usage, '--until and --for: both say when it ends', 'Give one of them.');
  const end = given.for === undefined ? parseUntil(given.until) : nowMs + parseSpan(given.for);
  if (end === null) return null;
  if (end <= nowMs)
    throw new CliError(
      exitCodes.usage,
      `--until: ${given.until ?? ''} is over already`,
      'Give a later time.',
    );
  if (end - nowMs > mostMs)
    throw new CliError(
      exitCodes.usage,
      'it would last longer than a year',
      'Leave the end out: somebody lifts it then.',
    );
  return new Date(end).toISOString();
}

function parseUntil(text: string | undefined): number | null {
  if (text === undefined) return null;
  const isComplete =
    /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})$/.test(
      text,
    );
  const time = isComplete ? Date.parse(text) : NaN;
  if (!Number.isNaN(time)) return time;
  throw new CliError(
    exitCodes.usage,
    `--until: "${text}" is no time`,
    'Give it with its zone: 2026-12-24T18:00+01:00 or …T17:00Z.',
  );
}

function parseSpan(text: string): number {
  const parts = /^([0-9]{1,5}[mhd])+$/.test(text) ? (text.match(/[0-9]+[mhd]/g) ?? []) : [];
  const ms = parts.reduce((sum, part) => sum + Number(part.slice(0, -1)) * (unitMs[part.slice(-1)] ?? 0), 0);
  if (ms > 0) return ms;
  throw new CliError(
    exitCodes.usage,
    `--for: "${text}" is no duration`,
    'Give minutes, hours or days: 90m, 4h, 2d, 1h30m.',
  );
}
