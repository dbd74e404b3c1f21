import { jqlError } from './jql.ts';

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** `2026-11-04`, `2026-11-04 09:36`, `2026/11/04 09:36`, epoch ms, or `-5m`, `-2h`, `-1d`, `-1w`. Everybody here lives in UTC. */
export function parseJqlDate(value: string, now: Date): number {
  const relative = /^([-+]?\d+)([mhdw])$/.exec(value);
  if (relative) return now.getTime() + Number(relative[1]) * (unitMs[relative[2] ?? ''] ?? 0);
  if (/^\d{11,}$/.test(value)) return Number(value);
  const absolute = /^(\d{4})[-/](\d{2})[-/](\d{2})(?: (\d{2}):(\d{2}))?$/.exec(value);
  if (!absolute)
    throw jqlError(`the date value '${value}' is invalid; use 'yyyy-MM-dd HH:mm' or a period such as -5d`);
  const [year, month, day, hour = 0, minute = 0] = absolute.slice(1).map((part) => Number(part ?? 0));
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute);
}
