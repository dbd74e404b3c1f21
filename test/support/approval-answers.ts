import type { WorkflowHandle } from '@temporalio/client';
import { decide, type DecisionClaims, type RequestView } from '../../workflows/approval/messages.ts';
import type { ApprovalPolicy } from '../../workflows/approval/messages.ts';
import { unsignedEnvelope } from './stub-decisions.ts';

export const approvalPolicy: ApprovalPolicy = {
  name: 'production',
  version: 1,
  digest: 'e'.repeat(64),
  quorum: [{ group: 'devops', count: 1 }],
  exclude: ['requester', 'author', 'changer'],
  risk: 'normal',
  channel: 'approvals',
  buttons: true,
  reminders: [],
  workingHours: null,
  expiresAfterMinutes: 60,
  override: null,
};

let said = 0;

/** What a person says about a request as he was shown it. */
export function claimsFor(view: RequestView, part: Partial<DecisionClaims> = {}): DecisionClaims {
  const iat = Math.floor(Date.parse(view.openedAt) / 1000);
  return {
    jti: `jti-${(said += 1)}`,
    iat,
    exp: iat + 90 * 86_400,
    aud: `default/${view.workflowId}`,
    requestId: view.requestId,
    evidenceDigest: view.evidenceDigest,
    policy: `${view.policy.name}@${view.policy.version}`,
    verb: 'approve',
    principal: 'dana',
    actingFor: null,
    groups: view.policy.quorum.map(({ group }) => group),
    via: 'cli',
    sourceEventId: `event-${said}`,
    reason: null,
    ...part,
  };
}

export async function say(handle: WorkflowHandle, view: RequestView, part: Partial<DecisionClaims> = {}) {
  await handle.signal(decide, { envelope: unsignedEnvelope(claimsFor(view, part)) });
}
