import assert from 'node:assert/strict';
import type { LedgerDay } from '../../../activities/ledger/read-ledger.ts';
import { daysOf, toSecretReport } from '../../../starters/cli/secret-report.ts';
import type { Explanation, LedgerChange, VerdictName } from '../../../workflows/secret-audit/messages.ts';
import { at, eventOf } from './facts.ts';

function change(
  verdict: VerdictName | null,
  said: Explanation['kind'] | null = null,
  ticket: string | null = null,
) {
  const explanation = said && { kind: said, by: 'sue', at: at(120), text: '', finding: 'SECCHG-9' };
  const version = {
    approver: null,
    approvedAt: null,
    reasons: [],
    version: 1,
    decidedAt: at(1),
    isFinal: false,
  };
  return {
    ...{ event: eventOf(), foundBy: 'event', recordedAt: at(0) },
    verdict: verdict && { ...version, verdict, ticket, explanation, deletion: null },
  } satisfies LedgerChange;
}
const ticket = (key: string, status: string, since = '2026-11-03T00:00:00.000Z') => ({
  ...{ site: 'main', issue_id: '1', ticket: key, at: since, requester: null, status, status_by: 'sue' },
  ...{
    status_since: since,
    secrets: [],
    actions: [],
    window_start: null,
    window_end: null,
    is_consistent: true,
  },
});
const dayOf = (part: Partial<LedgerDay>): LedgerDay => ({ changes: [], tickets: [], gaps: [], ...part });
const report = (part: Partial<LedgerDay>) => toSecretReport('2026-11', [dayOf(part)], ['Approved']);

describe('the report of a month of secrets', () => {
  it('says nothing of a month without changes', () => {
    const { changes, coveragePercent, meanHoursToExplain, unusedApprovals } = report({});
    assert.deepEqual([changes, coveragePercent, meanHoursToExplain, unusedApprovals], [0, null, null, []]);
  });

  const covered: readonly (readonly [
    verdict: VerdictName,
    said: Explanation['kind'] | null,
    percent: number | null,
  ])[] = [
    ['authorised', null, 100],
    ['rotation', null, 100],
    ['pipeline', null, 100],
    ['break-glass', null, 0],
    ['break-glass', 'approved-afterwards', 100],
    ['late-approval', null, 0],
    ['no-ticket', 'approved-afterwards', 0],
    ['unapproved', 'me', 0],
    ['attempt', null, null],
    ['out-of-scope', null, null],
    ['pending', null, null],
  ];
  for (const [verdict, said, percent] of covered)
    it(`covers ${verdict}${said === null ? '' : ` (${said})`}: ${percent ?? 'not in scope'}`, () =>
      assert.equal(report({ changes: [change(verdict, said)] }).coveragePercent, percent));

  it('counts late approvals and approvals afterwards apart', () => {
    const changes = [
      change('late-approval'),
      change('no-ticket', 'approved-afterwards'),
      change('authorised'),
    ];
    const { lateApprovals, approvedAfterwards, covered: good, inScope } = report({ changes });
    assert.deepEqual([lateApprovals, approvedAfterwards, good, inScope], [1, 1, 1, 3]);
  });

  it('takes silence for no explanation', () => {
    const changes = [change('no-ticket'), change('no-ticket', 'unanswered'), change('no-ticket', 'not-me')];
    const { unmatched, unexplained, meanHoursToExplain } = report({ changes });
    assert.deepEqual([unmatched, unexplained, meanHoursToExplain], [3, 2, 2]);
  });

  it('names approvals that no change used, of this month only', () => {
    const tickets = [
      ticket('SECCHG-1', 'Approved'),
      ticket('SECCHG-2', 'Approved'),
      ticket('SECCHG-3', 'Requested'),
      ticket('SECCHG-4', 'Approved', '2026-10-03T00:00:00.000Z'),
    ];
    const changes = [change('authorised', null, 'SECCHG-1')];
    assert.deepEqual(report({ tickets, changes }).unusedApprovals, ['SECCHG-2']);
  });

  it('knows the days of a month, and what is no month', () => {
    assert.deepEqual([daysOf('2028-02')?.length, daysOf('2026-11')?.at(-1)], [29, '2026-11-30']);
    for (const none of ['2026-13', '2026-1', '26-11', 'x', '']) assert.equal(daysOf(none), undefined);
  });
});
