import assert from 'node:assert/strict';
import { claimedId } from '../../workflows/approval/envelope-id.ts';
import { openLedger, judge, type Ledger } from '../../workflows/approval/ledger.ts';
import type { DecisionClaims, DecisionRecord } from '../../workflows/approval/messages.ts';
import { addRecord, findAnswer } from '../../workflows/approval/records.ts';
import {
  toOverduePolicy,
  toReviewEvidence,
  toReviewInput,
  toReviewPolicy,
} from '../../workflows/approval/review.ts';
import { isRepeat, toNote, toSettlement } from '../../workflows/approval/settlement.ts';
import { isSameView, toRequestView } from '../../workflows/approval/view.ts';
import { isSameWait, toWaitingOn } from '../../workflows/approval/waiting-on.ts';
import { claimsFor } from '../support/approval-answers.ts';
import { evidence, policy } from '../support/approval-question.ts';

const ids = { requestId: 'r', evidenceDigest: 'e'.repeat(64) };
const people = { requester: 'sam', authors: [], changers: [] };
const glass = { ...policy, override: { group: 'leads', reviewers: 'security', reviewWithinMinutes: 60 } };
const ledger = openLedger({ ...ids, policy: glass, people });
const facts = {
  workflowId: 'w',
  key: 'w/0/production',
  runLink: 'http://ui.example/w',
  evidence,
  openedAt: '2026-11-22T10:00:00.000Z',
  deadlineMs: Date.parse('2026-11-22T11:00:00.000Z'),
  rejectedBy: null,
  refusals: 0,
  note: null,
  revocable: 'until wave-1 begins',
};
const view = toRequestView(ledger, facts);
const said = (part: Partial<DecisionClaims> = {}) => claimsFor(view, part);

function take(before: Ledger, claims: DecisionClaims): Ledger {
  const judgement = judge(before, claims);
  assert.ok(judgement.accepted, judgement.text);
  return judgement.ledger;
}

describe('what people see of a request', () => {
  it('who decided, who is missing, by when', () => {
    const two = { ...glass, quorum: [{ group: 'devops', count: 2 }] };
    const half = take(openLedger({ ...ids, policy: two, people }), said());
    const { decisions, missing, deadline, state } = toRequestView(half, facts);
    assert.deepEqual(
      [decisions.map(({ principal }) => principal), missing],
      [['dana'], [{ group: 'devops', count: 1 }]],
    );
    assert.deepEqual([deadline, state], ['2026-11-22T11:00:00.000Z', 'open']);
  });

  it('who rejected it, and nothing to revoke any more', () => {
    const no = said({ verb: 'reject', reason: 'no' });
    const { decisions, revocable, deadline } = toRequestView(take(ledger, no), { ...facts, rejectedBy: no });
    assert.deepEqual([decisions.map(({ verb }) => verb), revocable, deadline], [['reject'], null, null]);
  });

  it('who broke the glass', () => {
    const broken = take(ledger, said({ verb: 'override', groups: ['leads'], reason: 'a leak' }));
    const { overridden, decisions } = toRequestView(broken, facts);
    assert.deepEqual([overridden, decisions.map(({ verb }) => verb)], [true, ['override']]);
  });

  const later = (deadline: string | null) => ({ ...view, deadline });
  const same = [
    ['nothing changed', view, true],
    ['the deadline moved by seconds', later('2026-11-22T11:00:30.000Z'), true],
    ['it moved by hours', later('2026-11-22T13:00:00.000Z'), false],
    ['the clock stands still', later(null), false],
    ['somebody was refused', { ...view, refusals: 1 }, false],
  ] as const;
  for (const [what, other, expected] of same)
    it(`${what}: ${expected ? 'no update' : 'an update'}`, () =>
      assert.equal(isSameView(view, other), expected));
});

