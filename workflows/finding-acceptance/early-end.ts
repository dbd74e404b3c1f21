import type { ClaimsAnswer } from '../approval/approvals.ts';
import { personOf } from '../approval/ledger.ts';
import type { ApprovalPolicy, DecisionClaims } from '../approval/messages.ts';
import { text } from '../shared/guards.ts';
import type { AcceptanceView } from './messages.ts';
import { oneLine } from './request.ts';

/** @returns undefined: malformed, nothing changes */
export function readUnaccept(payload: unknown): { readonly by: string; readonly reason: string } | undefined {
  const [by, reason] = [text(payload, 'by'), text(payload, 'reason')];
  return by && reason ? { by, reason: oneLine(reason) } : undefined;
}

/**
 * A revocation while the risk is accepted: by whoever approved, whoever might, or whoever asked for it.
 * @returns undefined: it is no such decision
 */
export function judgeRevoke(
  claims: DecisionClaims,
  held: {
    readonly requestId: string;
    readonly policy: Pick<ApprovalPolicy, 'quorum'>;
    readonly view: AcceptanceView;
  },
): ClaimsAnswer | undefined {
  const { requestId, policy, view } = held;
  if (claims.verb !== 'revoke' || claims.requestId !== requestId) return undefined;
  const people = [personOf(claims), claims.principal];
  const may =
    policy.quorum.some(({ group }) => claims.groups.includes(group)) ||
    people.some((person) => view.approvers.includes(person) || person === view.request?.requester);
  if (may) return { accepted: true, text: 'the acceptance ends, and the finding is looked at again' };
  return {
    ...{ accepted: false, rule: 'not-a-member' },
    text: 'only those who approved, might approve or asked for it may end it',
  };
}
