import type { LedgerDay } from '../../activities/ledger/read-ledger.ts';
import type { LedgerChange, VerdictName } from '../../workflows/secret-audit/messages.ts';
import { isOneOf } from '../../workflows/secret-audit/ticket-at.ts';

/** What an auditor asks about a month. */
export interface SecretReport {
  /** `2026-11`, by when changes happened, UTC. */
  readonly month: string;
  /** All that the ledger has, attempts and what is out of scope included. */
  readonly changes: number;
  readonly byVerdict: Readonly<Partial<Record<VerdictName | 'none', number>>>;
  /** Changes that need an approval or an exemption: without attempts, what is out of scope, and what is pending. */
  readonly inScope: number;
  /** Of them, authorised before they happened, or by a rotation or a pipeline of the rules; a broken glass that was approved afterwards. */
  readonly covered: number;
  /** In percent, with one decimal; null: nothing happened. */
  readonly coveragePercent: number | null;
  /** Changes that no approval covered when they happened. */
  readonly unmatched: number;
  /** Of them, those that nobody has explained. */
  readonly unexplained: number;
  /** Counted apart, and never as covered: a ticket that was approved after the change. */
  readonly lateApprovals: number;
  /** Counted apart: approved by somebody else when people were asked. */
  readonly approvedAfterwards: number;
  /** Keys of tickets that were approved in this month and that no change rests on. */
  readonly unusedApprovals: readonly string[];
  /** Changes, and secrets that changed, of which the audit was not told by an event. */
  readonly gaps: number;
  /** From the change to what people said of it; null: nobody said anything. */
  readonly meanHoursToExplain: number | null;
}

const unmatched: readonly string[] = ['no-ticket', 'wrong-ticket', 'unapproved', 'self-approved'];
const quiet: readonly string[] = ['attempt', 'out-of-scope', 'pending', 'none'];
const exempt: readonly string[] = ['authorised', 'rotation', 'pipeline'];

/** @param approvedStatuses of the rules, by which a ticket approves */
export function toSecretReport(
  month: string,
  days: readonly LedgerDay[],
  approvedStatuses: readonly string[],
): SecretReport {
  const changes = days.flatMap((day) => day.changes);
  const inScope = changes.filter((change) => !quiet.includes(verdictOf(change)));
  const covered = inScope.filter(isCovered).length;
  const open = inScope.filter((change) => unmatched.includes(verdictOf(change)));
  return {
    ...{ month, changes: changes.length, byVerdict: countBy(changes.map(verdictOf)) },
    ...{ inScope: inScope.length, covered },
    coveragePercent: inScope.length === 0 ? null : Math.round((covered / inScope.length) * 1000) / 10,
    unmatched: open.length,
    unexplained: open.filter((change) => !isExplained(change)).length,
    lateApprovals: inScope.filter((change) => verdictOf(change) === 'late-approval').length,
    approvedAfterwards: inScope.filter((change) => kindOf(change) === 'approved-afterwards').length,
    unusedApprovals: findUnused(month, days, approvedStatuses),
    gaps: days.flatMap((day) => day.gaps).length,
    meanHoursToExplain: toMeanHours(inScope),
  };
}

function verdictOf({ verdict }: LedgerChange): VerdictName | 'none' {
  return verdict?.verdict ?? 'none';
}

function kindOf({ verdict }: LedgerChange) {
  return verdict?.explanation?.kind;
}

function isCovered(change: LedgerChange): boolean {
  const verdict = verdictOf(change);
  return exempt.includes(verdict) || (verdict === 'break-glass' && kindOf(change) === 'approved-afterwards');
}

function isExplained(change: LedgerChange): boolean {
  const kind = kindOf(change);
  return kind !== undefined && kind !== 'unanswered';
}

function countBy(verdicts: readonly (VerdictName | 'none')[]) {
  const counts: Partial<Record<VerdictName | 'none', number>> = {};
  for (const verdict of verdicts.toSorted()) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}

function findUnused(
  month: string,
  days: readonly LedgerDay[],
  approvedStatuses: readonly string[],
): string[] {
  const used = new Set(days.flatMap((day) => day.changes.flatMap(({ verdict }) => verdict?.ticket ?? [])));
  const approved = days
    .flatMap((day) => day.tickets)
    .filter(
      ({ status, status_since: since }) => isOneOf(status, approvedStatuses) && since.startsWith(month),
    );
  return [...new Set(approved.map(({ ticket }) => ticket))].filter((key) => !used.has(key)).sort();
}

function toMeanHours(changes: readonly LedgerChange[]): number | null {
  const hours = changes.flatMap(({ event, verdict }) => {
    const said = verdict?.explanation;
    if (!said || said.kind === 'unanswered') return [];
    return [(Date.parse(said.at) - Date.parse(event.eventTime)) / 3_600_000];
  });
  if (hours.length === 0) return null;
  return Math.round((hours.reduce((sum, one) => sum + one, 0) / hours.length) * 10) / 10;
}

/** @param month `2026-11` · @returns its days; undefined: there is no such month */
export function daysOf(month: string): readonly string[] | undefined {
  if (!/^20\d\d-(0[1-9]|1[0-2])$/.test(month)) return undefined;
  const [year = 0, nth = 0] = month.split('-').map(Number);
  const count = new Date(Date.UTC(year, nth, 0)).getUTCDate();
  return Array.from({ length: count }, (_, index) => `${month}-${String(index + 1).padStart(2, '0')}`);
}
