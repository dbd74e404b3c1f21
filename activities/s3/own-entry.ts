import { personOf } from '../../workflows/approval/ledger.ts';
import type { DecisionClaims, Grant } from '../../workflows/approval/messages.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { isRecord } from '../../workflows/shared/guards.ts';
import type { Execution, ProductionWrite } from '../decisions/permission.ts';
import type { ManifestEntry, Permission } from './port.ts';

export type OwnEntry = Pick<ManifestEntry, 'workflow_id' | 'run_id' | 'approval'>;

/**
 * A manifest is evidence: its entry names the run that writes it and the people of the grant that allows it, and nobody else.
 * To be asked after the guard, which has verified the grant and compared the policy with this worker's own.
 * @throws PolicyViolation naming the field
 */
export function requireOwnEntry(
  entry: OwnEntry,
  { kind, account }: Pick<ProductionWrite, 'kind' | 'account'>,
  { policy, grant }: Pick<Permission, 'policy' | 'grant'>,
  { workflowId, runId }: Execution,
): void {
  requireField('workflow_id', entry.workflow_id, workflowId);
  requireField('run_id', entry.run_id, runId);
  // a grant that nobody asked for was not verified either
  const asked = kind === 'rollback' || asksForApproval(policy, account);
  const allowed = asked ? grant : null;
  requireField('approval.request_id', entry.approval?.request_id, allowed?.requestId);
  if (entry.approval && allowed) requireApprovers(entry.approval.approvers, allowed);
}

function asksForApproval(policy: Permission['policy'], account: string): boolean {
  const wave = policy.waves.find(({ accounts }) => accounts.includes(account));
  return (wave?.approval ?? policy.approval) !== null;
}

function requireApprovers(approvers: readonly string[], grant: Grant): void {
  const deciders = new Set(grant.envelopes.flatMap((envelope) => decidersOf(envelope, grant.requestId)));
  if (approvers.length === 0) throw notOurs('approval.approvers', 'who approved it', 'nobody');
  const stranger = approvers.find((approver) => !deciders.has(approver));
  if (stranger !== undefined) throw notOurs('approval.approvers', [...deciders].join(', '), stranger);
}

/** Whoever clicked, and the person for whom; empty for what is no approval of this request. */
function decidersOf(envelope: string, requestId: string): string[] {
  const claims = readClaims(envelope);
  if (claims?.requestId !== requestId) return [];
  if (claims.verb !== 'approve' && claims.verb !== 'override') return [];
  return [claims.principal, personOf(claims)];
}

function readClaims(envelope: string): DecisionClaims | undefined {
  try {
    const payload = Buffer.from(envelope.split('.')[1] ?? '', 'base64url').toString('utf8');
    const claims: unknown = JSON.parse(payload);
    return isRecord(claims) ? (claims as unknown as DecisionClaims) : undefined;
  } catch {
    return undefined;
  }
}

function requireField(field: string, found: string | undefined, expected: string | undefined): void {
  if (found !== expected) throw notOurs(field, expected ?? 'none', found ?? 'none');
}

function notOurs(field: string, expected: string, found: string) {
  return createFailure('PolicyViolation', `entry.${field} is not that of this run and its grant`, {
    details: {
      system: 's3',
      action: 'write the manifest',
      expected: expected.slice(0, 500),
      found: found.slice(0, 500),
    },
  });
}
