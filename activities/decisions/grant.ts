import { digestOf } from '../../config/canonical-json.ts';
import { describeSeats, judge, openLedger, standing, type Ledger } from '../../workflows/approval/ledger.ts';
import type { ApprovalPolicy, Evidence, Grant, VerifiedDecision } from '../../workflows/approval/messages.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { isRecord } from '../../workflows/shared/guards.ts';
import type { PolicyRef } from '../../workflows/shared/turn.ts';
import { verifyEnvelope } from './envelope.ts';
import type { KeySource } from './keys.ts';
import { isGrant } from './grant-form.ts';

export interface GrantRules {
  /** This worker's own copy of the rules. */
  readonly policy: ApprovalPolicy;
  readonly kind: Evidence['kind'];
  readonly counts: Ledger['counts'];
  /** Said in refusals: `the approval of wave-1`. */
  readonly name: string;
}

export interface GrantContext {
  readonly keys: KeySource;
  readonly audience: string;
  readonly nowMs: number;
  readonly runId: string;
}

/**
 * Whether people really allowed it: the same envelopes, in the same order, by the same rules as in the workflow, but with
 * this worker's own policy and a digest that is computed here from what they were shown.
 * @returns how the request stands, and what people were shown, which the caller compares with its write
 * @throws PolicyViolation when it is not approved · Unavailable while a key is not known here
 */
export async function requireGrant(
  claimed: unknown,
  rules: GrantRules,
  context: GrantContext,
): Promise<{ ledger: Ledger; subject: Evidence['subject'] }> {
  const { policy, name } = rules;
  if (claimed === null || claimed === undefined) throw violation(`${name} is missing`);
  if (!isGrant(claimed)) throw violation(`${name} is malformed`);
  const { evidence } = claimed;
  if (!isSamePolicy(policy, claimed.policy))
    throw violation(
      `${name} was asked under other rules than this worker’s ${policy.name}@${policy.version}`,
    );
  if (evidence.kind !== rules.kind) throw violation(`${name} is for ${evidence.kind}, not for ${rules.kind}`);
  if (evidence.subject.runId !== context.runId) throw violation(`${name} was given to another run`);
  const ledger = await fold(claimed, rules, context);
  return { ledger, subject: evidence.subject };
}

async function fold(grant: Grant, rules: GrantRules, context: GrantContext): Promise<Ledger> {
  const { requestId, evidence, envelopes } = grant;
  const { requester, authors, changers } = evidence;
  const refusals: string[] = [];
  let ledger = openLedger({
    requestId,
    evidenceDigest: digestOf(evidence),
    policy: rules.policy,
    people: { requester, authors, changers },
    counts: rules.counts,
    choices: (evidence.choices ?? []).map(({ id }) => id),
  });
  for (const envelope of envelopes) {
    const verified = await verifyEnvelope(envelope, { ...context, acceptExpired: true });
    requireStandingKey(verified, rules.name);
    // as in the workflow: what is refused changes nothing, and is no reason to refuse the others
    if (verified.state !== 'valid') refusals.push(describe(verified));
    else {
      const judgement = judge(ledger, verified.claims);
      if (judgement.accepted) ledger = judgement.ledger;
      else refusals.push(`${judgement.rule}: ${judgement.text}`);
    }
  }
  if (ledger.status === 'approved') return ledger;
  throw violation(`${rules.name} does not stand: ${explain(ledger, refusals)}`);
}

/** A decision of a key that was withdrawn, or is not known yet, may have been a revocation: nothing is done without it. */
function requireStandingKey(verified: VerifiedDecision, name: string): void {
  if (verified.state === 'unknown-key')
    throw createFailure('Unavailable', `${name}: the key ${verified.keyId} is not known to this worker`, {
      details: { system: 'decisions', action: 'verify a decision' },
    });
  if (verified.state === 'refused' && verified.rule === 'key-not-allowed')
    throw violation(`${name}: ${verified.reason}`);
}

function explain(ledger: Ledger, refusals: readonly string[]): string {
  const missing = describeSeats(standing(ledger).missing);
  const stands = ledger.status === 'open' ? `missing ${missing}` : ledger.status;
  return [stands, ...refusals.slice(0, 3)].join('; ');
}

function describe(verified: Exclude<VerifiedDecision, { state: 'valid' }>): string {
  return verified.state === 'refused' ? `${verified.rule}: ${verified.reason}` : verified.keyId;
}

/** The digest is computed from what is claimed, never believed: lax rules under a known name are refused. */
export function isSamePolicy(own: PolicyRef, claimed: unknown): boolean {
  if (!isRecord(claimed)) return false;
  const { digest, ...rules } = claimed;
  return digest === own.digest && digestOf(rules) === own.digest;
}

export function violation(reason: string) {
  return createFailure('PolicyViolation', reason, {
    details: { system: 'decisions', action: 'check a grant' },
  });
}
