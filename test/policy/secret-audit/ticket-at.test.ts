import assert from 'node:assert/strict';
import { nextStatus, ticketAt } from '../../../workflows/secret-audit/ticket-at.ts';
import { approved, at, fullArn, noonMs, ticketOf } from './facts.ts';

describe('a ticket as it stood', () => {
  const ticket = ticketOf([
    [-40, 'dev', { secrets: 'prod/other' }],
    approved(-30),
    [-20, 'dev', { actions: ['value'] }],
    [10, 'dev', { secrets: fullArn, windowEnd: at(60) }],
    [20, 'sid', { status: 'Done' }],
  ]);

  for (const [minutes, status, statusBy, secrets, actions] of [
    [-50, 'Requested', null, fullArn, 0],
    [-35, 'Requested', null, 'prod/other', 0],
    [-30, 'Approved', 'sue', 'prod/other', 0],
    [0, 'Approved', 'sue', 'prod/other', 1],
    [15, 'Approved', 'sue', fullArn, 1],
    [30, 'Done', 'sid', fullArn, 1],
  ] as const)
    it(`${minutes} minutes from the change: ${status} by ${statusBy}, ${secrets}`, () => {
      const then = ticketAt(ticket, noonMs + minutes * 60_000) ?? assert.fail();
      assert.deepEqual(
        [
          then.fields.status,
          then.statusBy,
          then.fields.secrets,
          then.fields.actions.length,
          then.isConsistent,
        ],
        [status, statusBy, secrets, actions, true],
      );
    });

  it('was not there before it was made', () => assert.equal(ticketAt(ticket, noonMs - 61 * 60_000), null));

  it('knows since when it had that status', () => {
    assert.equal(ticketAt(ticket, noonMs)?.statusSince, at(-30));
    assert.equal(ticketAt(ticket, noonMs - 50 * 60_000)?.statusSince, at(-60));
  });

  it('counts what changed in the very millisecond, and not the next one', () => {
    const then = noonMs - 30 * 60_000;
    assert.equal(ticketAt(ticket, then)?.fields.status, 'Approved');
    assert.equal(ticketAt(ticket, then - 1)?.fields.status, 'Requested');
  });

  it('is not believed when its log does not lead to what it says now', () => {
    const edited = { ...ticket, fields: { ...ticket.fields, secrets: 'something else' } };
    assert.equal(ticketAt(edited, noonMs)?.isConsistent, false);
    const unordered = { ...ticket, changes: ticket.changes.toReversed() };
    assert.equal(ticketAt(unordered, noonMs)?.isConsistent, false);
    const timeless = { ...ticket, changes: ticket.changes.map((change) => ({ ...change, at: 'then' })) };
    assert.equal(ticketAt(timeless, noonMs)?.isConsistent, false);
    const missing = { ...ticket, changes: ticket.changes.filter(({ to }) => to !== 'Done') };
    assert.equal(ticketAt(missing, noonMs)?.isConsistent, false);
  });

  it('does not mind the order in which Jira lists several values', () => {
    const one = ticketOf([[10, 'dev', { actions: ['value', 'stage'] }]]);
    const other = { ...one, fields: { ...one.fields, actions: ['stage', 'value'] } };
    assert.equal(ticketAt(other, noonMs)?.isConsistent, true);
  });

  it('finds when it was approved after a moment', () => {
    const late = ticketOf([approved(-30), [-10, 'sue', { status: 'Rejected' }], approved(5, 'sid')]);
    assert.deepEqual(
      [nextStatus(late, ['approved'], noonMs)?.author, nextStatus(late, ['Approved'], noonMs + 600_000)],
      ['sid', undefined],
    );
  });
});
