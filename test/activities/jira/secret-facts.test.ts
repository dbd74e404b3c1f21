import assert from 'node:assert/strict';
import { toTicketFacts, type SecretFields } from '../../../activities/jira/secrets/ticket-facts.ts';
import { Change } from '../../../activities/jira/schema.ts';
import { SecretIssue } from '../../../activities/jira/secrets/schema.ts';
import { ticketAt } from '../../../workflows/secret-audit/ticket-at.ts';

const fields: SecretFields = {
  status: { id: 'status', name: 'status' },
  secrets: { id: 'c1', name: 'Secret ARN' },
  actions: { id: 'c2', name: 'Actions' },
  windowStart: { id: 'c3', name: 'Window start' },
  windowEnd: { id: 'c4', name: 'Window end' },
};
const facts = (own: Readonly<Record<string, unknown>>, items: readonly object[] = [], created?: string) =>
  toTicketFacts(
    SecretIssue.parse({
      ...{ id: '7', key: 'SECCHG-7' },
      fields: {
        ...{
          status: { id: '1', name: 'Approved' },
          project: { key: 'SECCHG' },
          issuetype: { name: 'Secret change' },
        },
        ...{ creator: { accountId: 'acc-dev' }, created: '2026-10-04T09:00:00.000+0200' },
        ...{ updated: '2026-11-04T10:00:00.000+0100', ...own },
      },
    }),
    items.map((item, index) =>
      Change.parse({
        ...{ id: String(index + 1), created: created ?? `2026-11-04T0${index + 1}:00:00.000+0000` },
        ...{ author: { accountId: 'acc-sue' }, items: [item] },
      }),
    ),
    fields,
    (id) => (id === 'acc-sue' ? 'sue' : undefined),
  );
const item = (fieldId: string, from: string | null, to: string | null, raw: object = {}) => ({
  ...{ field: fieldId, fieldId, fromString: from, toString: to, from: null, to: null, ...raw },
});

describe('what a ticket of secrets says', () => {
  const values: readonly (readonly [
    field: string,
    value: unknown,
    key: 'secrets' | 'actions' | 'windowStart',
    said: unknown,
  ])[] = [
    ['c1', 'a\r\nb', 'secrets', 'a\nb'],
    [
      'c1',
      { type: 'doc', version: 1, content: [{ type: 'paragraph', content: [{ type: 'text', text: 'a' }] }] },
      'secrets',
      'a',
    ],
    ['c1', null, 'secrets', ''],
    ['c2', [{ value: 'Delete' }, { value: 'value' }], 'actions', ['delete', 'value']],
    ['c2', ['value', 'delete', 'value'], 'actions', ['delete', 'value']],
    ['c2', 'value, delete', 'actions', ['delete', 'value']],
    ['c2', null, 'actions', []],
    ['c3', '2026-11-04T09:00:00.000+0100', 'windowStart', '2026-11-04T08:00:00.000Z'],
    ['c3', '2026-11-04T09:00-0500', 'windowStart', '2026-11-04T14:00:00.000Z'],
    ['c3', '2026-10-25T02:30:00.000+0200', 'windowStart', '2026-10-25T00:30:00.000Z'],
    ['c3', '2026-10-25T02:30:00.000+0100', 'windowStart', '2026-10-25T01:30:00.000Z'],
    ['c3', '2026-11-04', 'windowStart', null],
    ['c3', 'tomorrow', 'windowStart', null],
  ];
  for (const [field, value, key, said] of values)
    it(`${key} of ${JSON.stringify(value)}`, () =>
      assert.deepEqual(facts({ [field]: value }).fields[key], said));

  it('brings wiki text of the change log and rich text of the field into one form', () => {
    const own = { c1: 'arn:aws:x:prod/a_b-c1d2e3\narn:aws:x:y' };
    const ticket = facts(own, [
      item('c1', '* old\n* {{older}}', 'arn:aws:x:prod/a\\_b\\-c1d2e3\n\narn:aws:x:y'),
    ]);
    assert.deepEqual(ticket.changes[0]?.from, 'old\nolder');
    assert.deepEqual(ticketAt(ticket, 0), null);
    const then = ticketAt(ticket, Date.parse('2026-11-04T08:30:00Z'));
    assert.deepEqual([then?.isConsistent, then?.fields.secrets], [true, ticket.fields.secrets]);
  });

  it('reads a moment of the change log by its raw value, whatever the time zone of the words', () => {
    const moved = item('c3', '4/Nov/26 9:00 AM', '5/Nov/26 9:00 AM', {
      ...{ from: '2026-11-04T09:00+0100', to: '2026-11-05T09:00+0100' },
    });
    const [change] = facts({ c3: '2026-11-05T08:00:00.000+0000' }, [moved]).changes;
    assert.deepEqual([change?.from, change?.to], ['2026-11-04T08:00:00.000Z', '2026-11-05T08:00:00.000Z']);
  });

  it('orders the log by time, and tells people whom nobody knows by their account', () => {
    const ticket = facts({}, [
      item('status', 'Requested', 'Rejected'),
      item('status', 'Rejected', 'Approved'),
    ]);
    assert.deepEqual(
      ticket.changes.map(({ to }) => to),
      ['Rejected', 'Approved'],
    );
    assert.deepEqual([ticket.requester, ticket.changes[0]?.author], ['jira:acc-dev', 'sue']);
  });

  // the clocks of Berlin go back: this half past two comes twice, an hour apart
  for (const [offset, isBefore] of [
    ['+0200', true],
    ['+0100', false],
  ] as const)
    it(`knows which of two equal hours it was: ${offset}`, () => {
      const approval = item('status', 'Requested', 'Approved', { field: 'status', fieldId: 'status' });
      const ticket = facts({}, [approval], `2026-10-25T02:30:00.000${offset}`);
      const change = Date.parse('2026-10-25T01:00:00Z');
      assert.equal(ticketAt(ticket, change)?.fields.status, isBefore ? 'Approved' : 'Requested');
    });

  it('leaves other fields out', () => {
    assert.deepEqual(facts({}, [item('summary', 'a', 'b')]).changes, []);
  });
});
