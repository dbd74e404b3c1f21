import { Cron } from 'croner';
import type { Config } from '../../config/parse-config.ts';

export type Windows = NonNullable<Config['freeze']>['windows'];
type Window = Windows[number];

export interface ActiveWindow {
  readonly name: string;
  readonly reason: string;
  /** When this window is over, ISO 8601 UTC; another one may hold on. */
  readonly until: string;
}

export interface CalendarQuestion {
  /** A hotfix passes by windows that say `exceptHotfix`. */
  readonly hotfix: boolean;
}

/** So many windows without a gap between them never open, as far as anybody is told. */
const mostChained = 1_000;

/**
 * The windows in which nothing begins, at one instant: from their start, to just before their end. Local times that a clock
 * change skips or repeats are those of croner: a window that begins in the gap begins after it, one that begins in the
 * repeated hour begins in the first.
 */
export function windowsAt(windows: Windows, at: Date, { hotfix }: CalendarQuestion): readonly ActiveWindow[] {
  return windows
    .filter(({ exceptHotfix }) => !(hotfix && exceptHotfix))
    .flatMap((window) => {
      const end = findEnd(window, at);
      return end === undefined
        ? []
        : [{ name: window.name, reason: window.reason, until: end.toISOString() }];
    });
}

/** @returns when no window is active any more, overlapping and adjoining ones chained; null: not to be foreseen */
export function nextOpening(windows: Windows, at: Date, question: CalendarQuestion): Date | null {
  let moment = at;
  for (let chained = 0; chained < mostChained; chained += 1) {
    const active = windowsAt(windows, moment, question);
    if (active.length === 0) return moment;
    moment = new Date(Math.max(...active.map(({ until }) => Date.parse(until))));
  }
  return null;
}

/** @returns the end of the window's last occurrence that has begun, unless it is over */
function findEnd(window: Window, at: Date): Date | undefined {
  const [start, end] = 'cron' in window ? lastOccurrence(window, at) : fixedTimes(window);
  return start && end && start <= at && at < end ? end : undefined;
}

type Times = readonly [] | readonly [start: Date, end: Date];

function lastOccurrence({ cron, minutes, timeZone }: Extract<Window, { cron: string }>, at: Date): Times {
  // croner looks back from, and not at, whole seconds: the one that begins now counts
  const reference = new Date(Math.floor(at.getTime() / 1000) * 1000 + 1000);
  const [start] = new Cron(cron, { timezone: timeZone, mode: '5-part' }).previousRuns(1, reference);
  return start ? [start, new Date(start.getTime() + minutes * 60_000)] : [];
}

function fixedTimes({ from, to, timeZone }: Extract<Window, { from: string }>): Times {
  const instant = (local: string) => new Cron(`${local}:00`, { timezone: timeZone }).getOnce();
  const [start, end] = [instant(from), instant(to)];
  return start && end ? [start, end] : [];
}
