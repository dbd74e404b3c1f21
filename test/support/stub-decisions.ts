import { createHash } from 'node:crypto';
import type { DecisionsPort } from '../../activities/decisions/port.ts';
import { digestOf } from '../../config/canonical-json.ts';
import type { DecisionClaims, VerifiedDecision } from '../../workflows/approval/messages.ts';

/**
 * Stands for the activities of the workflows' own queue where signatures are not the point: an envelope is the claims as JSON,
 * base64url, between two dots.
 */
export function stubDecisions(): DecisionsPort {
  return {
    digestEvidence: ({ evidence }) => Promise.resolve({ digest: digestOf(evidence) }),
    digestTexts: ({ texts }) =>
      Promise.resolve({
        digests: texts.map((text) => createHash('sha256').update(text).digest('hex')),
      }),
    verifyDecisions: ({ envelopes }) => Promise.resolve(envelopes.map(readUnsigned)),
    planReminders: ({ from, afterMinutes }) =>
      Promise.resolve(
        afterMinutes.map((minutes) => new Date(Date.parse(from) + minutes * 60_000).toISOString()),
      ),
  };
}

export function unsignedEnvelope(claims: DecisionClaims): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.unsigned`;
}

function readUnsigned(envelope: string): VerifiedDecision {
  const [, payload = '', end] = envelope.split('.');
  if (end !== 'unsigned')
    return { state: 'refused', rule: 'bad-signature', reason: 'the signature does not fit', jti: null };
  return {
    state: 'valid',
    claims: JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as DecisionClaims,
  };
}
