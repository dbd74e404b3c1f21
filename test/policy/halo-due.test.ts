import assert from 'node:assert/strict';
import { dueDateOf, reminderOf } from '../../workflows/halo-sync/due.ts';
import { createReader } from '../../workflows/halo-sync/mapping.ts';
import type { FindingPolicy } from '../../workflows/halo-sync/messages.ts';
import type { FindingTicket, TicketMark } from '../../workflows/halo-sync/ticket.ts';
import { createFinding } from './halo-world.ts';

const workdays = { weekdays: [1, 2, 3, 4, 5], holidays: ['2026-12-25', '2027-01-01'] };

describe('the due date by rules and calendar', () => {
  const known = { field: 'issue.known_exploited', oneOf: ['true'] };
  const crown = { field: 'asset_group_path', oneOf: ['Company/Payments/*'] };
  const dueRules: FindingPolicy['dueRules'] = [
    { when: [known, crown], days: { high: 1 } },
    { when: [known], days: { high: 3, critical: 2 } },
    { when: [crown], days: { low: 60 } },
  ];
  const cases: readonly (readonly [string, Record<string, string | boolean>, string])[] = [
    ['no rule holds', { asset_group_path: 'Company/Web' }, '2026-12-10'],
    [
      'the first that holds counts',
      { known_exploited: true, asset_group_path: 'Company/Payments/a' },
      '2026-12-02',
    ],
    ['one of its conditions does not hold', { known_exploited: true }, '2026-12-04'],
    ['a rule without its severity is passed over', { asset_group_path: 'Company/Payments/a' }, '2026-12-10'],
  ];
  for (const [name, fields, due] of cases)
    it(`${name}: ${due}`, () => {
      const finding = createFinding({ firstSeenAt: '2026-12-01T08:00:00Z', severity: 'high', fields });
      assert.equal(dueDateOf(finding, { dueDays: { high: 9 }, dueRules }, createReader(finding, null)), due);
    });

  const counted: readonly (readonly [seen: string, days: number, due: string])[] = [
    ['2026-12-21T08:00:00Z', 3, '2026-12-24'],
    ['2026-12-21T08:00:00Z', 4, '2026-12-28'],
    ['2026-12-24T23:59:59Z', 1, '2026-12-28'],
    ['2026-12-19T08:00:00Z', 1, '2026-12-21'],
    ['2026-12-19T08:00:00Z', 0, '2026-12-21'],
    ['2026-12-31T08:00:00Z', 1, '2027-01-04'],
    ['2026-12-31T08:00:00Z', 0, '2026-12-31'],
  ];
  for (const [firstSeenAt, days, due] of counted)
    it(`is ${due}, ${days} working days after ${firstSeenAt}`, () => {
      const finding = createFinding({ firstSeenAt, severity: 'high' });
      const policy = { dueDays: { high: days }, dueCalendar: workdays };
      assert.equal(dueDateOf(finding, policy, createReader(finding, null)), due);
    });
});

describe('the reminder of a due date', () => {
  const mark = { reminded: undefined } as unknown as TicketMark;
  const created = '2026-12-01T00:00:00Z';
  /** Ten days, the last of them the 10th. */
  const ticketOf = (own: Partial<FindingTicket>) =>
    ({ createdAt: created, isDone: false, dueDate: '2026-12-10', mark, ...own }) as FindingTicket;
  const reminded = (percent: number, due = '2026-12-10') => ({
    mark: { ...mark, reminded: { due, percent } },
  });
  const cases: readonly (readonly [string, string, Partial<FindingTicket>, number | null])[] = [
    ['before the first mark', '2026-12-05T23:59:59Z', {}, null],
    ['at half of the time', '2026-12-06T00:00:00Z', {}, 50],
    ['once a mark', '2026-12-07T00:00:00Z', reminded(50), null],
    ['at the next mark', '2026-12-09T00:00:00Z', reminded(50), 80],
    ['only the highest of several that were missed', '2026-12-09T12:00:00Z', {}, 80],
    ['the due day itself is in time', '2026-12-10T23:59:59Z', reminded(80), null],
    ['when it is over', '2026-12-11T00:00:00Z', reminded(80), 100],
    ['long after, once', '2027-03-01T00:00:00Z', reminded(100), null],
    ['anew when the date was moved', '2026-12-11T00:00:00Z', { ...reminded(100), dueDate: '2026-12-15' }, 50],
    ['of one that was due before it was made', '2026-12-06T00:00:00Z', { dueDate: '2026-11-01' }, 100],
    ['none of a closed one', '2026-12-20T00:00:00Z', { isDone: true }, null],
    ['none without a date', '2026-12-20T00:00:00Z', { dueDate: null }, null],
    ['none of a ticket that is not ours', '2026-12-20T00:00:00Z', { mark: null }, null],
  ];
  for (const [name, now, own, percent] of cases)
    it(`comes ${name}`, () => {
      const found = reminderOf(ticketOf(own), [50, 80, 100], Date.parse(now));
      assert.equal(found?.percent ?? null, percent);
      if (found)
        assert.equal(found.overdue, Date.parse(now) >= Date.parse(`${found.due}T00:00:00Z`) + 86_400_000);
    });

  it('comes never unless it is wanted', () =>
    assert.equal(reminderOf(ticketOf({}), [], Date.parse('2027-01-01T00:00:00Z')), null));
});
