import type { Finding } from './finding.ts';
import type { FindingPolicy, ReadField } from './messages.ts';
import { holds } from './routing.ts';
import type { FindingTicket } from './ticket.ts';

const dayMs = 86_400_000;
/** A calendar without a single day that counts must not loop for ever. */
const farthestDays = 3_650 * 7;

type DueRules = Pick<FindingPolicy, 'dueDays' | 'dueRules' | 'dueCalendar'>;

/**
 * The first rule that holds and names the severity, else `dueDays`.
 * @returns `yyyy-MM-dd` in UTC; null: no days are set for its severity, or nobody knows when it was first seen
 */
export function dueDateOf(finding: Finding, policy: DueRules, read: ReadField): string | null {
  const days = daysOf(finding, policy, read);
  const seen = Date.parse(finding.firstSeenAt);
  if (days === undefined || Number.isNaN(seen)) return null;
  const due = new Date(policy.dueCalendar ? addCounted(seen, days, policy.dueCalendar) : seen + days * dayMs);
  // Jira takes years of four digits
  const [date] = Number.isNaN(due.getTime()) ? [] : (/^\d{4}-\d\d-\d\d/.exec(due.toISOString()) ?? []);
  return date ?? null;
}

function daysOf({ severity }: Finding, { dueRules = [], dueDays }: DueRules, read: ReadField) {
  const rule = dueRules.find(
    ({ when, days }) => days[severity] !== undefined && when.every((condition) => holds(condition, read)),
  );
  return rule?.days[severity] ?? dueDays[severity];
}

/** The day on which the last of so many days that count has passed; none counts: the day itself, or the next one that does. */
function addCounted(fromMs: number, days: number, calendar: NonNullable<DueRules['dueCalendar']>): number {
  let left = days;
  let at = fromMs;
  for (let step = 0; step < farthestDays && (left > 0 || !counts(at, calendar)); step += 1) {
    at += dayMs;
    if (counts(at, calendar)) left -= 1;
  }
  return at;
}

function counts(ms: number, { weekdays, holidays }: NonNullable<DueRules['dueCalendar']>): boolean {
  const date = new Date(ms);
  return weekdays.includes(date.getUTCDay() || 7) && !holidays.includes(date.toISOString().slice(0, 10));
}

export interface Reminder {
  /** What was reached of `remindAt`. */
  readonly percent: number;
  /** `yyyy-MM-dd` */
  readonly due: string;
  readonly overdue: boolean;
}

/**
 * Of an open ticket, the highest mark that it has reached since it was created and that nobody was reminded of. The day it is due is
 * its last one.
 */
export function reminderOf(
  ticket: FindingTicket,
  remindAt: readonly number[],
  nowMs: number,
): Reminder | null {
  const { dueDate: due, mark, createdAt, isDone } = ticket;
  if (!due || !mark || isDone) return null;
  const begun = Date.parse(createdAt);
  const end = Date.parse(`${due}T00:00:00Z`) + dayMs;
  const passed = end <= begun ? 100 : ((nowMs - begun) / (end - begun)) * 100;
  const reached = Math.max(0, ...remindAt.filter((percent) => passed >= percent));
  const before = mark.reminded?.due === due ? mark.reminded.percent : 0;
  return reached > before ? { percent: reached, due, overdue: nowMs >= end } : null;
}
