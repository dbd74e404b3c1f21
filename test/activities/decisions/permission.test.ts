import assert from 'node:assert/strict';
import { toPublicKey } from '../../../activities/decisions/key-sets.ts';
import { noKeys } from '../../../activities/decisions/keys.ts';
import { digestOf } from '../../../config/canonical-json.ts';
import type { PublicJwk } from '../../../config/signing-keys.ts';
import type { Grant } from '../../../workflows/approval/messages.ts';
import {
  check,
  dana,
  evidenceWith,
  execution,
  grantOf,
  own,
  permissionWith,
  policyWith,
  publish,
  rollback,
  sid,
  sue,
} from './permission-world.ts';
import { gatewayKey, keySource, nowMs, signed, strangerKey, tampered } from './signing.ts';

type Change = (grant: Grant) => Grant | Promise<Grant>;
const seconds = nowMs / 1000;
const approved = () => grantOf([sue]);

/** What a grant says, changed, in one or the other way. */
const refusals: readonly [what: string, grant: () => Promise<unknown>, says: RegExp][] = [
  ['no grant', async () => null, /is missing/],
  ['a grant that is none', async () => ({ requestId: 'request-1' }), /is malformed/],
  ['no envelopes', () => grantOf([]), /missing 1 of security/],
  ['a member of another group', () => grantOf([dana]), /not-a-member/],
  ['the requester', () => grantOf([{ ...sue, principal: 'sam' }]), /self-approval/],
  ['the requester’s delegate', () => grantOf([{ ...sue, actingFor: 'sam' }]), /delegate-of-requester/],
  ['an author', () => grantOf([sue], { evidence: evidenceWith({ authors: ['sue'] }) }), /author/],
  ['a rejection', () => grantOf([{ ...sue, verb: 'reject', reason: 'no' }]), /rejected/],
  [
    'a rejection after an approval',
    () => grantOf([sue, { ...sid, verb: 'reject', reason: 'no' }]),
    /rejected/,
  ],
  ['an approval that was revoked', () => grantOf([sue, { ...sue, verb: 'revoke' }]), /missing 1 of security/],
  [
    'an old approval sent again after a revocation',
    async () => {
      const grant = await grantOf([sue, { ...sue, verb: 'revoke' }]);
      return { ...grant, envelopes: [...grant.envelopes, ...grant.envelopes.slice(0, 1)] };
    },
    /replayed/,
  ],
  ['a question', () => grantOf([{ ...sue, verb: 'request-info', reason: 'why?' }]), /info-requested/],
  ['an approval of another request', () => grantOf([{ ...sue, requestId: 'request-0' }]), /other-request/],
  [
    'an approval of other evidence',
    () => grantOf([{ ...sue, evidenceDigest: 'c'.repeat(64) }]),
    /stale-evidence/,
  ],
  [
    'an approval under an earlier version',
    () => grantOf([{ ...sue, policy: 'production@2' }]),
    /other-policy/,
  ],
  ['an approval for another workflow', () => grantOf([{ ...sue, aud: 'security/other' }]), /wrong-workflow/],
  [
    'a forged signature',
    () => grantOf([sue], { key: { ...strangerKey, kid: gatewayKey.kid } }),
    /bad-signature/,
  ],
  [
    'a payload that was changed',
    async () => {
      const grant = await grantOf([dana]);
      return {
        ...grant,
        envelopes: grant.envelopes.map((one) => tampered(one, 1, (c) => ({ ...c, groups: ['security'] }))),
      };
    },
    /bad-signature/,
  ],
  ['envelopes that are none', async () => ({ ...(await approved()), envelopes: ['x'] }), /malformed/],
  [
    'an exception’s verb',
    () => grantOf([{ ...sue, verb: 'override', reason: 'now' }]),
    /override-not-allowed/,
  ],
  [
    'evidence of another kind',
    () => grantOf([sue], { evidence: evidenceWith({ kind: 'freeze-override' }) }),
    /is for freeze-override/,
  ],
  [
    'another run’s evidence',
    () => grantOf([sue], { evidence: evidenceWith({}, { runId: 'run-0' }) }),
    /another run/,
  ],
  [
    'another version',
    () => grantOf([sue], { evidence: evidenceWith({}, { version: '1.4.3' }) }),
    /another version/,
  ],
  [
    'other bytes',
    () => grantOf([sue], { evidence: evidenceWith({}, { sha256: 'c'.repeat(64) }) }),
    /another sha256/,
  ],
  ['another size', () => grantOf([sue], { evidence: evidenceWith({}, { size: 43 }) }), /another size/],
  [
    'other accounts',
    () => grantOf([sue], { evidence: evidenceWith({}, { accounts: ['prod-b'] }) }),
    /other accounts/,
  ],
  [
    'accounts as one text',
    () => grantOf([sue], { evidence: evidenceWith({}, { accounts: 'prod-a, prod-b' }) }),
    /other accounts/,
  ],
  [
    'evidence that was changed afterwards',
    async () => ({
      ...(await grantOf([sue], { evidence: evidenceWith({ title: 'x' }) })),
      evidence: evidenceWith(),
    }),
    /stale-evidence/,
  ],
  [
    'the wave’s rules in place of the policy’s',
    () => grantOf([sue, sid], { policy: own.waves[1]?.approval ?? null }),
    /other rules/,
  ],
  ['lax rules under the same name', async () => withRules(await approved(), { exclude: [] }), /other rules/],
  [
    'lax rules under the same digest',
    async () => ({ ...(await approved()), policy: { ...own.approval!, quorum: [] } }),
    /other rules/,
  ],
];

