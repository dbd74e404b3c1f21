import assert from 'node:assert/strict';
import fc from 'fast-check';
import type {
  SecretEvent,
  SecretPolicy,
  TicketFacts,
  VerdictName,
} from '../../../workflows/secret-audit/messages.ts';
import { decideVerdict, type VerdictFacts } from '../../../workflows/secret-audit/verdict.ts';
import {
  account,
  actor,
  approved,
  arnOf,
  at,
  eventOf,
  fullArn,
  noonMs,
  policy,
  region,
  role,
  ticketOf,
} from './facts.ts';

interface Case {
  readonly event?: Partial<SecretEvent>;
  readonly tickets?: readonly TicketFacts[];
  readonly rules?: Partial<SecretPolicy>;
  readonly more?: Partial<VerdictFacts>;
}
/** Two hours after the change, by somebody known, unless it is said otherwise. */
function decide({ event = {}, tickets = [], rules = {}, more = {} }: Case) {
  return decideVerdict({
    ...{ event: eventOf(event), tickets, changer: 'mia', namedTicket: null, usedBefore: [] },
    ...{ policy: { ...policy, ...rules }, nowMs: noonMs + 120 * 60_000 },
    ...more,
  });
}
const by = (roleName: string) => ({ actor: { ...actor, roleArn: role(roleName) } });
const good = ticketOf([approved(-30)]);
const other = arnOf('prod/other');

