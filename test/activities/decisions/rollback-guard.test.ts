import assert from 'node:assert/strict';
import {
  check,
  dana,
  evidenceWith,
  grantOf,
  own,
  permissionWith,
  policyWith,
  publish,
  rollback,
  sue,
} from './permission-world.ts';

const approved = () => grantOf([sue]);

describe('the guard of taking back', () => {
  const subject = { fromVersion: '1.4.2', toVersion: '1.4.1', accounts: ['prod-a'] };
  const evidence = evidenceWith({ kind: 'promotion-rollback' }, subject);
  const grantFor = (changed = evidence) => grantOf([dana], { policy: own.rollback, evidence: changed });

  it('lets pass what people approved', async () =>
    check(rollback, permissionWith({ grant: await grantFor() })));

  for (const [what, changed] of [
    ['another version to go back to', { toVersion: '1.4.0' }],
    ['another version to take back', { fromVersion: '1.4.3' }],
    ['another account', { accounts: ['prod-b'] }],
    ['another run', { runId: 'run-0' }],
  ] as const)
    it(`refuses ${what}`, async () => {
      const grant = await grantFor(evidenceWith({ kind: 'promotion-rollback' }, { ...subject, ...changed }));
      await assert.rejects(check(rollback, permissionWith({ grant })), { type: 'PolicyViolation' });
    });

  it('refuses a promotion’s approval, and the other way round', async () => {
    await assert.rejects(check(rollback, permissionWith({ grant: await approved() })), {
      type: 'PolicyViolation',
    });
    await assert.rejects(check(publish, permissionWith({ grant: await grantFor() })), {
      type: 'PolicyViolation',
    });
  });

  it('is refused where no approval is named for it', async () => {
    const policy = policyWith({ 'processes.promotion.rollback': undefined });
    const permission = permissionWith({ policy, grant: await grantFor() });
    const options = { policiesFor: () => [policy] };
    await assert.rejects(check(rollback, permission, options), {
      message: /taking back is not allowed here/,
    });
  });
});
