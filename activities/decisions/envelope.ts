import { CompactSign, compactVerify, decodeProtectedHeader } from 'jose';
import type { PrivateJwk, PublicJwk } from '../../config/signing-keys.ts';
import type { DecisionClaims, RefusalRule, VerifiedDecision } from '../../workflows/approval/messages.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import type { KeySource } from './keys.ts';
import { DecisionClaims as ClaimsForm, EnvelopeHeader } from './schema.ts';

/** Characters of a compact JWS. Checked before anything is decoded. */
export const maxEnvelopeLength = 8 * 1024;
/** Clocks differ: so far in the future `iat` may lie. */
const toleranceMs = 60_000;

/** @returns a compact JWS. From here on these very bytes are carried. @throws InvalidInput when it is larger than 8 KB */
export async function signDecision(claims: DecisionClaims, key: PrivateJwk): Promise<string> {
  const { kty, crv, x, d, kid } = key;
  const envelope = await new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'EdDSA', kid })
    .sign({ kty, crv, x, d });
  if (envelope.length <= maxEnvelopeLength) return envelope;
  throw createFailure(
    'InvalidInput',
    `the decision is larger than ${maxEnvelopeLength} bytes: give a shorter reason`,
  );
}

export interface VerifyOptions {
  readonly keys: KeySource;
  /** `<namespace>/<workflow id>` of the run that the envelope reached. */
  readonly audience: string;
  readonly nowMs: number;
  /**
   * Its time is over, and that is no reason to refuse: for what was accepted in time and is used later. `exp` bounds the
   * delivery; the use is bound to one request of one run by its evidence.
   */
  readonly acceptExpired?: boolean;
}

/** Signature, key and what it may assert, form, audience, time. Never throws for what the envelope holds. @throws what `keys.find` throws */
export async function verifyEnvelope(envelope: unknown, options: VerifyOptions): Promise<VerifiedDecision> {
  if (typeof envelope !== 'string' || envelope.length > maxEnvelopeLength)
    return refuse('malformed', `it is no text of at most ${maxEnvelopeLength} characters`);
  const header = readHeader(envelope);
  if (!header) return refuse('malformed', 'it is no signed decision');
  // the algorithm is ours to choose, never the envelope's: `none` or an HMAC keyed with a public key are refused here
  if (header.alg !== 'EdDSA') return refuse('bad-signature', 'it is not signed with EdDSA');
  const key = await options.keys.find(header.kid);
  if (!key) return { state: 'unknown-key', keyId: header.kid, jti: claimedId(envelope) };
  const payload = await verifySignature(envelope, key);
  if (!payload) return refuse('bad-signature', `the signature is not that of the key ${header.kid}`);
  const claims = ClaimsForm.safeParse(parseJson(payload));
  if (!claims.success) return refuse('malformed', 'its claims are not those of a decision');
  return judgeClaims(claims.data, key, options);
}

function judgeClaims(claims: DecisionClaims, key: PublicJwk, options: VerifyOptions): VerifiedDecision {
  const { jti, iat, exp, aud, via } = claims;
  const no = (rule: RefusalRule, reason: string) => refuse(rule, reason, jti);
  if (key.lk_revoked) return no('key-not-allowed', `the key ${key.kid} was revoked`);
  if (key.lk_not_after !== undefined && iat * 1000 > Date.parse(key.lk_not_after))
    return no('key-not-allowed', `the key ${key.kid} was replaced at ${key.lk_not_after}`);
  if (!key.lk_via.includes(via)) return no('key-not-allowed', `the key ${key.kid} may not speak for ${via}`);
  if (aud !== options.audience) return no('wrong-workflow', 'it was made for another workflow');
  if (iat * 1000 > options.nowMs + toleranceMs) return no('outdated', 'it was made in the future');
  if (!options.acceptExpired && exp * 1000 <= options.nowMs) return no('outdated', 'its time is over');
  return { state: 'valid', claims };
}

function readHeader(envelope: string) {
  if (!/^[\w-]+\.[\w-]+\.[\w-]*$/.test(envelope)) return undefined;
  try {
    return EnvelopeHeader.safeParse(decodeProtectedHeader(envelope)).data;
  } catch {
    return undefined;
  }
}

async function verifySignature(envelope: string, { kty, crv, x }: PublicJwk): Promise<string | undefined> {
  try {
    const { payload } = await compactVerify(envelope, { kty, crv, x }, { algorithms: ['EdDSA'] });
    return Buffer.from(payload).toString('utf8');
  } catch {
    return undefined;
  }
}

/** Nobody has vouched for it: it only tells whoever asks for this id that it is pending. */
function claimedId(envelope: string): string | null {
  const claims = parseJson(Buffer.from(envelope.split('.')[1] ?? '', 'base64url').toString('utf8'));
  return ClaimsForm.safeParse(claims).data?.jti ?? null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refuse(rule: RefusalRule, reason: string, jti: string | null = null): VerifiedDecision {
  return { state: 'refused', rule, reason, jti };
}
