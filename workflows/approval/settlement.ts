import type { Settlement } from './approvals.ts';
import { standing, type Ledger } from './ledger.ts';
import type { DecisionClaims, Evidence } from './messages.ts';

/** One accepted decision as it came. */
export interface Accepted {
  readonly claims: DecisionClaims;
  readonly envelope: string;
}

/** More are not carried along: then only those that count are. */
const mostEnvelopes = 100;

export interface SettlementFacts {
  readonly evidence: Evidence;
  /** In the order of their arrival. */
  readonly accepted: readonly Accepted[];
  readonly rejectedBy: DecisionClaims | null;
  readonly voidReason: string;
}

/** What has become of a request; undefined while it is open. */
export function toSettlement(ledger: Ledger, facts: SettlementFacts): Settlement | undefined {
  const { status, overriddenBy, counted, requestId, policy } = ledger;
  const { evidence, accepted, rejectedBy, voidReason } = facts;
  if (status === 'expired') return { outcome: 'expired' };
  if (status === 'void') return { outcome: 'void', reason: voidReason };
  if (status === 'rejected')
    return { outcome: 'rejected', by: rejectedBy?.principal ?? '', reason: rejectedBy?.reason ?? '' };
  if (status !== 'approved' && status !== 'committed') return undefined;
  const deciding = [...(overriddenBy ? [overriddenBy] : []), ...counted];
  const envelopes = toEnvelopes(accepted, deciding);
  const choice = overriddenBy === null ? standing(ledger).choice : null;
  return {
    outcome: 'approved',
    grant: { requestId, evidence, policy, envelopes },
    approvers: [...new Set(deciding.map(({ principal }) => principal))],
    overridden: overriddenBy !== null,
    ...(choice === null ? {} : { choice }),
  };
}

/** Refused ones are left out: they change nothing, and anybody may send them. */
function toEnvelopes(accepted: readonly Accepted[], deciding: readonly DecisionClaims[]): readonly string[] {
  const counts = (one: Accepted) => deciding.some(({ jti }) => jti === one.claims.jti);
  const carried = accepted.length <= mostEnvelopes ? accepted : accepted.filter(counts);
  return carried.map(({ envelope }) => envelope);
}

/** A click that came twice counted the first time, and is no news. An approval that does not count any more is. */
export function isRepeat(ledger: Ledger, { jti, verb }: DecisionClaims): boolean {
  if (verb !== 'approve' && verb !== 'override') return true;
  return [ledger.overriddenBy, ...ledger.counted].some((one) => one?.jti === jti);
}

/** What people read beside the state after a decision. */
export function toNote({ verb, principal, reason }: DecisionClaims): string | null {
  if (verb === 'reject') return `rejected by ${principal}: ${reason ?? ''}`;
  if (verb === 'request-info') return `${principal} asks: ${reason ?? ''}`;
  if (verb === 'revoke') return `revoked by ${principal}${reason ? `: ${reason}` : ''}`;
  return null;
}
