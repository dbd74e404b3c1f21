import { condition, log } from '@temporalio/workflow';
import type { DecisionsPort } from '../../activities/decisions/port.ts';
import { failureMessage } from '../shared/failures.ts';
import { deadlineOf, startOf, toleranceMs, type Clock } from './clock.ts';
import type { ApprovalPolicy, ReminderTarget } from './messages.ts';

const undeliveredMs = 15 * 60_000;
/** So long a reminder waits for the answers on a ticket, and so long an expiry: a vendor's outage holds it up no longer. */
const readMs = { reminder: 2 * 60_000, expiry: 60 * 60_000 } as const;

export interface RequestClockOptions {
  readonly policy: ApprovalPolicy;
  readonly planReminders: DecisionsPort['planReminders'];
  /** Brought up to now. */
  readonly clock: () => Clock;
  readonly isClosed: () => boolean;
  /** Every decision is counted that was said till now, on the ticket too. */
  readonly catchUp: (atMostMs: number) => Promise<void>;
  readonly onUndelivered: (undelivered: boolean) => void;
  /** @param rung of the ladder, from 0 */
  readonly onReminder: (to: ReminderTarget, rung: number) => void;
  readonly onExpired: () => void;
}

/** Reminders and the end of one request by durable timers; ends when the request is closed. */
export async function runRequestClock(options: RequestClockOptions): Promise<void> {
  const { policy, clock, isClosed, catchUp } = options;
  const ladder = policy.reminders;
  let told = 0;
  await waitForStart(options);
  for (let plan = await planFrom(options); !isClosed();) {
    const now = clock();
    const deadline = deadlineOf(now, policy.expiresAfterMinutes);
    if (deadline === null) {
      await condition(() => clock() !== now || isClosed());
      continue;
    }
    if (startOf(now) !== plan.fromMs) {
      plan = await planFrom(options);
      continue;
    }
    // what was said in time may arrive a little later
    const endMs = deadline + toleranceMs;
    const reminderMs = plan.times[told] ?? endMs;
    const isEnd = endMs <= reminderMs;
    if (!(await cameDue(now, Math.min(endMs, reminderMs), isEnd))) continue;
    await catchUp(isEnd ? readMs.expiry : readMs.reminder);
    if (clock() !== now || isClosed()) continue;
    if (isEnd) options.onExpired();
    else remind(plan.times);
  }

  /** @returns false when something changed meanwhile */
  async function cameDue(seen: Clock, dueMs: number, isEnd: boolean): Promise<boolean> {
    const leftMs = dueMs - Date.now();
    if (leftMs <= 0) return true;
    const summary = isEnd ? 'the request expires' : `remind: ${ladder[told]?.to ?? ''}`;
    return !(await condition(() => clock() !== seen || isClosed(), leftMs, { summary }));
  }

  function remind(times: readonly number[]) {
    for (let rung = ladder[told]; rung && (times[told] ?? Infinity) <= Date.now(); rung = ladder[told]) {
      options.onReminder(rung.to, told);
      told += 1;
    }
  }
}

/** Nobody is late for what nobody was shown. */
async function waitForStart({ clock, isClosed, onUndelivered }: RequestClockOptions): Promise<void> {
  const started = () => clock().startedMs !== null || isClosed();
  if (await condition(started, undeliveredMs, { summary: 'look whether people were asked' })) return;
  onUndelivered(true);
  await condition(started);
  onUndelivered(false);
}

interface Plan {
  readonly fromMs: number | null;
  readonly times: readonly number[];
}

/** In working hours, if there are any: what the clock stood still moves the whole ladder. */
async function planFrom({ policy, planReminders, clock }: RequestClockOptions): Promise<Plan> {
  const fromMs = startOf(clock());
  if (fromMs === null || policy.reminders.length === 0) return { fromMs, times: [] };
  const from = new Date(fromMs).toISOString();
  const afterMinutes = policy.reminders.map((reminder) => reminder.afterMinutes);
  try {
    // a local look at the calendar: safe to repeat
    const times = await planReminders({ from, afterMinutes, workingHours: policy.workingHours });
    return { fromMs, times: times.map((time) => Date.parse(time)) };
  } catch (error) {
    log.error('reminders cannot be planned: nobody is reminded', { reason: failureMessage(error) });
    return { fromMs, times: [] };
  }
}
