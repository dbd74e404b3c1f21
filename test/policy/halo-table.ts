import { decide } from '../../workflows/halo-sync/decide.ts';
import type { FindingPolicy } from '../../workflows/halo-sync/messages.ts';
import type { Action, FindingTicket } from '../../workflows/halo-sync/ticket.ts';
import { findingStates, ticketsOf, type TicketWords } from './halo-states.ts';
import { at, createMark, createPolicy, createTicket, now } from './halo-world.ts';

interface Given extends Partial<FindingPolicy> {
  readonly latestHash?: string | null;
  readonly dropSeenBefore?: string;
}
export type Row = readonly [
  finding: keyof typeof findingStates,
  tickets: readonly TicketWords[],
  expected: string,
  given?: Given,
];

const news = { latestHash: 'newer' };
const off = { comments: 'off' } as const;
const onChanges = { comments: 'changes' } as const;
const byHandOnly = { reopenAfterMinutes: null };
const named = { closedStatuses: ['done', 'Fixed'] };
const dropped = { dropSeenBefore: at(1) };
const damped = { closeAfterMinutes: 60 };
const criticalOnly = { criticalOnly: true };

/** The decision table (halo.md §4, §8, §9; H-12 to H-22, H-68, H-72, H-73, X-20): `SEC-5` unless a number is given. */
export const table: Readonly<Record<string, readonly Row[]>> = {
  'an active finding': [
    ['active', [], 'create'],
    ['active', ['open'], 'nothing: unchanged'],
    ['active', ['in progress'], 'nothing: unchanged'],
    ['active, changed', ['open'], 'update SEC-5 fields'],
    ['active', ['open'], 'update SEC-5 comment', news],
    ['active, changed', ['open'], 'update SEC-5 comment fields', news],
    ['active', ['open'], 'nothing: unchanged', { latestHash: null }],
    ['active', ['uncommented'], 'update SEC-5 comment'],
    ['active, changed', ['open'], 'nothing: unchanged', { updateFields: false }],
    ['active', ['open'], 'update SEC-5 comment', { ...news, updateFields: false }],
    ['active', ['open'], 'nothing: unchanged', { ...news, ...onChanges }],
    ['active, changed', ['open'], 'update SEC-5 comment fields', onChanges],
    ['active, changed', ['open'], 'update SEC-5 comment', { ...onChanges, updateFields: false }],
    ['active', ['open'], 'nothing: unchanged', { ...news, ...off }],
    ['active, changed', ['open'], 'update SEC-5 fields', { ...news, ...off }],
    ['active, changed', ['open'], 'nothing: unchanged', { ...news, ...off, updateFields: false }],
    ['active', ['opened again by hand'], 'update SEC-5'],
    ['active', ['closed by us'], 'reopen SEC-5 active-again'],
    ['active', ['closed by us just now'], 'reopen SEC-5 active-again'],
    ['active', ['closed by us'], 'reopen SEC-5 active-again', byHandOnly],
    ['active', ['closed by hand 61 minutes ago'], 'reopen SEC-5 closed-too-early'],
    ['active', ['closed by hand 60 minutes ago'], 'reopen SEC-5 closed-too-early'],
    ['active', ['closed by hand 59 minutes ago'], 'nothing: grace'],
    ['active', ['closed by hand 59 minutes ago'], 'reopen SEC-5 closed-too-early', { reopenAfterMinutes: 0 }],
    ['active, changed', ['closed by hand 59 minutes ago'], 'nothing: grace', news],
    ['active', ['closed by hand'], 'nothing: closed-by-human', byHandOnly],
    ['active, changed', ['closed by hand'], 'nothing: closed-by-human', { ...news, ...byHandOnly }],
    ['active', ['closed by hand, unknown when'], 'reopen SEC-5 closed-too-early'],
    ['active', ['closed by hand, after our last write'], 'nothing: grace'],
    ['active', ['hard-closed'], 'create after SEC-5'],
    ['active', ["WON'T FIX"], 'create after SEC-5'],
    ['active', ['hard-closed'], 'create after SEC-5', { hardClosedStatuses: [" won't fix"] }],
    ['active', ['hard-closed'], 'reopen SEC-5 closed-too-early', { hardClosedStatuses: [] }],
  ],
  'a resolved finding': [
    ['resolved', [], 'create-closed'],
    ['resolved', [], 'nothing: never-recorded', { recordResolved: false }],
    ['resolved', ['open'], 'close SEC-5 resolved'],
    ['resolved', ['in progress'], 'close SEC-5 resolved'],
    ['resolved', ['open'], 'close SEC-5 resolved', { ...off, recordResolved: false }],
    ['resolved', ['opened again by hand'], 'close SEC-5 resolved'],
    ['resolved', ['closed by us'], 'nothing: closed-already'],
    ['resolved', ['closed by hand'], 'nothing: closed-already'],
    ['resolved, changed', ['closed by us'], 'nothing: closed-already', news],
    ['resolved', ['hard-closed'], 'nothing: hard-closed'],
    ['resolved', ['hard-closed'], 'nothing: hard-closed', { recordResolved: false }],
    ['resolved', ["WON'T FIX"], 'nothing: hard-closed'],
    ['resolved 59 minutes ago', ['open'], 'nothing: damped', damped],
    ['resolved 60 minutes ago', ['open'], 'close SEC-5 resolved', damped],
    ['resolved, changed just now', ['open'], 'nothing: damped', damped],
    ['resolved 59 minutes ago', ['closed by us'], 'nothing: closed-already', damped],
    ['resolved 59 minutes ago', [], 'create-closed', damped],
  ],
  'several tickets': [
    ['active, changed', ['3 open', '8 open'], 'update SEC-8 fields'],
    ['active, changed', ['8 open', '3 in progress'], 'update SEC-8 fields'],
    ['active, changed', ['3 open', '8 hard-closed'], 'update SEC-3 fields'],
    ['active, changed', ['3 hard-closed', '8 open'], 'update SEC-8 fields'],
    ['active', ['3 closed by us', '8 hard-closed'], 'reopen SEC-3 active-again'],
    ['active', ['3 hard-closed', '8 closed by us'], 'reopen SEC-8 active-again'],
    ['active', ['3 hard-closed', '8 hard-closed'], 'create after SEC-8'],
    ['active', ['3 closed by us', '8 closed by us'], 'reopen SEC-8 active-again'],
    ['active', ['3 open', '8 closed by us'], 'nothing: unchanged'],
    ['active', ['3 open', '8 closed by hand'], 'nothing: unchanged'],
    ['active', ['3 foreign open', '8 open'], 'nothing: unchanged'],
    ['active', ['3 open', '8 foreign open'], 'update SEC-8 comment fields'],
    ['resolved', ['3 open', '8 in progress'], 'close SEC-8 resolved'],
    ['resolved', ['3 open', '8 closed by us'], 'close SEC-3 resolved'],
    ['resolved', ['3 open', '8 hard-closed'], 'close SEC-3 resolved'],
    ['resolved', ['3 hard-closed', '8 closed by us'], 'nothing: closed-already'],
    ['resolved', ['3 hard-closed', '8 hard-closed'], 'nothing: hard-closed'],
  ],
  'tickets that we did not create': [
    ['active', ['foreign open'], 'update SEC-5 comment fields'],
    ['active', ['foreign open'], 'update SEC-5 comment fields', onChanges],
    ['active', ['foreign open'], 'update SEC-5 comment fields', { latestHash: null }],
    ['active', ['foreign open'], 'update SEC-5 fields', off],
    ['active', ['foreign open'], 'update SEC-5', { ...off, updateFields: false }],
    ['active', ['foreign closed'], 'reopen SEC-5 closed-too-early'],
    ['active', ['foreign closed just now'], 'nothing: grace'],
    ['active', ['foreign closed'], 'nothing: closed-by-human', byHandOnly],
    ['active', ['foreign closed, unknown when'], 'reopen SEC-5 closed-too-early'],
    ['active', ['foreign hard-closed'], 'create after SEC-5'],
    ['resolved', ['foreign open'], 'close SEC-5 resolved'],
    ['resolved', ['foreign closed'], 'nothing: closed-already'],
    ['resolved', ['foreign hard-closed'], 'nothing: hard-closed'],
  ],
  'closed statuses by name': [
    ['active', ['closed by us'], 'reopen SEC-5 active-again', named],
    ['active', ['FIXED, not done'], 'reopen SEC-5 active-again', named],
    ['active', ['FIXED, not done'], 'update SEC-5'],
    ['active', ['Review, not done'], 'nothing: unchanged', named],
    ['active', ['Declined, done'], 'nothing: closed-by-human', named],
    ['active', ['Declined, done'], 'reopen SEC-5 active-again'],
    ['active', ['closed by us'], 'create after SEC-5', { ...named, hardClosedStatuses: ['DONE'] }],
    ['resolved', ['FIXED, not done'], 'nothing: closed-already', named],
    ['resolved', ['FIXED, not done'], 'close SEC-5 resolved'],
    ['resolved', ['Declined, done'], 'nothing: closed-already', named],
  ],
  'findings that are not wanted': [
    ['active, unwanted type', [], 'nothing: unsupported-type'],
    ['active, unwanted type', ['open'], 'nothing: unsupported-type'],
    ['active, unwanted type', ['closed by us'], 'nothing: unsupported-type'],
    ['resolved, unwanted type', [], 'nothing: unsupported-type'],
    ['resolved, unwanted type', ['open'], 'close SEC-5 resolved'],
    ['active, not critical', [], 'create'],
    ['active, not critical', [], 'nothing: not-critical', criticalOnly],
    ['active, not critical', ['open'], 'nothing: not-critical', criticalOnly],
    ['active', [], 'create', criticalOnly],
    ['resolved, not critical', [], 'nothing: not-critical', criticalOnly],
    ['resolved, not critical', ['open'], 'close SEC-5 resolved', criticalOnly],
    ['active', [], 'nothing: dropped', dropped],
    ['active', [], 'create', { dropSeenBefore: '2026-10-01T08:00:00.000Z' }],
    ['active, changed', ['open'], 'update SEC-5 fields', dropped],
    ['active', ['closed by us'], 'reopen SEC-5 active-again', dropped],
    ['active', ['hard-closed'], 'create after SEC-5', dropped],
    ['resolved', [], 'nothing: dropped', dropped],
    ['resolved', ['open'], 'close SEC-5 resolved', dropped],
  ],
  'accepted risks and flapping ones': [
    ['active', ['accepted closed'], 'nothing: accepted'],
    ['active, changed', ['accepted open'], 'nothing: accepted', news],
    ['active', ['accepted hard-closed'], 'nothing: accepted'],
    ['active', ['3 accepted closed', '8 closed by hand'], 'nothing: accepted'],
    ['resolved', ['accepted open'], 'close SEC-5 resolved'],
    ['resolved', ['accepted closed'], 'nothing: closed-already'],
    ['active', ['acceptance ended, closed'], 'reopen SEC-5 acceptance-ended'],
    ['active', ['acceptance ended, closed by hand'], 'reopen SEC-5 acceptance-ended', byHandOnly],
    ['active', ['acceptance ended, open'], 'nothing: unchanged'],
    ['active', ['acceptance without a time'], 'reopen SEC-5 acceptance-ended'],
    ['active', ['reopened twice'], 'reopen SEC-5 active-again'],
    ['active', ['reopened 3 times'], 'reopen SEC-5 active-again silently'],
    ['active', ['reopened 9 times, closed by hand'], 'reopen SEC-5 closed-too-early silently'],
    ['active', ['reopened twice'], 'reopen SEC-5 active-again silently', { flapLimit: 0 }],
  ],
};

