import assert from 'node:assert/strict';
import type { Grant } from '../../../workflows/approval/messages.ts';
import {
  check,
  dana,
  evidenceWith,
  execution,
  grantOf,
  own,
  permissionWith,
  publish,
  sealed,
  sid,
  sue,
} from './permission-world.ts';
import { gatewayKey, nowMs, signed, strangerKey, tampered } from './signing.ts';

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

function withRules({ policy, ...grant }: Grant, changes: object): Grant {
  return { ...grant, policy: sealed({ ...policy, ...changes }) };
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
