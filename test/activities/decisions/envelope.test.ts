import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { maxEnvelopeLength, verifyEnvelope } from '../../../activities/decisions/envelope.ts';
import { createKey, toPublicKey } from '../../../activities/decisions/key-sets.ts';
import type { RefusalRule } from '../../../workflows/approval/messages.ts';
import {
  audience,
  claimsWith,
  gatewayKey,
  jiraKey,
  keySource,
  knownKeys,
  nowMs,
  signed,
  strangerKey,
  tampered,
} from './signing.ts';

const verify = (envelope: unknown, keys = knownKeys, acceptExpired = false) =>
  verifyEnvelope(envelope, { keys, audience, nowMs, acceptExpired });
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const seconds = nowMs / 1000;

/** Signed over other algorithms with what an attacker knows: the public key. */
function forged(alg: string, signature: (input: string) => string): string {
  const input = `${base64url({ alg, kid: gatewayKey.kid })}.${base64url(claimsWith())}`;
  return `${input}.${signature(input)}`;
}

const refused: readonly [what: string, make: () => unknown, rule: RefusalRule, says?: RegExp][] = [
  ['nothing', () => undefined, 'malformed'],
  ['a number', () => 7, 'malformed'],
  ['an object', () => ({ envelope: 'x' }), 'malformed'],
  ['an empty text', () => '', 'malformed'],
  ['no JWS', () => 'not a jws', 'malformed'],
  ['two parts', () => 'a.b', 'malformed'],
  ['a header that is no JSON', () => 'aaaa.aaaa.aaaa', 'malformed'],
  ['1 MB', () => 'a'.repeat(1 << 20), 'malformed', /8192/],
  [
    'more than 8 KB, well signed',
    async () => `${await signed()}${'a'.repeat(maxEnvelopeLength)}`,
    'malformed',
  ],
  [
    'a header with crit',
    async () => tampered(await signed(), 0, (h) => ({ ...h, crit: ['b64'], b64: false })),
    'malformed',
  ],
  [
    'a header that brings its own key',
    async () =>
      tampered(await signed({}, strangerKey), 0, (h) => ({
        ...h,
        kid: gatewayKey.kid,
        jwk: toPublicKey(strangerKey),
      })),
    'malformed',
  ],
  ['alg none', () => forged('none', () => ''), 'bad-signature', /EdDSA/],
  [
    'HS256 keyed with the public key',
    () => forged('HS256', (i) => createHmac('sha256', gatewayKey.x).update(i).digest('base64url')),
    'bad-signature',
  ],
  ['EdDSA without a signature', () => forged('EdDSA', () => ''), 'bad-signature'],
  [
    'EdDSA with a signature of nothing',
    () => forged('EdDSA', () => Buffer.alloc(64).toString('base64url')),
    'bad-signature',
  ],
  [
    'another key’s id',
    async () => tampered(await signed({}, strangerKey), 0, (h) => ({ ...h, kid: gatewayKey.kid })),
    'bad-signature',
  ],
  [
    'a payload that was changed',
    async () => tampered(await signed(), 1, (c) => ({ ...c, principal: 'eve' })),
    'bad-signature',
  ],
  [
    'a signature of another decision',
    async () =>
      `${(await signed()).split('.').slice(0, 2).join('.')}.${(await signed({ jti: 'x' })).split('.')[2] ?? ''}`,
    'bad-signature',
  ],
  ['a verb of nobody', () => signed({ verb: 'merge' as never }), 'malformed'],
  ['no principal', () => signed({ principal: undefined as never }), 'malformed'],
  ['a digest that is none', () => signed({ evidenceDigest: 'abc' }), 'malformed'],
  ['an end before its beginning', () => signed({ exp: 1 }), 'malformed'],
  ['another workflow’s', () => signed({ aud: 'security/agent-promotion:main:1' }), 'wrong-workflow'],
  ['another namespace’s', () => signed({ aud: audience.replace('security', 'default') }), 'wrong-workflow'],
  ['a way that the key may not assert', () => signed({ via: 'jira' }), 'key-not-allowed', /jira/],
  ['Slack by the key of Jira', () => signed({ via: 'slack' }, jiraKey), 'key-not-allowed', /slack/],
  ['made in the future', () => signed({ iat: seconds + 61, exp: seconds + 999 }), 'outdated', /future/],
  ['one whose time is over', () => signed({ iat: seconds - 99, exp: seconds }), 'outdated', /over/],
];

describe('verifyEnvelope', () => {
  it('takes what the gateway signed, and gives its claims', async () => {
    assert.deepEqual(await verify(await signed()), { state: 'valid', claims: claimsWith() });
    const jira = await verify(await signed({ via: 'jira' }, jiraKey));
    assert.equal(jira.state, 'valid');
  });

  it('takes a clock that is a minute ahead', async () =>
    assert.equal((await verify(await signed({ iat: seconds + 60, exp: seconds + 99 }))).state, 'valid'));

  it('takes members that it does not know, and leaves them out', async () => {
    const newer = { ...claimsWith(), iss: 'gateway' };
    assert.deepEqual(await verify(await signed(newer)), { state: 'valid', claims: claimsWith() });
  });

  for (const [what, make, rule, says] of refused)
    it(`refuses ${what}: ${rule}`, async () => {
      const verified = await verify(await make());
      assert.equal(verified.state, 'refused', JSON.stringify(verified));
      assert.equal(verified.rule, rule, verified.reason);
      assert.match(verified.reason, says ?? /./);
    });

  it('says the id of a refused decision only where its signature holds', async () => {
    const late = await verify(await signed({ exp: seconds - 1, iat: seconds - 9 }));
    assert.partialDeepStrictEqual(late, { rule: 'outdated', jti: 'decision-1' });
    const forgery = await verify(tampered(await signed(), 1, (claims) => ({ ...claims, principal: 'eve' })));
    assert.partialDeepStrictEqual(forgery, { rule: 'bad-signature', jti: null });
  });

  it('accepts one whose time is over where it was accepted in time', async () =>
    assert.equal(
      (await verify(await signed({ iat: seconds - 99, exp: seconds - 9 }), knownKeys, true)).state,
      'valid',
    ));

  it('does not know a key yet', async () => {
    const envelope = await signed({}, strangerKey);
    assert.deepEqual(await verify(envelope), {
      state: 'unknown-key',
      keyId: strangerKey.kid,
      jti: 'decision-1',
    });
  });

  it('takes of a replaced key what it signed before, and nothing later', async () => {
    const rotated = keySource({
      ...toPublicKey(gatewayKey),
      lk_not_after: new Date(nowMs - 20_000).toISOString(),
    });
    assert.equal((await verify(await signed({ iat: seconds - 20 }), rotated)).state, 'valid');
    const late = await verify(await signed({ iat: seconds - 19 }), rotated);
    assert.partialDeepStrictEqual(late, { state: 'refused', rule: 'key-not-allowed' });
  });

  it('takes nothing of a revoked key, whenever it was signed', async () => {
    const revoked = keySource({ ...toPublicKey(gatewayKey), lk_revoked: true });
    const verified = await verify(await signed({ iat: seconds - 999 }), revoked);
    assert.partialDeepStrictEqual(verified, { state: 'refused', rule: 'key-not-allowed' });
  });

  it('is not signed when it would be too large', async () => {
    const reason = 'x'.repeat(maxEnvelopeLength);
    await assert.rejects(signed({ reason }), { type: 'InvalidInput' });
  });

  it('has ids that name holder and day', () =>
    assert.match(createKey('jira', new Date(nowMs)).kid, /^jira-20261122-[0-9a-f]{8}$/));
});
