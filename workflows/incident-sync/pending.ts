import type { IncidentPolicy, IncidentState } from './messages.ts';
import type { CaseSide } from './sides.ts';

type Pending = Pick<IncidentState, 'pendingSince' | 'reminded'>;

/** The clock of reminders starts when AWS is first seen to wait for us, and ends with its waiting. */
export function seePending(
  state: Pending,
  { pendingAction, status }: Pick<CaseSide, 'pendingAction' | 'status'>,
  nowMs: number,
): Pending {
  if (pendingAction !== 'Customer' || status === 'Closed') return { pendingSince: null, reminded: 0 };
  return { ...state, pendingSince: state.pendingSince ?? new Date(nowMs).toISOString() };
}

/** The reminder that is due, counted from 1; of several that fell due meanwhile the last. Null: none is. */
export function dueReminder(
  { pendingSince, reminded }: Pending,
  { pendingMinutes }: Pick<IncidentPolicy, 'pendingMinutes'>,
  nowMs: number,
): { readonly level: number; readonly isLast: boolean; readonly since: string } | null {
  if (pendingSince === null) return null;
  const passedMs = nowMs - Date.parse(pendingSince);
  const level = pendingMinutes.filter((minutes) => minutes * 60_000 <= passedMs).length;
  if (level <= reminded) return null;
  return { level, isLast: level === pendingMinutes.length, since: pendingSince };
}

/** When the next reminder falls due, ms since 1970; Infinity: none will. */
export function nextReminderMs(
  { pendingSince, reminded }: Pending,
  { pendingMinutes }: Pick<IncidentPolicy, 'pendingMinutes'>,
): number {
  const minutes = pendingMinutes[reminded];
  return pendingSince === null || minutes === undefined
    ? Infinity
    : Date.parse(pendingSince) + minutes * 60_000;
}
