import { createHash, generateKeyPairSync } from 'node:crypto';
import { signingKeyOf, type PrivateJwk, type PublicJwk } from '../../config/signing-keys.ts';
import type { Via } from '../../workflows/approval/messages.ts';

/** Who signs, and the ways of identification that each may assert. */
export const keyHolders = { gateway: ['slack', 'cli'], jira: ['jira'] } as const satisfies Readonly<
  Record<string, readonly Via[]>
>;
export type KeyHolder = keyof typeof keyHolders;

/** An Ed25519 key; its id names holder, day and key: `gateway-20261122-1a2b3c4d`. */
export function createKey(holder: KeyHolder, now: Date): PrivateJwk {
  const { x = '', d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const day = now.toISOString().slice(0, 10).replaceAll('-', '');
  const thumb = createHash('sha256').update(x).digest('hex').slice(0, 8);
  return {
    kty: 'OKP',
    crv: 'Ed25519',
    x,
    d,
    kid: `${holder}-${day}-${thumb}`,
    lk_via: [...keyHolders[holder]],
  };
}

export function toPublicKey({ d: _, ...key }: PrivateJwk): PublicJwk {
  return key;
}

export interface KeySets {
  readonly private: Readonly<Record<KeyHolder, readonly PrivateJwk[]>>;
  /** Of both holders, replaced and revoked ones included: what they signed in their time still counts, or is refused by name. */
  readonly public: readonly PublicJwk[];
}

export interface KeyChange {
  /** ISO 8601 UTC: from then on the present keys sign nothing that counts. */
  readonly rotateAt?: string;
  /** Key id. */
  readonly revoke?: string;
}

/** A replaced or revoked private key is not kept: nobody needs it any more. A holder without a key gets one. */
export function changeKeys(
  sets: KeySets,
  change: KeyChange,
  create: (holder: KeyHolder) => PrivateJwk,
): KeySets {
  const next = (holder: KeyHolder): readonly PrivateJwk[] => {
    const kept = change.rotateAt === undefined ? sets.private[holder] : [];
    const standing = kept.filter(({ kid }) => kid !== change.revoke);
    return signingKeyOf(standing) ? standing : [...standing, create(holder)];
  };
  const own = { gateway: next('gateway'), jira: next('jira') };
  const known = new Map(sets.public.map((key) => [key.kid, key]));
  for (const key of [...sets.private.gateway, ...sets.private.jira])
    if (!known.has(key.kid)) known.set(key.kid, toPublicKey(key));
  const old = [...known.values()].map((key) => withdraw(key, change));
  const made = [...own.gateway, ...own.jira].filter(({ kid }) => !known.has(kid));
  return { private: own, public: [...old, ...made.map(toPublicKey)] };
}

function withdraw(key: PublicJwk, { rotateAt, revoke }: KeyChange): PublicJwk {
  if (key.kid === revoke) return { ...key, lk_revoked: true };
  return rotateAt === undefined || key.lk_not_after !== undefined ? key : { ...key, lk_not_after: rotateAt };
}
