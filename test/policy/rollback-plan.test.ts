import assert from 'node:assert/strict';
import type { AccountState } from '../../activities/s3/port.ts';
import { planRollback } from '../../workflows/promotion-rollback/plan.ts';

const promotion = { workflowId: 'agent-promotion:main:1' };

function account(name: string, versions: readonly string[], by = promotion.workflowId): AccountState {
  const version = versions.at(-1) ?? null;
  const entry = version === null ? null : { version, workflow_id: by };
  const manifest = version === null ? 'absent' : 'present';
  return { account: name, manifest, version, versions, entry, manifestVersionId: 'm' };
}

describe('planRollback', () => {
  it('goes back to the version before, last wave first', () => {
    const plan = planRollback(
      [account('a', ['1.0.0', '1.1.0']), account('b', ['1.0.0', '1.1.0'])],
      promotion,
      undefined,
    );
    assert.deepEqual(plan, {
      possible: true,
      fromVersion: '1.1.0',
      toVersion: '1.0.0',
      accounts: ['b', 'a'],
      left: [],
    });
  });

  it('leaves alone what it cannot take back, and says why', () => {
    const accounts = [
      account('a', ['1.0.0', '1.1.0']),
      account('b', ['1.1.0']),
      account('c', ['1.0.0', '1.1.0', '1.2.0'], 'agent-promotion:main:2'),
      account('d', []),
    ];
    const plan = planRollback(accounts, promotion, undefined);
    assert.ok(plan.possible);
    assert.deepEqual(plan.accounts, ['a']);
    assert.deepEqual(
      plan.left.map(({ account: name, why }) => `${name}: ${why}`),
      ['b: it never had 1.0.0', 'c: it has 1.2.0 now', 'd: its manifest is absent'],
    );
  });

  const refusals: readonly [string, readonly AccountState[], string | undefined, RegExp][] = [
    [
      'a promotion that nobody has',
      [account('a', ['1.0.0'], 'other')],
      undefined,
      /no account has the version/,
    ],
    ['a first version', [account('a', ['1.0.0'])], undefined, /had no version before/],
    ['the version that is there', [account('a', ['1.0.0', '1.1.0'])], '1.1.0', /is what production has/],
    ['a version that nobody had', [account('a', ['1.0.0', '1.1.0'])], '9.9.9', /no account ever had/],
  ];
  for (const [name, accounts, wanted, reason] of refusals)
    it(`refuses ${name}`, () => {
      const plan = planRollback(accounts, promotion, wanted);
      assert.match(plan.possible ? '' : plan.reason, reason);
    });

  it('skips repeats of the same version in the history', () => {
    const plan = planRollback([account('a', ['1.0.0', '1.1.0', '1.1.0'])], promotion, undefined);
    assert.ok(plan.possible);
    assert.equal(plan.toVersion, '1.0.0');
  });
});
