import assert from 'node:assert/strict';
import { findRound, isStatus } from '../../../activities/jira/rounds.ts';
import { Change } from '../../../activities/jira/schema.ts';

const created = '2026-11-04T09:30:00.000Z';
const inToDo = { id: '10000', name: 'To Do' };
const elsewhere = { id: '10001', name: 'In Progress' };

function change(id: string, item: Record<string, unknown>): Change {
  const parsed = { id, created: `2026-11-04T10:00:0${id.at(-1)}.000+0000`, items: [item] };
  return Change.parse(parsed);
}
const toDo = (id: string) =>
  change(id, { field: 'status', fieldId: 'status', to: '10000', toString: 'To Do' });

describe('jira rounds', () => {
  const find = (changes: Change[], current = inToDo) =>
    findRound(changes, { toDo: 'To Do', current, created });

  it('is 0 at creation', () => assert.deepEqual(find([]), { round: '0', enteredAt: created }));

  it('is the last transition into ToDo, by number and not by spelling', () => {
    const found = find([toDo('10009'), toDo('9999'), toDo('100001')]);
    assert.deepEqual(found, { round: '100001', enteredAt: '2026-11-04T10:00:01.000Z' });
  });

  it('knows ids that a double cannot tell apart', () =>
    assert.equal(find([toDo('9007199254740993'), toDo('9007199254740992')]).round, '9007199254740993'));

  const others: [string, Record<string, unknown>][] = [
    ['another status', { field: 'status', fieldId: 'status', to: '10001', toString: 'In Progress' }],
    ['another case', { field: 'status', fieldId: 'status', to: '7', toString: 'TO DO' }],
    [
      'a custom field named status',
      { field: 'status', fieldId: 'customfield_1', to: '10000', toString: 'To Do' },
    ],
    ['another field', { field: 'summary', fieldId: 'summary', to: null, toString: 'To Do' }],
    ['an item without its own toString', { field: 'summary', fieldId: 'summary', to: null }],
  ];
  for (const [name, item] of others)
    it(`does not take ${name} for it`, () => assert.equal(find([change('5', item)]).round, '0'));

  it('knows an entry from before the status was renamed by its id, while the ticket is there', () => {
    const renamed = change('6', { field: 'status', fieldId: 'status', to: '10000', toString: 'Backlog' });
    assert.equal(find([renamed]).round, '6');
    assert.equal(find([renamed], elsewhere).round, '0');
  });

  it('compares a status by id or exact name only', () => {
    assert.deepEqual(
      ['To Do', '10000', 'to do', 'ToDo', ''].map((configured) => isStatus(configured, inToDo)),
      [true, true, false, false, false],
    );
  });
});
