import { noCounts } from './counts.ts';
import type { PassKind, PassReport, PassRequest } from './messages.ts';

/** How passes ended, the newest last; and those requests that go along with another one's pass, so that each asker learns how it ended. */

const mostReports = 20;
const mostJoined = 5;

type Reports = readonly PassReport[];

export function withReport(reports: Reports, report: PassReport): Reports {
  return [...reports, report].slice(-mostReports);
}

/** A request that another one, which waits as well, answers too. */
export function withJoined(
  reports: Reports,
  { requestId, kind }: Pick<PassRequest, 'requestId' | 'kind'>,
): Reports {
  const joined: PassReport = {
    ...{ requestId, kind, state: 'waiting', stage: null, pages: 0, counts: noCounts },
    ...{ startedAt: null, endedAt: null, error: null },
  };
  const tooMany = reports.filter(isOpen).slice(0, -(mostJoined - 1));
  return withReport(
    reports.filter((report) => !tooMany.includes(report)),
    joined,
  );
}

/** At most one request of a backfill waits, one of reminders and one of the others, so the kind tells whose they are. */
export function startJoined(reports: Reports, kind: PassKind): Reports {
  return reports.map((report) =>
    report.state === 'waiting' && isAlike(report.kind, kind) ? { ...report, state: 'running' } : report,
  );
}

export function endJoined(reports: Reports, end: PassReport): Reports {
  return reports.map((report) =>
    report.state === 'running' ? { ...end, requestId: report.requestId, kind: report.kind } : report,
  );
}

/** Whether one pass can answer both: a backfill has a date of its own, and reminders are no pass over findings. */
export function isAlike(one: PassKind, other: PassKind): boolean {
  const classOf = (kind: PassKind) => (kind === 'backfill' || kind === 'remind' ? kind : 'all');
  return classOf(one) === classOf(other);
}

function isOpen({ state }: PassReport): boolean {
  return state === 'waiting' || state === 'running';
}
