import { isClosed, standing, type Ledger } from './ledger.ts';
import type { CountedDecision, DecisionClaims, Evidence, RequestView } from './messages.ts';

/** What a view is made of, besides the ledger. */
export interface ViewFacts {
  readonly workflowId: string;
  readonly key: string;
  readonly runLink: string;
  readonly evidence: Evidence;
  readonly openedAt: string;
  /** ms since 1970 */
  readonly deadlineMs: number | null;
  /** Whose word closed it: it counts for nothing more, but people want to know. */
  readonly rejectedBy: DecisionClaims | null;
  readonly refusals: number;
  readonly note: string | null;
  readonly revocable: string | null;
}

/** One request as people see it. */
export function toRequestView(ledger: Ledger, facts: ViewFacts): RequestView {
  const { requestId, evidenceDigest, policy, status, overriddenBy, counted } = ledger;
  const { deadlineMs, rejectedBy, revocable, ...rest } = facts;
  const closing = status === 'rejected' && rejectedBy ? [rejectedBy] : [];
  const deciding = [...(overriddenBy ? [overriddenBy] : []), ...counted, ...closing];
  return {
    ...rest,
    requestId,
    evidenceDigest,
    policy,
    state: status,
    overridden: overriddenBy !== null,
    deadline: deadlineMs === null || isClosed(ledger) ? null : toIso(deadlineMs),
    decisions: deciding.map(toCounted),
    missing: standing(ledger).missing,
    revocable: isClosed(ledger) ? null : revocable,
  };
}

/** A deadline that moved by seconds is no news: no message is updated for it. */
export function isSameView(one: RequestView, other: RequestView): boolean {
  const rest = (view: RequestView) => JSON.stringify({ ...view, deadline: null });
  if (rest(one) !== rest(other)) return false;
  if (one.deadline === null || other.deadline === null) return one.deadline === other.deadline;
  return Math.abs(Date.parse(one.deadline) - Date.parse(other.deadline)) <= 60_000;
}

function toCounted({
  principal,
  actingFor,
  verb,
  via,
  iat,
  reason,
  choice,
}: DecisionClaims): CountedDecision {
  const chosen = choice ? { choice } : {};
  return { principal, actingFor, verb, via, at: toIso(iat * 1000), reason, ...chosen };
}

/** `iat` is bounded by form only. */
export function toIso(ms: number): string {
  return new Date(Math.min(ms, 8.64e15)).toISOString();
}
