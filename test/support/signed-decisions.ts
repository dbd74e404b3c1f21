import { generateKeyPairSync } from 'node:crypto';
import { signDecision } from '../../activities/decisions/envelope.ts';
import type { KeySource } from '../../activities/decisions/keys.ts';
import type { PrivateJwk, PublicJwk } from '../../config/signing-keys.ts';
import type { DecisionClaims, Via } from '../../workflows/approval/messages.ts';

/** A real key of a gateway, and workers that know it or do not know it yet. */
export interface Signer {
  readonly keys: KeySource;
  /** Whether workers have it in their file of public keys. */
  known: boolean;
  sign(claims: DecisionClaims): Promise<string>;
}

export function createSigner(kid = 'gateway-1', vias: readonly Via[] = ['slack', 'cli']): Signer {
  const { x = '', d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const publicKey: PublicJwk = { kty: 'OKP', crv: 'Ed25519', x, kid, lk_via: [...vias] };
  const signer: Signer = {
    known: true,
    keys: { find: async (wanted) => (signer.known && wanted === kid ? publicKey : undefined) },
    sign: (claims) => signDecision(claims, { ...publicKey, d } satisfies PrivateJwk),
  };
  return signer;
}

let said = 0;

/** What a gateway says of somebody who is no answer to a request: to `freeze` or to the queue. */
export function claimsTo(workflowId: string, part: Partial<DecisionClaims>): DecisionClaims {
  said += 1;
  const iat = part.iat ?? Math.floor(Date.now() / 1000);
  return {
    jti: `said-${said}`,
    iat,
    exp: iat + 90 * 86_400,
    aud: `default/${workflowId}`,
    requestId: `asked-${said}`,
    evidenceDigest: '0'.repeat(64),
    policy: 'leads@1',
    verb: 'hold',
    principal: 'dana',
    actingFor: null,
    groups: [],
    via: 'cli',
    sourceEventId: `call-${said}`,
    reason: 'the database is being moved',
    ...part,
  };
}
