import { createKey, toPublicKey } from '../../../activities/decisions/key-sets.ts';
import { signDecision } from '../../../activities/decisions/envelope.ts';
import type { KeySource } from '../../../activities/decisions/keys.ts';
import type { PublicJwk } from '../../../config/signing-keys.ts';
import type { DecisionClaims } from '../../../workflows/approval/messages.ts';

export const nowMs = Date.UTC(2026, 10, 22, 12);
const now = new Date(nowMs);

/** Keys as `lockkeeper setup keys` makes them, and one that nobody published. */
export const gatewayKey = createKey('gateway', now);
export const jiraKey = createKey('jira', now);
export const strangerKey = createKey('gateway', now);

export function keySource(...keys: readonly PublicJwk[]): KeySource {
  return { find: async (kid) => keys.find((key) => key.kid === kid) };
}

export const knownKeys = keySource(toPublicKey(gatewayKey), toPublicKey(jiraKey));
export const workflowId = 'agent-promotion:main:10077';
export const audience = `security/${workflowId}`;

export function claimsWith(changes: Partial<DecisionClaims> = {}): DecisionClaims {
  const iat = nowMs / 1000 - 30;
  return {
    jti: 'decision-1',
    iat,
    exp: iat + 3600,
    aud: audience,
    requestId: 'request-1',
    evidenceDigest: 'a'.repeat(64),
    policy: 'production@3',
    verb: 'approve',
    principal: 'sue',
    actingFor: null,
    groups: ['security'],
    via: 'slack',
    sourceEventId: 'click-1',
    reason: null,
    ...changes,
  };
}

export function signed(changes: Partial<DecisionClaims> = {}, key = gatewayKey): Promise<string> {
  return signDecision(claimsWith(changes), key);
}

/** The header or payload of an envelope replaced, its signature kept. */
export function tampered(
  envelope: string,
  part: 0 | 1,
  change: (value: Record<string, unknown>) => object,
): string {
  const parts = envelope.split('.');
  const value = JSON.parse(Buffer.from(parts[part] ?? '', 'base64url').toString()) as Record<string, unknown>;
  parts[part] = Buffer.from(JSON.stringify(change(value))).toString('base64url');
  return parts.join('.');
}
