import assert from 'node:assert/strict';
import type { FindingTicket } from '../../workflows/halo-sync/ticket.ts';
import { findingStates, stateNames, ticketsOf } from './halo-states.ts';
import { carryOut, run, table, type Row } from './halo-table.ts';
import { createTicket, lineOf } from './halo-world.ts';

const rows = Object.values(table).flat();

/** In the words of the table, for people who read a failure. */
const nameOf = ([finding, words, , given]: Row) =>
  [finding, words.map(String).join(' + ') || 'no ticket', given && JSON.stringify(given)]
    .filter(Boolean)
    .join('; ');

/** As many rounds as it may take: a resolved finding has its open tickets closed one by one. */
function settle(row: Row, rounds: number): FindingTicket[] {
  let tickets = ticketsOf(row[1]);
  for (let round = 0; round < rounds; round += 1) tickets = carryOut(run(row, tickets), row, tickets);
  return tickets;
}

const roundsOf = ([finding, words]: Row) =>
  findingStates[finding].status === 'resolved' ? Math.max(1, words.length) : 1;

describe('what is done for a finding', () => {
  for (const [title, some] of Object.entries(table))
    describe(title, () => {
      for (const row of some) it(`${nameOf(row)}: ${row[2]}`, () => assert.equal(lineOf(run(row)), row[2]));
    });

  it('is the same wherever its ticket is now (H-31)', () => {
    const tickets = [createTicket({ key: 'VULN-7', project: 'VULN' })];
    assert.equal(lineOf(run(['active, changed', [], ''], tickets)), 'update VULN-7 fields');
    assert.equal(lineOf(run(['resolved', [], ''], tickets)), 'close VULN-7 resolved');
  });

  it('is done to the later of two tickets of one moment', () => {
    const [one, other] = ticketsOf(['9 open', '10 open']).map((ticket) => ({
      ...ticket,
      createdAt: '2026-10-09T09:00:00.000Z',
    }));
    assert.ok(one && other);
    assert.equal(lineOf(run(['active, changed', [], ''], [other, one])), 'update SEC-10 fields');
  });

  it('is nothing once it was done', () => {
    for (const row of rows) {
      const again = run(row, settle(row, roundsOf(row)));
      assert.equal(again.do, 'nothing', `${nameOf(row)}: ${row[2]}, then ${lineOf(again)}`);
    }
  });
});

describe('any finding with any two tickets', () => {
  const policies = [{}, { closedStatuses: ['Done'] }, { reopenAfterMinutes: null, comments: 'off' }] as const;
  const all = (['active, changed', 'resolved'] as const).flatMap((finding, shift) =>
    stateNames.flatMap((one, index) =>
      stateNames.map((other, column): Row => {
        // each state meets each other, and each policy
        const given = policies[(index + column + shift) % policies.length] ?? {};
        return [finding, [`3 ${one}`, `8 ${other}`], '', given];
      }),
    ),
  );
  const isHard = ({ statusName }: FindingTicket) => /won't fix/i.test(statusName);
  const openOf = (tickets: readonly FindingTicket[]) =>
    tickets.filter((ticket) => !ticket.isDone && !isHard(ticket)).length;
  const assertNone = (isWrong: (row: Row) => boolean) =>
    assert.deepEqual(all.filter(isWrong).map(nameOf), []);

  it('gets the same answer whatever their order', () =>
    assertNone((row) => lineOf(run(row, ticketsOf(row[1]).toReversed())) !== lineOf(run(row))));

  it('never has a hard-closed ticket touched', () =>
    assertNone((row) => {
      const action = run(row);
      return 'ticket' in action && isHard(action.ticket);
    }));

  it('gets a new ticket only when both are hard-closed, unless the risk is accepted', () =>
    assertNone((row) => {
      const line = lineOf(run(row));
      const mayCreate = row[0] !== 'resolved' && ticketsOf(row[1]).every(isHard);
      return line.startsWith('create') !== (mayCreate && line !== 'nothing: accepted');
    }));

  it('needs nothing more after what was done', () =>
    assertNone((row) => run(row, settle(row, roundsOf(row))).do !== 'nothing'));

  it('never has two open tickets because of it', () =>
    assertNone((row) => openOf(settle(row, 1)) > Math.max(1, openOf(ticketsOf(row[1])))));

  it('has no open ticket in the end when it is resolved', () =>
    assertNone((row) => row[0] === 'resolved' && !row[3]?.closedStatuses && openOf(settle(row, 2)) > 0));
});
