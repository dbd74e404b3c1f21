import type { ApprovalPolicy, CountedDecision, RequestView } from '../../../workflows/approval/messages.ts';

export const policy: ApprovalPolicy = {
  name: 'production',
  version: 3,
  digest: 'p'.repeat(64),
  quorum: [
    { group: 'devops', count: 1 },
    { group: 'security', count: 1 },
  ],
  exclude: ['requester', 'author', 'changer'],
  risk: 'normal',
  channel: 'soc',
  buttons: true,
  reminders: [],
  workingHours: null,
  expiresAfterMinutes: 60,
  override: null,
};

export const approvedByDana: CountedDecision = {
  principal: 'dana',
  actingFor: null,
  verb: 'approve',
  via: 'slack',
  at: '2026-11-04T09:30:00.000Z',
  reason: null,
};

export const evidenceDigest = '0123456789abcdef'.repeat(4);

/** An open request of a promotion, with what a test changes. */
export function viewOf(changes: Partial<RequestView> = {}): RequestView {
  return {
    requestId: '3f2a9c1e-5b77-4d0c-8f10-aa0b1c2d3e4f',
    workflowId: 'agent-promotion:main:10077',
    key: 'agent-promotion:main:10077/7/production',
    runLink: 'https://temporal.test/namespaces/default/workflows/agent-promotion%3Amain%3A10077',
    evidence: evidenceOf(),
    evidenceDigest,
    policy,
    state: 'open',
    overridden: false,
    openedAt: '2026-11-04T09:00:00.000Z',
    deadline: '2026-11-11T09:00:00.000Z',
    decisions: [],
    missing: policy.quorum,
    refusals: 0,
    note: null,
    revocable: 'until wave-1 begins',
    ...changes,
  };
}

export function evidenceOf(changes: Partial<RequestView['evidence']> = {}): RequestView['evidence'] {
  return {
    kind: 'agent-promotion',
    title: 'Publish agent 1.4.2 to prod-a, prod-b (DEVOPS-77)',
    subject: { runId: 'run-1', ticket: 'DEVOPS-77', version: '1.4.2' },
    facts: [{ label: 'Version', value: '1.4.2' }],
    links: [{ label: 'DEVOPS-77', href: 'https://jira.test/browse/DEVOPS-77' }],
    requester: 'sam',
    authors: [],
    changers: [],
    ...changes,
  };
}
