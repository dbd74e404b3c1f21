import type { CheckPermission } from '../../../activities/decisions/permission.ts';
import type { Permission } from '../../../activities/s3/port.ts';
import type { PromotionPolicy } from '../../../workflows/agent-promotion/messages.ts';
import type {
  ApprovalPolicy,
  DecisionClaims,
  Evidence,
  Grant,
} from '../../../workflows/approval/messages.ts';
import { createFailure } from '../../../workflows/shared/failures.ts';
import { execution } from './promotion-aws.ts';

const approval: ApprovalPolicy = {
  name: 'production',
  version: 1,
  digest: 'b'.repeat(64),
  quorum: [{ group: 'security', count: 1 }],
  exclude: ['requester'],
  risk: 'normal',
  channel: 'devops',
  buttons: true,
  reminders: [{ afterMinutes: 60, to: 'thread' }],
  workingHours: { timeZone: 'Europe/Berlin', days: ['mon'], from: '09:00', to: '17:00' },
  expiresAfterMinutes: 60,
  override: { group: 'leads', reviewers: 'security', reviewWithinMinutes: 60 },
};

const policy: PromotionPolicy = {
  name: 'agent-promotion',
  version: 1,
  digest: 'a'.repeat(64),
  waves: [{ accounts: ['prod-a', 'prod-b'], approval: null, bakeMinutes: 0, probe: null, maxFailed: 0 }],
  approval: null,
  exception: null,
  rollback: approval,
  freezes: false,
  downgrade: 'refuse',
  sameVersion: 'repair',
  supersede: false,
  hotfixLabel: 'hotfix',
  signature: 'off',
  verifyJob: 'verify-agent',
  pipelineDeadlineMinutes: 30,
  pipelinePollSeconds: 30,
  instanceDeadlineMinutes: 20,
  heartbeatSeconds: 10,
  notify: { failure: ['devops'], success: [] },
  pipelineVariables: { AWS_REGION: 'us-east-1' },
  runLinkBase: 'http://127.0.0.1:8233/namespaces/default/workflows/',
};

/** Fully automatic. */
export const permission: Permission = { policy, wave: 'wave-1', grant: null, exception: null };

/** Under a policy that asks people, with what they said. */
export function approved(grant: Grant | null = grantOf()): Permission {
  return { ...permission, policy: { ...policy, approval }, grant };
}

/** By default sue clicked, and nobody looks at her signature here. */
export function grantOf(
  decisions: readonly Partial<DecisionClaims>[] = [{}],
  requestId = 'request-1',
): Grant {
  const envelopes = decisions.map((claims) => envelopeOf({ requestId, ...claims }));
  return { requestId, evidence: evidenceOf(), policy: approval, envelopes };
}

export function evidenceOf(changes: Partial<Evidence> = {}): Evidence {
  return {
    kind: 'agent-promotion',
    title: 'Publish agent 1.4.2 to prod-a (DEVOPS-77)',
    subject: { runId: execution.runId, accounts: ['prod-a'], size: 9, hotfix: false },
    facts: [{ label: 'Version', value: '1.4.2' }],
    links: [{ label: 'Run', href: 'http://127.0.0.1:8233/' }],
    requester: 'sam',
    authors: [],
    changers: [],
    ...changes,
  };
}

function envelopeOf(claims: Partial<DecisionClaims>): string {
  const said = { verb: 'approve', principal: 'sue', actingFor: null, ...claims };
  return `header.${Buffer.from(JSON.stringify(said)).toString('base64url')}.signature`;
}

/** What the manifest says of it. */
export const approvedBy = (approvers: readonly string[], request_id = 'request-1') => ({
  approval: { request_id, approvers },
});

type Asked = Parameters<CheckPermission>;

/** A guard that notes what it is asked. @param refuses every write */
export function createRecorder(refuses = false) {
  const asked: Asked[] = [];
  const checkPermission: CheckPermission = async (...question) => {
    asked.push(question);
    if (refuses) throw createFailure('PolicyViolation', 'refused by the test');
  };
  return { asked, checkPermission };
}
