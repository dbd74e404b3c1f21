import assert from 'node:assert/strict';
import { decideMissing, findTwins, isFlapping } from '../../workflows/halo-sync/decide.ts';
import type { Finding } from '../../workflows/halo-sync/finding.ts';
import type { FindingPolicy } from '../../workflows/halo-sync/messages.ts';
import type { FindingTicket } from '../../workflows/halo-sync/ticket.ts';
import {
  createFinding,
  createMark,
  createPolicy,
  createResolved,
  createTicket,
  lineOf,
  now,
} from './halo-world.ts';

const open = createTicket();
const done = createTicket({ statusName: 'Done', isDone: true });

type Row = readonly [string, Finding | null, FindingTicket, expected: string, Partial<FindingPolicy>?];
const rows: readonly Row[] = [
  ['is gone', null, open, 'close SEC-5 missing'],
  ['is gone, ticket of somebody else', null, createTicket({ mark: null }), 'close SEC-5 missing'],
  ['is gone, kept', null, open, 'nothing: unchanged', { missing: 'keep' }],
  ['is gone, ticket closed meanwhile', null, done, 'nothing: closed-already'],
  ['is gone, ticket hard-closed', null, createTicket({ statusName: "Won't fix" }), 'nothing: hard-closed'],
  ['is gone, damped', null, open, 'close SEC-5 missing', { closeAfterMinutes: 60 }],
  ['is resolved', createResolved(), open, 'close SEC-5 resolved'],
  ['is resolved, kept', createResolved(), open, 'close SEC-5 resolved', { missing: 'keep' }],
  ['is resolved just now', createResolved(1), open, 'nothing: damped', { closeAfterMinutes: 60 }],
  ['is resolved, of no wanted type', createResolved(30, { type: 'fw' }), open, 'close SEC-5 resolved'],
  ['is resolved, ticket closed', createResolved(), done, 'nothing: closed-already'],
  ['is active, outside of the filter', createFinding(), open, 'nothing: unchanged'],
  ['is active and changed', createFinding({ contentHash: 'later' }), open, 'update SEC-5 fields'],
  ['is active, ticket closed', createFinding(), done, 'nothing: closed-already'],
  [
    'is active, ticket hard-closed though not done',
    createFinding(),
    createTicket({ statusName: "Won't Fix" }),
    'nothing: hard-closed',
  ],
  ['is active, of no wanted type', createFinding({ type: 'fw' }), open, 'nothing: unsupported-type'],
];

describe('what is done for a ticket whose finding was not listed', () => {
  for (const [what, finding, ticket, expected, over] of rows)
    it(`it ${what}: ${expected}`, () => {
      const policy = createPolicy(over);
      assert.equal(lineOf(decideMissing({ ticket, finding, policy, now, latestHash: 'latest' })), expected);
    });
});

describe('twins', () => {
  const policy = createPolicy();
  const [oldest, middle, newest] = ['SEC-3', 'SEC-5', 'SEC-8'].map((key) => createTicket({ key }));
  const twinsOf = (...tickets: readonly (FindingTicket | undefined)[]) =>
    findTwins(
      tickets.flatMap((ticket) => ticket ?? []),
      policy,
    ).map(({ key }) => key);

  for (const [what, found, expected] of [
    ['none of one ticket', twinsOf(oldest), []],
    ['none of no ticket', twinsOf(), []],
    ['the younger of two', twinsOf(newest, oldest), ['SEC-8']],
    ['the younger ones of three', twinsOf(middle, newest, oldest), ['SEC-5', 'SEC-8']],
    ['none that is closed', twinsOf(oldest, createTicket({ key: 'SEC-8', isDone: true })), []],
    [
      'none that is hard-closed',
      twinsOf(oldest, createTicket({ key: 'SEC-8', statusName: "Won't Fix" })),
      [],
    ],
    ['none of somebody else', twinsOf(oldest, createTicket({ key: 'SEC-8', isOurs: false })), []],
    ['none beside an older one of somebody else', twinsOf(createTicket({ isOurs: false }), newest), []],
    ['none beside an older hard-closed one', twinsOf(createTicket({ statusName: "Won't Fix" }), newest), []],
  ] as const)
    it(`are ${what}`, () => assert.deepEqual(found, expected));
});

describe('a ticket flaps', () => {
  for (const [mark, expected] of [
    [null, false],
    [createMark({ reopened: 2 }), false],
    [createMark({ reopened: 3 }), true],
  ] as const)
    it(`${expected ? 'after' : 'not after'} ${mark?.reopened ?? 'no'} reopenings of three`, () =>
      assert.equal(isFlapping(createTicket({ mark }), createPolicy()), expected));
});
