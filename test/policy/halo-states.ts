import type { Finding } from '../../workflows/halo-sync/finding.ts';
import type { FindingTicket, TicketMark } from '../../workflows/halo-sync/ticket.ts';
import { at, createFinding, createMark, createResolved, createTicket } from './halo-world.ts';

/** Findings and tickets by the words that the decision table uses for them. */
export const findingStates = {
  active: createFinding(),
  'active, changed': createFinding({ contentHash: 'later' }),
  'active, unwanted type': createFinding({ type: 'fw', contentHash: 'later' }),
  'active, not critical': createFinding({ critical: false }),
  resolved: createResolved(),
  'resolved, changed': createResolved(30, { contentHash: 'later' }),
  'resolved 59 minutes ago': createResolved(59),
  'resolved 60 minutes ago': createResolved(60),
  'resolved, changed just now': createResolved(0, { resolvedAt: null, changedAt: at(0) }),
  'resolved, unwanted type': createResolved(30, { type: 'fw' }),
  'resolved, not critical': createResolved(30, { critical: false }),
} satisfies Record<string, Finding>;

const leftClosed = (over: Partial<TicketMark> = {}) => ({ mark: createMark({ left: 'closed', ...over }) });
const done = { statusName: 'Done', isDone: true };
const hard = { statusName: "Won't Fix", isDone: true };
const foreign = { isOurs: false, mark: null };
const accepted = { until: at(-1), acceptance: 'acceptance:1' };
const ended = { until: at(0), acceptance: 'acceptance:1' };

const ticketStates = {
  open: {},
  'in progress': { statusName: 'In Progress' },
  'opened again by hand': leftClosed(),
  uncommented: { mark: createMark({ latestHash: null }) },
  'closed by us': { ...done, ...leftClosed() },
  'closed by us just now': { ...done, ...leftClosed(), movedAt: at(0) },
  'closed by hand': done,
  'closed by hand 61 minutes ago': { ...done, movedAt: at(61) },
  'closed by hand 60 minutes ago': { ...done, movedAt: at(60) },
  'closed by hand 59 minutes ago': { ...done, movedAt: at(59) },
  'closed by hand, unknown when': { ...done, movedAt: null },
  'closed by hand, after our last write': { ...done, movedAt: null, mark: createMark({ at: at(5) }) },
  'hard-closed': hard,
  "WON'T FIX": { statusName: "WON'T FIX " },
  'foreign open': foreign,
  'foreign closed': { ...done, ...foreign },
  'foreign closed just now': { ...done, ...foreign, movedAt: at(1) },
  'foreign closed, unknown when': { ...done, ...foreign, movedAt: null },
  'foreign hard-closed': { ...hard, ...foreign },
  'FIXED, not done': { statusName: 'FIXED', ...leftClosed() },
  'Review, not done': { statusName: 'Review' },
  'Declined, done': { statusName: 'Declined', isDone: true, ...leftClosed() },
  'accepted open': { mark: createMark({ accepted }) },
  'accepted closed': { ...done, ...leftClosed({ accepted }) },
  'accepted hard-closed': { ...hard, ...leftClosed({ accepted }) },
  'acceptance ended, open': { mark: createMark({ accepted: ended }) },
  'acceptance ended, closed': { ...done, ...leftClosed({ accepted: ended }) },
  'acceptance ended, closed by hand': { ...done, mark: createMark({ accepted: ended }) },
  'acceptance without a time': { ...done, ...leftClosed({ accepted: { ...ended, until: 'ever' } }) },
  'reopened twice': { ...done, ...leftClosed({ reopened: 2 }) },
  'reopened 3 times': { ...done, ...leftClosed({ reopened: 3 }) },
  'reopened 9 times, closed by hand': { ...done, mark: createMark({ reopened: 9 }) },
} satisfies Record<string, Partial<FindingTicket>>;

export type TicketState = keyof typeof ticketStates;

/** `3 open` is SEC-3, created on the third of the month; without a number it is SEC-5. */
export type TicketWords = TicketState | `${number} ${TicketState}`;

export function ticketsOf(words: readonly TicketWords[]): FindingTicket[] {
  return words.map((one) => {
    const [, number = '5', state = ''] = /^(?:(\d+) )?(.*)$/.exec(one) ?? [];
    return createTicket({ key: `SEC-${number}`, ...ticketStates[state as TicketState] });
  });
}

export const stateNames = Object.keys(ticketStates) as TicketState[];