const table: readonly (readonly [what: string, verdict: VerdictName, one: Case, why?: RegExp])[] = [
  ['approved before, by somebody else', 'authorised', { tickets: [good] }, /approved by sue/],
  ['approved in the very second', 'authorised', { tickets: [ticketOf([approved(0)])] }],
  [
    'its ARN without suffix',
    'authorised',
    { tickets: [ticketOf([approved(-30)], { begins: { secrets: arnOf('prod/db') } })] },
  ],
  [
    'one ARN of several lines',
    'authorised',
    { tickets: [ticketOf([approved(-30)], { begins: { secrets: `${other}\n${fullArn}` } })] },
  ],
  [
    'its action among those allowed',
    'authorised',
    { tickets: [ticketOf([approved(-30)], { begins: { actions: ['Value', 'stage'] } })] },
  ],
  [
    'inside its window',
    'authorised',
    { tickets: [ticketOf([approved(-30)], { begins: { windowStart: at(-5), windowEnd: at(5) } })] },
  ],
  [
    'at the first and last moment of its window',
    'authorised',
    { tickets: [ticketOf([approved(-30)], { begins: { windowStart: at(0), windowEnd: at(0) } })] },
  ],
  [
    'done after the change',
    'authorised',
    { tickets: [ticketOf([approved(-30), [30, 'mia', { status: 'Done' }]])] },
  ],
  [
    'approved again after a rejection',
    'authorised',
    { tickets: [ticketOf([[-50, 'sid', { status: 'Rejected' }], approved(-30)])] },
  ],
  ['a second ticket that does not fit', 'authorised', { tickets: [ticketOf([], { key: 'SECCHG-2' }), good] }],
  [
    'a status written otherwise',
    'authorised',
    { tickets: [ticketOf([[-30, 'sue', { status: 'APPROVED' }]])] },
  ],
  [
    'used before, where approvals may be used again',
    'authorised',
    { tickets: [good], rules: { singleUse: false }, more: { usedBefore: ['1'] } },
  ],
  [
    'a changer who need not be known',
    'authorised',
    { tickets: [good], rules: { requireKnownActor: false }, more: { changer: null } },
  ],

  ['approved a minute after', 'late-approval', { tickets: [ticketOf([approved(1)])] }, /after the change/],
  [
    'made and approved after',
    'late-approval',
    { tickets: [ticketOf([approved(30)], { createdAt: at(10) })] },
  ],
  [
    'revoked before, approved again after',
    'late-approval',
    { tickets: [ticketOf([approved(-30), [-10, 'sue', { status: 'Rejected' }], approved(10)])] },
  ],

  ['not approved yet', 'unapproved', { tickets: [ticketOf([])] }, /status Requested/],
  ['rejected', 'unapproved', { tickets: [ticketOf([[-30, 'sue', { status: 'Rejected' }]])] }, /Rejected/],
  [
    'revoked before',
    'unapproved',
    { tickets: [ticketOf([approved(-30), [-10, 'sue', { status: 'Requested' }]])] },
  ],
  [
    'done before',
    'unapproved',
    { tickets: [ticketOf([approved(-30), [-10, 'mia', { status: 'Done' }]])] },
    /Done/,
  ],
  [
    'created approved',
    'unapproved',
    { tickets: [ticketOf([], { begins: { status: 'Approved' } })] },
    /nobody approved/,
  ],
  ['approved by nobody', 'unapproved', { tickets: [ticketOf([approved(-30, null)])] }],
  ['used up by an earlier change', 'unapproved', { tickets: [good], more: { usedBefore: ['1'] } }, /used up/],
  [
    'a changer whom nobody knows',
    'unapproved',
    { tickets: [good], more: { changer: null } },
    /nobody under people/,
  ],
  [
    'a log that does not add up',
    'unapproved',
    { tickets: [{ ...good, fields: { ...good.fields, status: 'Done' } }] },
    /does not add up/,
  ],

  [
    'approved by the changer',
    'self-approved',
    { tickets: [ticketOf([approved(-30, 'mia')])] },
    /mia made the change/,
  ],
  ['approved late by the changer', 'self-approved', { tickets: [ticketOf([approved(10, 'mia')])] }],

  [
    'its action not among those allowed',
    'wrong-ticket',
    { tickets: [ticketOf([approved(-30)], { begins: { actions: ['rotate'] } })] },
    /allowed rotate, not value/,
  ],
  [
    'before its window',
    'wrong-ticket',
    { tickets: [ticketOf([approved(-30)], { begins: { windowStart: at(1) } })] },
    /window began/,
  ],
  [
    'after its window',
    'wrong-ticket',
    { tickets: [ticketOf([approved(-30)], { begins: { windowEnd: at(-1) } })] },
    /window ended/,
  ],
  [
    'action widened after the change',
    'wrong-ticket',
    {
      tickets: [
        ticketOf([approved(-30), [5, 'mia', { actions: ['value'] }]], { begins: { actions: ['tags'] } }),
      ],
    },
  ],
  [
    'window widened after the change',
    'wrong-ticket',
    {
      tickets: [
        ticketOf([approved(-30), [5, 'mia', { windowEnd: null }]], { begins: { windowEnd: at(-5) } }),
      ],
    },
  ],
  [
    'named by the session, for another secret',
    'wrong-ticket',
    {
      tickets: [ticketOf([approved(-30)], { begins: { secrets: other } })],
      more: { namedTicket: 'SECCHG-1' },
    },
    /did not name this secret/,
  ],

  ['no ticket at all', 'no-ticket', {}, /no ticket names/],
  [
    'a ticket for another secret',
    'no-ticket',
    { tickets: [ticketOf([approved(-30)], { begins: { secrets: other } })] },
  ],
  [
    'ARN added to an approved ticket afterwards',
    'wrong-ticket',
    {
      tickets: [ticketOf([approved(-30), [5, 'mia', { secrets: fullArn }]], { begins: { secrets: other } })],
    },
  ],
  [
    'the secret of another account',
    'no-ticket',
    {
      tickets: [ticketOf([approved(-30)], { begins: { secrets: fullArn.replace(account, '210987654321') } })],
    },
  ],
  [
    'a bare name where the rules have no account',
    'no-ticket',
    { tickets: [ticketOf([approved(-30)], { begins: { secrets: 'prod/db' } })] },
  ],

  ['a person’s RotateSecret', 'no-ticket', { event: { eventName: 'RotateSecret', action: 'rotate' } }],
  [
    'RotateSecret by a role that rotates',
    'no-ticket',
    { event: { eventName: 'RotateSecret', action: 'rotate', ...by('rotate-db') } },
  ],
  ['a version by a role that rotates', 'rotation', { event: by('rotate-db') }],
  ['a deletion by a role that rotates', 'no-ticket', { event: { action: 'delete', ...by('rotate-db') } }],
  [
    'AWS’s own event of a rotation',
    'rotation',
    { event: { kind: 'service', eventName: 'RotationSucceeded', action: 'rotate' } },
  ],
  [
    'a call by the service itself',
    'rotation',
    { event: { actor: { ...actor, roleArn: null, invokedBy: 'secretsmanager.amazonaws.com' } } },
  ],
  [
    'RotateSecret by the service, on somebody’s behalf',
    'no-ticket',
    {
      event: {
        ...{ eventName: 'RotateSecret', action: 'rotate' },
        actor: { ...actor, invokedBy: 'secretsmanager.amazonaws.com' },
      },
    },
  ],
  [
    'a call by another service',
    'no-ticket',
    { event: { actor: { ...actor, invokedBy: 'cloudformation.amazonaws.com' } } },
  ],
  ['a pipeline', 'pipeline', { event: by('ci') }],
  ['a role that is named like a pipeline', 'no-ticket', { event: by('ci-admin') }],
  ['breaking the glass', 'break-glass', { event: by('break-glass'), tickets: [good] }],
  ['a call that AWS refused', 'attempt', { event: { errorCode: 'AccessDenied' } }, /AccessDenied/],
  [
    'a call that AWS refused, of nobody knows what',
    'attempt',
    { event: { errorCode: 'AccessDenied', secret: null } },
  ],
  ['a secret that is not audited', 'out-of-scope', { rules: { outOfScope: ['dev/*', 'prod/d*'] } }],
  ['an account that is not audited', 'out-of-scope', { rules: { accounts: ['210987654321'] } }, /account/],
  ['an account that is', 'no-ticket', { rules: { accounts: [account] } }],
];

