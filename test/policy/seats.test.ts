import assert from 'node:assert/strict';
import { attestedGroups, describeSeats, missingSeats } from '../../workflows/approval/ledger.ts';

const override = { group: 'leads', reviewers: 'security', reviewWithinMinutes: 60 };
const quorum = (...pairs: readonly (readonly [string, number])[]) =>
  pairs.map(([group, n]) => ({ group, count: n }));

describe('missingSeats', () => {
  const seat = (principal: string, ...groups: string[]) => ({ principal, actingFor: null, groups });
  const cases = [
    ['nobody yet', quorum(['a', 2], ['b', 1]), [], '2 of a, 1 of b'],
    ['one person fills one seat', quorum(['a', 1], ['b', 1]), [seat('x', 'a', 'b')], '1 of b'],
    [
      'two in both groups fill both',
      quorum(['a', 1], ['b', 1]),
      [seat('x', 'a', 'b'), seat('y', 'a', 'b')],
      '',
    ],
    [
      'who can sit elsewhere makes room',
      quorum(['a', 1], ['b', 1]),
      [seat('x', 'a', 'b'), seat('y', 'a')],
      '',
    ],
    [
      'a chain of three moves',
      quorum(['a', 1], ['b', 1], ['c', 1]),
      [seat('x', 'a', 'b'), seat('y', 'b', 'c'), seat('z', 'a')],
      '',
    ],
    ['two of one group', quorum(['a', 2]), [seat('x', 'a')], '1 of a'],
    ['strangers fill nothing', quorum(['a', 1]), [seat('x', 'b'), seat('y')], '1 of a'],
    ['more than needed', quorum(['a', 1]), [seat('x', 'a'), seat('y', 'a')], ''],
  ] as const;
  for (const [what, wanted, counted, missing] of cases)
    it(`${what}: ${missing || 'none'}`, () =>
      assert.equal(describeSeats(missingSeats(wanted, counted)), missing));
});

describe('attestedGroups', () => {
  it('names every group of the policy once', () =>
    assert.deepEqual(attestedGroups({ quorum: quorum(['devops', 1], ['security', 2]), override }), [
      'devops',
      'security',
      'leads',
    ]));
  it('needs no override', () =>
    assert.deepEqual(attestedGroups({ quorum: quorum(['devops', 1]), override: null }), ['devops']));
});
