import assert from 'node:assert/strict';
import type { Ticket } from '../../activities/jira/port.ts';
import { isStillWaiting, judgeTicket } from '../../workflows/agent-promotion/ticket-rules.ts';

const ticket: Ticket = {
  site: 'main',
  issueId: '10001',
  key: 'DEVOPS-1',
  summary: 'Promote',
  inScope: true,
  status: 'inProgress',
  statusName: 'In Progress',
  agentVersion: '1.4.2',
  creatorAccountId: 'acc-sam',
  assigneeAccountId: null,
  creator: 'sam',
  changers: [],
  labels: [],
  round: '7',
  enteredAt: '2026-11-22T10:00:00.000Z',
};

describe('judgeTicket', () => {
  const begun = { version: '1.4.2' };
  const taken = (reason: string) => ({ kind: 'taken', reason });
  const changed = { kind: 'changed', reason: 'Agent-Version was edited while the promotion ran' };
  const cases: Readonly<Record<string, [Ticket | null, unknown]>> = {
    'the ticket as it was': [ticket, { kind: 'go on' }],
    'another assignee and summary': [
      { ...ticket, assigneeAccountId: 'acc-eve', summary: 'x' },
      { kind: 'go on' },
    ],
    'a deleted ticket': [null, taken('the ticket was deleted')],
    'a moved ticket': [
      { ...ticket, inScope: false, key: 'OTHER-5' },
      taken('the ticket was moved and is OTHER-5 now'),
    ],
    'a canceled ticket': [
      { ...ticket, status: 'canceled', statusName: 'Canceled' },
      taken('the ticket was set to Canceled by a person'),
    ],
    'a ticket back in ToDo': [
      { ...ticket, status: 'toDo', statusName: 'ToDo' },
      taken('the ticket was set to ToDo by a person'),
    ],
    'a status that the configuration does not name': [
      { ...ticket, status: 'other', statusName: 'On Hold' },
      taken('the ticket was set to On Hold by a person'),
    ],
    'another version': [{ ...ticket, agentVersion: '1.4.3' }, changed],
    'the version with a blank': [{ ...ticket, agentVersion: '1.4.2 ' }, changed],
    'no version any more': [{ ...ticket, agentVersion: null }, changed],
    'a canceled ticket with another version': [
      { ...ticket, status: 'canceled', statusName: 'Canceled', agentVersion: '9.9.9' },
      taken('the ticket was set to Canceled by a person'),
    ],
  };
  for (const [what, [now, verdict]] of Object.entries(cases))
    it(`judges ${what}`, () => assert.deepEqual(judgeTicket(now, begun), verdict));
});

describe('isStillWaiting', () => {
  const begun = { version: '1.4.2', round: '7' };
  const waiting: Ticket = { ...ticket, status: 'toDo', statusName: 'ToDo' };

  it('is true while the ticket asks for the same in the same round', () =>
    assert.equal(isStillWaiting(waiting, begun), true));

  const others: Readonly<Record<string, Ticket | null>> = {
    'a deleted ticket': null,
    'a moved ticket': { ...waiting, inScope: false },
    'a ticket that left ToDo': ticket,
    'another version': { ...waiting, agentVersion: '1.4.3' },
    'no version': { ...waiting, agentVersion: null },
    'another round': { ...waiting, round: '8' },
  };
  for (const [what, now] of Object.entries(others))
    it(`is false for ${what}`, () => assert.equal(isStillWaiting(now, begun), false));
});
