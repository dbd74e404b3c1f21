import assert from 'node:assert/strict';
import {
  isClosed,
  judge,
  needsReason,
  openLedger,
  withAnswer,
  type Ledger,
  standing,
} from '../../workflows/approval/ledger.ts';
import type { ApprovalPolicy, DecisionClaims, RefusalRule } from '../../workflows/approval/messages.ts';

const policy: ApprovalPolicy = {
  name: 'production',
  version: 3,
  digest: 'd'.repeat(64),
  quorum: [{ group: 'devops', count: 1 }],
  exclude: ['requester', 'author', 'changer'],
  risk: 'normal',
  channel: 'approvals',
  buttons: true,
  reminders: [],
  workingHours: null,
  expiresAfterMinutes: 60,
  override: { group: 'leads', reviewers: 'security', reviewWithinMinutes: 60 },
};
const people = { requester: 'sam', authors: ['ann'], changers: ['carl'] };
const two = { ...policy, quorum: [{ group: 'devops', count: 2 }] };
const mixed = {
  ...policy,
  quorum: [
    { group: 'devops', count: 1 },
    { group: 'security', count: 1 },
  ],
};

let count = 0;
const say = (part: Partial<DecisionClaims> = {}): DecisionClaims => ({
  jti: `j-${(count += 1)}`,
  iat: 1_000,
  exp: 2_000,
  aud: 'default/w',
  requestId: 'r',
  evidenceDigest: 'e',
  policy: 'production@3',
  verb: 'approve',
  principal: 'dana',
  actingFor: null,
  groups: ['devops'],
  via: 'slack',
  sourceEventId: 's',
  reason: null,
  ...part,
});
const open = (part: Partial<Parameters<typeof openLedger>[0]> = {}) =>
  openLedger({ requestId: 'r', evidenceDigest: 'e', policy, people, ...part });

/** The ledger after these, each of which must be accepted. */
function after(ledger: Ledger, ...said: readonly DecisionClaims[]): Ledger {
  return said.reduce((now, claims) => {
    const judgement = judge(now, claims);
    assert.ok(judgement.accepted, judgement.text);
    return judgement.ledger;
  }, ledger);
}

function ruleOf(ledger: Ledger, claims: DecisionClaims): RefusalRule | 'accepted' {
  const judgement = judge(ledger, claims);
  return judgement.accepted ? 'accepted' : judgement.rule;
}

