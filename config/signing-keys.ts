import { createPrivateKey, createPublicKey } from 'node:crypto';
import { z } from 'zod';
import { vias, type Via } from '../workflows/approval/messages.ts';

const keyMembers = {
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().regex(/^[\w-]{43}$/),
  kid: z.string().regex(/^[\w.-]{1,100}$/),
  /** The ways of identification that this key may assert. */
  lk_via: z.array(z.enum(vias)).min(1),
  /** Rotated: what was signed later does not count. */
  lk_not_after: z.iso.datetime({ offset: true }).exactOptional(),
  /** Nothing that it ever signed counts. */
  lk_revoked: z.literal(true).exactOptional(),
};

/** A public key of `decisions.publicKeys`. A private member is refused: this file is for everybody. */
export const PublicJwk = z.object({ ...keyMembers, d: z.never().exactOptional() });
export type PublicJwk = z.infer<typeof PublicJwk>;
const PublicJwkSet = z.object({
  keys: z.array(PublicJwk).refine(haveOwnIds, 'two keys have one kid'),
});

export const PrivateJwk = z
  .object({ ...keyMembers, d: z.string().regex(/^[\w-]{43}$/) })
  .refine(isPair, 'd and x do not belong together');
export type PrivateJwk = z.infer<typeof PrivateJwk>;
const PrivateJwkSet = z.object({
  keys: z.array(PrivateJwk).min(1).refine(haveOwnIds, 'two keys have one kid'),
});

/** @returns undefined when it is no JWK Set of Ed25519 keys as `lockkeeper setup keys` makes them */
export function parsePrivateKeys(text: string): readonly PrivateJwk[] | undefined {
  return PrivateJwkSet.safeParse(parseJson(text)).data?.keys;
}

/** @returns undefined when it is no JWK Set of public keys */
export function parsePublicKeys(text: string): readonly PublicJwk[] | undefined {
  return PublicJwkSet.safeParse(parseJson(text)).data?.keys;
}

/**
 * The key to sign with: the newest, which is the last of its set, that is neither replaced nor revoked.
 * @param via what it must be allowed to speak for
 */
export function signingKeyOf<K extends PublicJwk | PrivateJwk>(keys: readonly K[], via?: Via): K | undefined {
  return keys.findLast(
    (key) =>
      key.lk_not_after === undefined &&
      key.lk_revoked !== true &&
      (via === undefined || key.lk_via.includes(via)),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function haveOwnIds(keys: readonly { readonly kid: string }[]): boolean {
  return new Set(keys.map(({ kid }) => kid)).size === keys.length;
}

/** A pair that was edited by hand would sign what nobody can verify. */
function isPair({ kty, crv, x, d }: { kty: string; crv: string; x: string; d: string }): boolean {
  try {
    const privateKey = createPrivateKey({ key: { kty, crv, x, d }, format: 'jwk' });
    return createPublicKey(privateKey).export({ format: 'jwk' }).x === x;
  } catch {
    return false;
  }
}
