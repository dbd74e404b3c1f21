import type { Question } from '../../workflows/approval/approvals.ts';

/** Asked by sam, for one of devops. */
export function toQuestion(part: Partial<Question> = {}): Question {
  return { name: 'production', evidence, policy, ticket: null, revocable: 'until wave-1 begins', ...part };
}

export const policy: Question['policy'] = {
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

export const evidence: Question['evidence'] = {
  kind: 'agent-promotion',
  title: 'Publish agent 1.4.2 to prod-a (DEVOPS-1)',
  subject: { runId: 'run-1', version: '1.4.2' },
  facts: [{ label: 'Version', value: '1.4.2' }],
  links: [],
  requester: 'sam',
  authors: [],
  changers: [],
};

export const ticket = { site: 'main', issueId: '10001' };