export function run([finding, words, , given = {}]: Row, tickets = ticketsOf(words)): Action {
  const { latestHash = 'latest', dropSeenBefore = null, ...over } = given;
  const facts = { finding: findingStates[finding], tickets, policy: createPolicy(over) };
  return decide({ ...facts, now, latestHash, dropSeenBefore });
}

/** What Jira has when the action was carried out, with the mark that the page leaves there. */
export function carryOut(action: Action, row: Row, tickets: readonly FindingTicket[]): FindingTicket[] {
  if (action.do === 'nothing') return [...tickets];
  const [finding, , , { latestHash = 'latest' } = {}] = row;
  const ticket = 'ticket' in action ? action.ticket : createTicket({ key: 'SEC-20' });
  const isClosed = action.do === 'close' || action.do === 'create-closed';
  const mark = createMark({
    contentHash: findingStates[finding].contentHash,
    latestHash,
    left: isClosed ? 'closed' : 'open',
    reopened: (ticket.mark?.reopened ?? 0) + (action.do === 'reopen' ? 1 : 0),
  });
  const moved = isClosed ? { statusName: 'Done', isDone: true } : { statusName: 'To Do', isDone: false };
  const written = { ...ticket, mark, ...(action.do === 'update' ? {} : moved) };
  return [written, ...tickets.filter((one) => one !== ticket)];
}
