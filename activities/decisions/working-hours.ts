import type { WorkingHours } from '../../workflows/approval/messages.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
/** A request lives a year at most: what would be due later than this is said to be due then. */
const horizonDays = 800;

/**
 * The instant at which so many working minutes have passed. Minutes are real ones: where the clock changes within the
 * working hours, that day has one hour less or more. Hours that end before they begin end on the next day.
 * @param hours null: every minute counts
 */
export function addWorkingMinutes(from: Date, minutes: number, hours: WorkingHours | null): Date {
  const wanted = minutes * minuteMs;
  if (!hours) return new Date(from.getTime() + wanted);
  const zone = createZone(hours.timeZone);
  let left = wanted;
  // the day before may reach into this one
  for (let day = zone.dayOf(from) - dayMs, n = 0; n < horizonDays; day += dayMs, n += 1) {
    const shift = shiftOf(day, hours, zone);
    if (!shift || shift.end <= from.getTime()) continue;
    const start = Math.max(shift.start, from.getTime());
    if (left <= shift.end - start) return new Date(start + left);
    left -= shift.end - start;
  }
  return new Date(from.getTime() + horizonDays * dayMs);
}

/** @param day midnight of the local date, as if it were UTC */
function shiftOf(day: number, hours: WorkingHours, zone: Zone): { start: number; end: number } | undefined {
  const name = dayNames[new Date(day).getUTCDay()];
  if (!name || !hours.days.includes(name)) return undefined;
  const from = clockMs(hours.from);
  const to = clockMs(hours.to);
  return { start: zone.instantOf(day + from), end: zone.instantOf(day + (to > from ? to : to + dayMs)) };
}

function clockMs(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return (hour * 60 + minute) * minuteMs;
}

interface Zone {
  /** Midnight of the local date, as if it were UTC. */
  dayOf(instant: Date): number;
  /** The instant of a local time given as if it were UTC: the first of two; one that the clock skips is as much later. */
  instantOf(local: number): number;
}

function createZone(timeZone: string): Zone {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  const localOf = (instant: number): number => {
    const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    return Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    );
  };
  const offsetAt = (instant: number) => localOf(instant) - Math.floor(instant / 1000) * 1000;
  return {
    dayOf: (instant) => Math.floor(localOf(instant.getTime()) / dayMs) * dayMs,
    instantOf(local) {
      // no zone is more than a day from UTC, and none changes its clock twice within these two days
      const before = local - offsetAt(local - dayMs);
      const after = local - offsetAt(local + dayMs);
      return [before, after].find((instant) => localOf(instant) === local) ?? before;
    },
  };
}