describe('what becomes of a request', () => {
  const yes = said();
  const approved = take(ledger, yes);
  const settle = (now: Ledger, part: Partial<Parameters<typeof toSettlement>[1]> = {}) =>
    toSettlement(now, { evidence, accepted: [], rejectedBy: null, voidReason: '', ...part });

  it('is nothing while it is open', () => {
    assert.equal(settle(ledger), undefined);
    assert.equal(settle({ ...ledger, status: 'info-requested' }), undefined);
  });
  it('says why it is over', () => {
    assert.deepEqual(settle({ ...ledger, status: 'expired' }), { outcome: 'expired' });
    const nothing = { outcome: 'void', reason: 'changed' };
    assert.deepEqual(settle({ ...ledger, status: 'void' }, { voidReason: 'changed' }), nothing);
  });
  it('carries what was accepted; when that is too much, only what counts', () => {
    const accepted = [{ claims: yes, envelope: 'yes' }, ...Array.from({ length: 100 }, (_, n) => other(n))];
    const few = settle(approved, { accepted: accepted.slice(0, 3) });
    assert.deepEqual(few?.outcome === 'approved' && few.grant.envelopes, ['yes', 'other-0', 'other-1']);
    const many = settle(approved, { accepted });
    assert.deepEqual(many?.outcome === 'approved' && many.grant.envelopes, ['yes']);
  });
  const other = (n: number) => ({ claims: said({ principal: `p-${n}` }), envelope: `other-${n}` });

  it('a click that came twice is no news; an approval that was revoked is', () => {
    assert.equal(isRepeat(approved, yes), true);
    assert.equal(isRepeat(take(approved, said({ verb: 'revoke' })), yes), false);
    assert.equal(isRepeat(ledger, said({ verb: 'revoke' })), true);
  });

  const notes = [
    [said({ verb: 'reject', reason: 'no' }), 'rejected by dana: no'],
    [said({ verb: 'request-info', reason: 'why?' }), 'dana asks: why?'],
    [said({ verb: 'revoke' }), 'revoked by dana'],
    [said({ verb: 'revoke', reason: 'oh' }), 'revoked by dana: oh'],
    [said(), null],
  ] as const;
  for (const [claims, note] of notes)
    it(`${claims.verb}: ${note ?? 'no note'}`, () => assert.equal(toNote(claims), note));
});

describe('what a run waits for', () => {
  const missing = (...groups: string[]) => groups.map((group) => ({ group, count: 1 }));
  const deadline = '2026-11-22T11:00:00.000Z';

  it('is nobody when nothing is open', () =>
    assert.deepEqual(toWaitingOn([]), { code: '', dueBy: undefined }));
  it('names each group once, over all requests, with the first deadline', () => {
    const waiting = toWaitingOn([
      { missing: missing('devops', 'security'), deadline: null },
      { missing: missing('devops'), deadline: '2026-11-22T12:00:00.000Z' },
      { missing: [], deadline },
    ]);
    assert.deepEqual(waiting, { code: 'person:devops+security', dueBy: deadline });
  });
  it('has room for 80 characters, of whole names', () => {
    const { code } = toWaitingOn([{ missing: missing('a'.repeat(50), 'b'.repeat(30), 'c'), deadline: null }]);
    assert.equal(code, `person:${'a'.repeat(50)}`);
  });
  it('is the same when its deadline moved by seconds', () => {
    const one = { code: 'person:devops', dueBy: deadline };
    assert.equal(isSameWait(one, { ...one, dueBy: '2026-11-22T11:00:30.000Z' }), true);
    assert.equal(isSameWait(one, { ...one, dueBy: '2026-11-22T11:02:00.000Z' }), false);
    assert.equal(isSameWait(one, { ...one, dueBy: undefined }), false);
    assert.equal(isSameWait(one, { ...one, code: '' }), false);
  });
});

