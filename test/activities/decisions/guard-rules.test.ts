import assert from 'node:assert/strict';
import { check, grantOf, own, permissionWith, policyWith, publish, sid, sue } from './permission-world.ts';

const approved = () => grantOf([sue]);

describe('the guard’s own rules', () => {
  const lax = policyWith({ 'policies.standard.approval': undefined });
  const policies: readonly [what: string, policy: unknown][] = [
    ['a policy that asks nobody', lax],
    ['a policy that claims another’s digest', { ...lax, digest: own.digest }],
    ['a field that was changed', { ...own, freezes: !own.freezes }],
    ['a field more', { ...own, extra: true }],
    ['another version', { ...own, version: 2 }],
    ['no policy', undefined],
  ];
  for (const [what, policy] of policies)
    it(`refuse ${what}`, async () => {
      const permission = permissionWith({ policy: policy as typeof own, grant: await approved() });
      await assert.rejects(check(publish, permission), {
        type: 'PolicyViolation',
        message: /is not this worker's/,
      });
    });

  it('need nobody where this worker’s own policy is fully automatic', () =>
    check(publish, permissionWith({ policy: lax }), { policiesFor: () => [own, lax] }));

  it('want the wave’s own approval for its accounts', async () => {
    const write = { ...publish, account: 'prod-b' };
    const wide = own.waves[1]?.approval ?? null;
    const both = [
      { ...sue, reason: 'seen' },
      { ...sid, reason: 'seen' },
    ];
    await check(write, permissionWith({ wave: 'wave-2', grant: await grantOf(both, { policy: wide }) }));
    const narrow = permissionWith({ wave: 'wave-2', grant: await approved() });
    await assert.rejects(check(write, narrow), { type: 'PolicyViolation', message: /other rules/ });
  });

  it('count one human once, in whosever name', async () => {
    const write = { ...publish, account: 'prod-b' };
    const wide = own.waves[1]?.approval ?? null;
    for (const actingFor of ['sid', null]) {
      const said = [
        { ...sue, reason: 'seen' },
        { ...sue, actingFor, reason: 'seen' },
      ];
      const permission = permissionWith({ wave: 'wave-2', grant: await grantOf(said, { policy: wide }) });
      await assert.rejects(check(write, permission), { message: /missing 1 of security/ });
    }
  });

  it('want high risk to be approved with a reason', async () => {
    const wide = own.waves[1]?.approval ?? null;
    const permission = permissionWith({ wave: 'wave-2', grant: await grantOf([sue, sid], { policy: wide }) });
    await assert.rejects(check({ ...publish, account: 'prod-b' }, permission), { message: /reason-missing/ });
  });

  it('know the accounts and their waves', async () => {
    const grant = await approved();
    await assert.rejects(check(publish, permissionWith({ grant, wave: 'wave-2' })), {
      message: /belongs to wave-1/,
    });
    const unknown = { ...publish, account: 'prod-z' };
    await assert.rejects(check(unknown, permissionWith({ grant })), { message: /prod-z is in no wave/ });
  });
});