function withRules(grant: Grant, changes: object): Grant {
  const { digest: _, ...rules } = { ...grant.policy, ...changes };
  return { ...grant, policy: { ...rules, digest: digestOf(rules) } };
}

describe('the guard of production', () => {
  it('lets pass what people approved: exactly this write, for this run', async () =>
    check(publish, permissionWith({ grant: await approved() })));

  it('lets an override pass where the rules allow one', async () => {
    const lee = { principal: 'lee', groups: ['leads'], verb: 'override', reason: 'outage' } as const;
    await check(publish, permissionWith({ grant: await grantOf([lee]) }));
  });

  it('lets pass what was approved in time and is used long after', async () =>
    check(
      publish,
      permissionWith({ grant: await grantOf([{ ...sue, iat: seconds - 9e6, exp: seconds - 1 }]) }),
    ));

  it('is not stopped by a forged or refused envelope among the good ones', async () => {
    const grant = await grantOf([dana, sue]);
    await check(
      publish,
      permissionWith({
        grant: { ...grant, envelopes: ['x', await signed({ aud: 'other' }), ...grant.envelopes] },
      }),
    );
  });

  for (const [what, grant, says] of refusals)
    it(`refuses ${what}`, async () => {
      const permission = permissionWith({ grant: (await grant()) as Grant });
      await assert.rejects(check(publish, permission), { type: 'PolicyViolation', message: says });
    });

  it('refuses a foreign workflow and a reset run that bring a real grant', async () => {
    const permission = permissionWith({ grant: await approved() });
    for (const by of [
      { ...execution, workflowId: 'stranger' },
      { ...execution, runId: 'run-2' },
    ])
      await assert.rejects(check(publish, permission, { by }), { type: 'PolicyViolation' });
    // even with evidence that names the new run: the envelopes are for the old one
    const evidence = evidenceWith({}, { runId: 'run-2' });
    const grant = { ...(await approved()), evidence };
    const by = { ...execution, runId: 'run-2' };
    await assert.rejects(check(publish, permissionWith({ grant }), { by }), {
      type: 'PolicyViolation',
      message: /stale-evidence/,
    });
  });
});

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
    check(publish, permissionWith({ policy: lax }), { policies: [own, lax] }));

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

describe('the guard’s keys', () => {
  const checkWith = async (change: Change, keys: readonly PublicJwk[]) =>
    check(publish, permissionWith({ grant: await change(await approved()) }), { keys: keySource(...keys) });
  const gateway = toPublicKey(gatewayKey);

  it('that are not known yet are waited for', async () => {
    await assert.rejects(
      checkWith((grant) => grant, []),
      { type: 'Unavailable', message: /is not known to this worker/ },
    );
    await assert.rejects(check(publish, permissionWith({ grant: await approved() }), { keys: noKeys }), {
      type: 'Unavailable',
    });
  });

  it('that were revoked since count for nothing, and stop the others: one may have been a revocation', async () => {
    const keys = [{ ...gateway, lk_revoked: true as const }];
    await assert.rejects(
      checkWith((grant) => grant, keys),
      { type: 'PolicyViolation', message: /was revoked/ },
    );
    const byOther = await grantOf([sue], { key: { ...strangerKey, kid: 'other' } });
    const other = { ...toPublicKey(strangerKey), kid: 'other' };
    const mixed: Change = (grant) => ({ ...byOther, envelopes: [...byOther.envelopes, ...grant.envelopes] });
    await assert.rejects(checkWith(mixed, [...keys, other]), {
      type: 'PolicyViolation',
      message: /was revoked/,
    });
  });

  it('that were replaced still stand for what they signed before', async () => {
    const at = (ms: number) => [{ ...gateway, lk_not_after: new Date(nowMs + ms).toISOString() }];
    await checkWith((grant) => grant, at(0));
    await assert.rejects(
      checkWith((grant) => grant, at(-60_000)),
      { message: /was replaced/ },
    );
  });

  it('of Jira do not speak for Slack', async () => {
    const keys = [{ ...gateway, lk_via: ['jira' as const] }];
    await assert.rejects(
      checkWith((grant) => grant, keys),
      { message: /may not speak for slack/ },
    );
  });
});

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
    const options = { policies: [policy] };
    await assert.rejects(check(rollback, permission, options), {
      message: /taking back is not allowed here/,
    });
  });
});