describe('the ledger of a request', () => {
  const twice = say();
  const approved = after(open(), twice);
  const closed = (status: Ledger['status']): Ledger => ({ ...open(), status });

  const refusals: readonly (readonly [string, Ledger, DecisionClaims, RefusalRule])[] = [
    ['the same decision twice', approved, twice, 'replayed'],
    ['another request', open(), say({ requestId: 'other' }), 'other-request'],
    ['what was shown before it changed', open(), say({ evidenceDigest: 'old' }), 'stale-evidence'],
    ['another version of the rules', open(), say({ policy: 'production@2' }), 'other-policy'],
    ['the requester', open(), say({ principal: 'sam' }), 'self-approval'],
    [
      'the requester for somebody else',
      open(),
      say({ principal: 'sam', actingFor: 'dana' }),
      'self-approval',
    ],
    ['a delegate of the requester', open(), say({ actingFor: 'sam' }), 'delegate-of-requester'],
    ['an author', open(), say({ principal: 'ann' }), 'author'],
    ['a delegate of an author', open(), say({ actingFor: 'ann' }), 'author'],
    ['who changed it', open(), say({ principal: 'carl' }), 'changer'],
    ['somebody of no group', open(), say({ groups: [] }), 'not-a-member'],
    ['somebody of another group', open(), say({ groups: ['security'] }), 'not-a-member'],
    ['a rejection without reason', open(), say({ verb: 'reject' }), 'reason-missing'],
    ['a rejection for a blank reason', open(), say({ verb: 'reject', reason: '  ' }), 'reason-missing'],
    ['a rejection by a stranger', open(), say({ verb: 'reject', reason: 'x', groups: [] }), 'not-a-member'],
    ['a question without words', open(), say({ verb: 'request-info' }), 'reason-missing'],
    ['high risk without reason', open({ policy: { ...policy, risk: 'high' } }), say(), 'reason-missing'],
    ['a revoke of nothing', open(), say({ verb: 'revoke' }), 'nothing-to-revoke'],
    [
      'a revoke of what somebody else said',
      approved,
      say({ verb: 'revoke', principal: 'lee' }),
      'nothing-to-revoke',
    ],
    [
      'an override by the wrong group',
      open(),
      say({ verb: 'override', reason: 'x' }),
      'override-not-allowed',
    ],
    [
      'an override where there is none',
      open({ policy: { ...policy, override: null } }),
      say({ verb: 'override', reason: 'x', groups: ['leads'] }),
      'override-not-allowed',
    ],
    ['an override without reason', open(), say({ verb: 'override', groups: ['leads'] }), 'reason-missing'],
    ['an approval where an exception is asked', open({ counts: 'override' }), say(), 'closed'],
    ['a question after the approval', approved, say({ verb: 'request-info', reason: 'why?' }), 'closed'],
    ['a hold', open(), say({ verb: 'hold' }), 'closed'],
    ['a steal', open(), say({ verb: 'steal' }), 'closed'],
    ['after the point of no return', { ...approved, status: 'committed' }, say(), 'point-of-no-return'],
    [
      'a revoke after the point of no return',
      { ...approved, status: 'committed' },
      say({ verb: 'revoke' }),
      'point-of-no-return',
    ],
    ['after a rejection', closed('rejected'), say(), 'closed'],
    ['after it was void', closed('void'), say(), 'closed'],
    ['after it expired', closed('expired'), say(), 'expired'],
  ];
  for (const [what, ledger, claims, rule] of refusals)
    it(`refuses ${what}: ${rule}`, () => assert.equal(ruleOf(ledger, claims), rule));

  it('lets an excluded member reject and ask, and an included one approve where nobody is excluded', () => {
    assert.equal(
      after(open(), say({ principal: 'sam', verb: 'reject', reason: 'wrong' })).status,
      'rejected',
    );
    const asked = after(open(), say({ principal: 'ann', verb: 'request-info', reason: 'sure?' }));
    assert.equal(asked.status, 'info-requested');
    const lax = { ...policy, exclude: [] };
    assert.equal(after(open({ policy: lax }), say({ principal: 'sam' })).status, 'approved');
  });

  it('goes on after a question when it is answered, or when somebody decides', () => {
    const asked = after(open({ policy: two }), say({ verb: 'request-info', reason: 'why?' }));
    assert.equal(withAnswer(asked).status, 'open');
    assert.equal(withAnswer(approved).status, 'approved');
    assert.equal(after(asked, say({ principal: 'lee' })).status, 'open');
  });

  it('takes an approval of high risk with its reason', () => {
    const ledger = open({ policy: { ...policy, risk: 'high' } });
    assert.equal(after(ledger, say({ reason: 'tested' })).status, 'approved');
    assert.deepEqual(
      (['approve', 'revoke', 'reject'] as const).map((verb) => needsReason({ risk: 'high' }, verb)),
      [true, false, true],
    );
  });

  it('counts a delegate as the one who delegated', () => {
    const once = after(open({ policy: two }), say({ principal: 'lee', actingFor: 'dana' }));
    assert.equal(after(once, say({ principal: 'dana' })).status, 'open');
    assert.equal(after(once, say({ principal: 'eli' })).status, 'approved');
  });

  it('gives one human one voice, in his own name and for another', () => {
    const once = after(open({ policy: two }), say({ principal: 'lee' }));
    const again = after(once, say({ principal: 'lee', actingFor: 'dana' }));
    assert.deepEqual([again.status, again.counted.length], ['open', 1]);
  });

  it('is open again after a revoke that breaks the quorum, and not after one that does not', () => {
    const third = after(open({ policy: two }), say(), say({ principal: 'lee' }), say({ principal: 'eli' }));
    const second = after(third, say({ verb: 'revoke', principal: 'eli' }));
    assert.equal(second.status, 'approved');
    assert.equal(after(second, say({ verb: 'revoke', principal: 'lee' })).status, 'open');
  });

  it('lets a delegate revoke what he said, and who delegated revoke it too', () => {
    const said = after(open(), say({ principal: 'lee', actingFor: 'dana' }));
    assert.equal(after(said, say({ verb: 'revoke', principal: 'lee' })).status, 'open');
    assert.equal(after(said, say({ verb: 'revoke', principal: 'dana' })).status, 'open');
  });

  it('is rejected by one after the approval of another, until the point of no return', () => {
    const rejected = after(approved, say({ principal: 'lee', verb: 'reject', reason: 'stop' }));
    assert.ok(isClosed(rejected));
    assert.equal(isClosed(approved), false);
  });

  describe('broken glass', () => {
    const glass = say({ verb: 'override', principal: 'lee', groups: ['leads'], reason: 'a leak' });
    const broken = after(open({ policy: two }), glass);

    it('approves at once, whoever is missing, even for the requester', () => {
      assert.deepEqual([broken.status, broken.overriddenBy?.principal], ['approved', 'lee']);
      const own = { ...glass, jti: 'own', principal: 'sam' };
      assert.equal(after(open(), own).status, 'approved');
    });
    it('stays approved when others approve too', () => {
      assert.equal(after(broken, say()).status, 'approved');
    });
    it('can be revoked by the person', () => {
      const revoked = after(broken, say({ verb: 'revoke', principal: 'lee' }));
      assert.deepEqual([revoked.status, revoked.overriddenBy], ['open', null]);
    });
  });

  describe('several ways to approve', () => {
    const ledger = open({ policy: two, choices: ['all', 'drop'] });
    const choose = (principal: string, choice: string) =>
      say({ jti: `${principal}-${choice}`, principal, choice });

    it('wants one of them chosen', () => {
      assert.equal(ruleOf(ledger, say()), 'choice-missing');
      assert.equal(ruleOf(ledger, choose('dana', 'half')), 'choice-missing');
      assert.equal(ruleOf(ledger, say({ verb: 'reject', reason: 'no' })), 'accepted');
    });
    it('counts those together that chose alike', () => {
      const split = after(ledger, choose('dana', 'all'), choose('lee', 'drop'));
      assert.deepEqual([split.status, standing(split).missing], ['open', [{ group: 'devops', count: 1 }]]);
      const agreed = after(split, choose('dev', 'drop'));
      assert.deepEqual([agreed.status, standing(agreed).choice], ['approved', 'drop']);
    });
    it('lets a person choose anew: the last word counts', () => {
      const changed = after(ledger, choose('dana', 'all'), choose('dana', 'drop'), choose('lee', 'drop'));
      assert.deepEqual([changed.status, standing(changed).choice], ['approved', 'drop']);
    });
  });

  it('counts overrides to a quorum where an exception is asked', () => {
    const ledger = open({ policy: mixed, counts: 'override' });
    const exception = (part: Partial<DecisionClaims>) => say({ verb: 'override', reason: 'urgent', ...part });
    const once = after(ledger, exception({}));
    assert.deepEqual([once.status, once.overriddenBy], ['open', null]);
    const twiceSaid = after(once, exception({ principal: 'sue', groups: ['security'] }));
    assert.equal(twiceSaid.status, 'approved');
    assert.equal(ruleOf(ledger, exception({ principal: 'sam' })), 'self-approval');
  });
});
