import type { JudgeOptions } from '../../activities/temporal/judges.ts';
import { toApprovalPolicy } from '../../config/approval-policy.ts';

/** Members of `leads` may free the turn and lift a hold. */
const leads = {
  version: 1,
  quorum: [{ group: 'leads', count: 1 }],
  exclude: ['requester' as const],
  risk: 'normal' as const,
  channel: 'devops',
  buttons: true,
  reminders: [],
  expiresAfterMinutes: 60,
};

/** What a worker's configuration says about freezing and about freeing the turn. */
export const leadsConfig: JudgeOptions['config'] = {
  approvals: { leads },
  freeze: { approval: 'leads', windows: [] },
  processes: { promotion: { policy: 'automatic', steal: 'leads' } },
  temporal: { taskQueue: 'workflow-tests', uiUrl: 'http://ui.example', namespace: 'default' },
};

export const leadsPolicy = toApprovalPolicy(leadsConfig, 'leads');
