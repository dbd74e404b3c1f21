import { verifyEnvelope } from '../../../activities/decisions/envelope.ts';
import type { KeySource } from '../../../activities/decisions/keys.ts';
import { claimedId } from '../../../workflows/approval/envelope-id.ts';
import type { DecisionClaims, VerifiedDecision } from '../../../workflows/approval/messages.ts';
import type { BundleDecision, EvidenceBundle } from './bundle.ts';
import { runCheck, type Check } from './check.ts';

export interface Verifier {
  readonly keys: KeySource;
  readonly nowMs: number;
}

/** A decision that the run took for valid, and that is. */
export interface JudgedDecision {
  readonly claims: DecisionClaims;
  readonly envelope: string;
  /** When the run's worker had verified it. */
  readonly eventId: number;
}

/** Why the run's worker refused it may have ended since: its time was over, or it did not know the key. */
const passing = new Set<string | null>(['outdated', 'unknown-key', 'key-not-allowed']);

/** Signature, key and audience of every envelope, as the guard of production looks at them. */
export async function checkDecisions(
  { decisions, namespace, run }: EvidenceBundle,
  { keys, nowMs }: Verifier,
): Promise<{ checks: readonly Check[]; judged: readonly JudgedDecision[] }> {
  const audience = `${namespace}/${run.workflow_id}`;
  const checks: Check[] = [];
  const judged: JudgedDecision[] = [];
  for (const decision of decisions) {
    const { envelope, verified } = decision;
    checks.push(
      await runCheck(nameOf(decision), async () => {
        const now = await verifyEnvelope(envelope, { keys, audience, nowMs, acceptExpired: true });
        if (envelope !== null && now.state === 'valid' && verified?.state === 'valid')
          judged.push({ claims: now.claims, envelope, eventId: verified.event_id });
        const expected = toExpected(verified);
        return { ok: isConsistent(verified, now), expected, found: toFound(now) };
      }),
    );
  }
  return { checks, judged: judged.sort((one, other) => one.eventId - other.eventId) };
}

/** What did not count in the run may be anything, except a decision that ought to have counted. */
function isConsistent(verified: BundleDecision['verified'], now: VerifiedDecision): boolean {
  if (verified?.state === 'valid') return now.state === 'valid';
  if (verified?.state === 'refused' && !passing.has(verified.rule)) return now.state !== 'valid';
  return true;
}

function toExpected(verified: BundleDecision['verified']): string {
  if (!verified) return 'not verified in the run yet';
  return verified.rule === null ? verified.state : `${verified.state}: ${verified.rule}`;
}

function toFound(now: VerifiedDecision): string {
  if (now.state === 'refused') return `refused: ${now.rule}: ${now.reason}`;
  if (now.state === 'unknown-key') return `the key ${now.keyId} is not among the public keys`;
  const { verb, principal, actingFor, via } = now.claims;
  return `valid: ${verb} by ${actingFor === null ? principal : `${principal} for ${actingFor}`} via ${via}`;
}

function nameOf({ event_id, envelope }: BundleDecision): string {
  const id = envelope === null ? null : claimedId(envelope);
  return `decision at event ${event_id}${id === null ? '' : ` (${id})`}`;
}