describe('the verdict on a change', () => {
  for (const [what, verdict, one, why] of table)
    it(`${what}: ${verdict}`, () => {
      const found = decide(one);
      assert.equal(found.verdict, verdict, found.reasons.join('; '));
      assert.ok(found.reasons.length > 0);
      if (why) assert.match(found.reasons.join('; '), why);
    });

  it('rests on a ticket, its approver and the time', () => {
    const { ticket, approver, approvedAt } = decide({ tickets: [good] });
    assert.deepEqual([ticket, approver, approvedAt], ['SECCHG-1', 'sue', at(-30)]);
  });

  it('prefers the ticket that the session names to one that would fit as well', () => {
    const named = ticketOf([approved(-20, 'sid')], { key: 'SECCHG-9', issueId: '9' });
    const found = decide({ tickets: [good, named], more: { namedTicket: 'SECCHG-9' } });
    assert.deepEqual([found.verdict, found.ticket, found.approver], ['authorised', 'SECCHG-9', 'sid']);
  });

  it('is not saved by another ticket when the session names one that does not fit', () => {
    const named = ticketOf([], { key: 'SECCHG-9', issueId: '9' });
    assert.equal(decide({ tickets: [good, named], more: { namedTicket: 'SECCHG-9' } }).verdict, 'unapproved');
  });

  it('falls back on the others when the session names what is no ticket', () =>
    assert.equal(decide({ tickets: [good], more: { namedTicket: 'SECCHG-404' } }).verdict, 'authorised'));

  for (const [minutes, verdict] of [
    [0, 'pending'],
    [59, 'pending'],
    [60, 'no-ticket'],
  ] as const)
    it(`${minutes} minutes after the change without a ticket: ${verdict}`, () =>
      assert.equal(decide({ more: { nowMs: noonMs + minutes * 60_000 } }).verdict, verdict));

  it('waits for nothing when it was authorised', () =>
    assert.equal(decide({ tickets: [good], more: { nowMs: noonMs } }).verdict, 'authorised'));

  it('says what the other tickets would have been', () => {
    const second = ticketOf([], { key: 'SECCHG-2', issueId: '2' });
    assert.match(decide({ tickets: [second, good] }).reasons.join('; '), /SECCHG-2 would be unapproved/);
  });

  it('is the same in every order of the tickets, and whenever it is asked after the grace', () => {
    const pool = [
      good,
      ticketOf([approved(10)], { key: 'SECCHG-2', issueId: '2' }),
      ticketOf([approved(-5, 'mia')], { key: 'SECCHG-3', issueId: '3' }),
      ticketOf([], { key: 'SECCHG-4', issueId: '4' }),
      ticketOf([approved(-5)], { key: 'SECCHG-5', issueId: '5', begins: { secrets: other } }),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(pool), fc.integer({ min: 60, max: 100_000 }), (tickets, minutes) => {
        const found = decide({ tickets, more: { nowMs: noonMs + minutes * 60_000 } });
        const sorted = [...tickets].sort((one, two) => Number(one.issueId) - Number(two.issueId));
        assert.deepEqual(
          [found.verdict, found.ticket],
          [decide({ tickets: sorted }).verdict, decide({ tickets: sorted }).ticket],
        );
      }),
    );
  });

  it('is never healed by anything that happens to a ticket after the change', () => {
    const later = fc.record({
      minutes: fc.integer({ min: 1, max: 10_000 }),
      part: fc.constantFrom(
        ...[{ secrets: fullArn }, { actions: [] }, { actions: ['value'] }, { windowEnd: null }],
        ...[{ status: 'Approved' }, { status: 'Requested' }, { status: 'Done' }],
      ),
    });
    const before = fc.constantFrom(
      ...[{ secrets: other }, { actions: ['tags'] }, { windowEnd: at(-5) }, { status: 'Requested' }],
    );
    fc.assert(
      fc.property(before, fc.array(later, { maxLength: 6 }), (flaw, edits) => {
        const steps = edits.sort((one, two) => one.minutes - two.minutes);
        const ticket = ticketOf([
          approved(-30),
          [-20, 'dev', flaw],
          ...steps.map(({ minutes, part }) => [minutes, 'sid', part] as const),
        ]);
        assert.notEqual(decide({ tickets: [ticket] }).verdict, 'authorised');
      }),
    );
  });

  it('of a good approval stays, whatever happens to the ticket after the change', () => {
    const ticket = ticketOf([
      approved(-30),
      [5, 'mia', { secrets: other, actions: ['tags'], windowEnd: at(-10) }],
      [6, 'sue', { status: 'Rejected' }],
    ]);
    assert.equal(decide({ tickets: [ticket] }).verdict, 'authorised');
  });

  it('takes the account and region of the rules for a bare name', () => {
    const named = ticketOf([approved(-30)], { begins: { secrets: 'prod/db' } });
    assert.equal(decide({ tickets: [named], rules: { home: { account, region } } }).verdict, 'authorised');
    assert.equal(
      decide({ tickets: [named], rules: { home: { account, region: 'eu-west-1' } } }).verdict,
      'no-ticket',
    );
  });
});
