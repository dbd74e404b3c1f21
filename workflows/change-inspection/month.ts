/** Months as text, `2026-10`, in UTC. Pure: every time is given, in ms since 1970. */

export function isMonth(value: unknown): value is string {
  return typeof value === 'string' && /^2[0-9]{3}-(0[1-9]|1[0-2])$/.test(value);
}

function monthOf(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 7);
}

/** The last month that is over. */
export function monthBefore(nowMs: number): string {
  const now = new Date(nowMs);
  return monthOf(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 0));
}

/** Before that its population may still grow, and nothing can be drawn. */
export function isOver(month: string, nowMs: number): boolean {
  return month < monthOf(nowMs);
}