describe('the records of decisions', () => {
  const record = (jti: string | null, state: DecisionRecord['state']): DecisionRecord => ({
    ...{ jti, state, rule: state === 'refused' ? 'closed' : null, text: state },
    ...{ verb: null, principal: null, via: null, at: '2026-11-22T10:00:00.000Z' },
  });
  const addAll = (...records: readonly DecisionRecord[]) =>
    records.reduce<readonly DecisionRecord[]>((all, one) => addRecord(all, one), []);
  const many = (count: number, jti: string | null, state: DecisionRecord['state']) =>
    Array.from({ length: count }, () => record(jti, state));

  it('are 200: junk goes first, then refusals, then the oldest', () => {
    const yes = record('yes', 'accepted');
    const no = record('no', 'refused');
    assert.deepEqual(addAll(yes, no, ...many(300, null, 'refused')).slice(0, 2), [yes, no]);
    assert.deepEqual(addAll(yes, ...many(300, 'no', 'refused'))[0], yes);
    assert.equal(addAll(...many(300, 'yes', 'accepted')).length, 200);
  });
  it('an accepted decision stays accepted; a refused one is what it was last', () => {
    const all = addAll(record('a', 'accepted'), record('a', 'refused'), record('b', 'refused'));
    assert.equal(findAnswer(all, 'a').state, 'accepted');
    assert.equal(findAnswer(all, 'b').state, 'refused');
    assert.equal(findAnswer(addAll(...all, record('b', 'accepted')), 'b').state, 'accepted');
  });
  for (const unknown of ['c', undefined, null, 7, {}])
    it(`nothing is known of ${JSON.stringify(unknown)}: pending`, () =>
      assert.deepEqual(findAnswer(addAll(record(null, 'refused')), unknown), { state: 'pending' }));
});

describe('claimedId', () => {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const cases: readonly (readonly [string, string | null])[] = [
    [`h.${encode({ jti: 'abc' })}.s`, 'abc'],
    [`h.${encode({ reason: 'größer ✓', jti: 'abc' })}.s`, 'abc'],
    [`h.${encode({ jti: 7 })}.s`, null],
    [`h.${encode({ jti: 'x'.repeat(501) })}.s`, null],
    [`h.${encode(['abc'])}.s`, null],
    [`h.${encode(null)}.s`, null],
    ['h.%%%.s', null],
    ['h..s', null],
    ['', null],
    ['x'.repeat(8_000), null],
  ];
  for (const [envelope, id] of cases)
    it(`${envelope.slice(0, 30)}: ${id ?? 'none'}`, () => assert.equal(claimedId(envelope), id));
});

describe('the review of an override', () => {
  const run = { workflowId: 'w', runLink: 'http://ui.example/w' };
  const claims = said({ verb: 'override', principal: 'lee', reason: 'a leak', iat: 1_800_000_000 });
  const input = toReviewInput(claims, ledger, evidence, run);
  assert.ok(input);

  it('is asked of the reviewers, under the rules’ own name, and never of the person', () => {
    const rules = toReviewPolicy(input);
    assert.deepEqual([rules.name, rules.version, rules.exclude], ['production', 1, ['requester']]);
    assert.deepEqual([rules.quorum, rules.expiresAfterMinutes], [[{ group: 'security', count: 1 }], 60]);
    assert.equal(toReviewEvidence(input, 'run').requester, 'lee');
  });
  it('reminds who is on call once a day when it is overdue', () => {
    const { reminders } = toOverduePolicy(input);
    assert.deepEqual([reminders.length, reminders[1]], [30, { afterMinutes: 1440, to: 'on-call' }]);
  });
  it('is always small enough to be asked', () => {
    const long = '\u0001'.repeat(4_000);
    const fact = { label: long, value: long };
    const link = { label: long, href: `http://x.example/${'x'.repeat(4_000)}` };
    const big = {
      ...input,
      title: long,
      reason: long,
      facts: Array(60).fill(fact),
      links: Array(60).fill(link),
    };
    assert.ok(JSON.stringify(toReviewEvidence(big, 'run')).length < 16 * 1024);
  });
  it('is none where the policy has no override', () =>
    assert.equal(
      toReviewInput(claims, { ...ledger, policy: { ...policy, override: null } }, evidence, run),
      undefined,
    ));
});
