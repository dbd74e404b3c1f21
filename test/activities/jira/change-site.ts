import { createJiraChangesClient, type JiraChangesOptions } from '../../../activities/jira/changes/client.ts';
import type { ChangePermission, JiraChangesPort } from '../../../activities/jira/changes/port.ts';
import type { ChangeScheme } from '../../../activities/jira/changes/scheme.ts';
import type { Grant } from '../../../workflows/approval/messages.ts';
import type { ChangeBuild, ChangePolicy } from '../../../workflows/change-approval/messages.ts';
import type { PlanReport } from '../../../workflows/change-approval/plan-report.ts';
import { changeApprovalId } from '../../../workflows/shared/names.ts';
import { siteAt } from '../../support/jira-site.ts';
import { changeFields } from '../../sandbox/jira/jira-site.ts';

/** As the sandbox and the configuration's defaults have it. */
export const scheme: ChangeScheme = {
  site: 'acme',
  project: 'PRODCM',
  issueType: 'Change Request',
  statuses: {
    draft: 'Draft',
    waiting: 'Waiting for approval',
    approved: 'Approved',
    declined: 'Declined',
    canceled: 'Canceled',
    manualReview: 'Manual review required',
    deploying: 'Deploying',
    resolved: 'Resolved',
    closed: 'Closed',
    deployFailed: 'Deploy failed',
  },
  fields: {
    environment: 'Environment',
    project: 'Project',
    buildJob: 'Build job',
    build: 'Build number',
    branch: 'Branch',
    sha: 'Commit SHA',
    action: 'Deploy action',
    rollbackPlan: 'Rollback plan',
    justification: 'Justification',
    scanStatus: 'Scan status',
    evidenceDigest: 'Evidence digest',
  },
};

/** What Jira lists as its fields: two of its own are called as two of ours. */
export const listedFields = [
  { id: 'environment', name: 'Environment' },
  { id: 'project', name: 'Project' },
  { id: 'summary', name: 'Summary' },
  ...(Object.keys(changeFields) as (keyof typeof changeFields)[]).map((field) => ({
    id: changeFields[field],
    name: scheme.fields[field],
  })),
];

export const build: ChangeBuild = {
  environment: 'production',
  project: 'shop/web',
  buildJob: 'build',
  build: '4711',
  branch: 'main',
  sha: 'c'.repeat(40),
  action: 'deploy',
};
export const workflowId = changeApprovalId(build);
export const ticket = { site: 'acme', issueId: '10024' };

export function changesAt(
  baseUrl: string,
  options: Partial<Omit<JiraChangesOptions, 'sites'>> = {},
): JiraChangesPort {
  return createJiraChangesClient({
    sites: [{ ...siteAt(baseUrl), name: 'elsewhere' }, siteAt(baseUrl)],
    scheme,
    personOf: (accountId) => ({ 'sue-1': 'sue', 'bot-1': 'jira-bot' })[accountId],
    guard: async (_write, { grant }) => ({
      automatic: grant === null,
      approvers: grant ? ['sue', 'ray'] : [],
      evidenceDigest: grant ? 'a'.repeat(64) : null,
    }),
    pause: async () => undefined,
    ...options,
  });
}

const named = { name: 'standard', version: 3 } as unknown as ChangePolicy;
const grantOf = (requestId: string) => ({ requestId }) as unknown as Grant;

/** What the guard is asked about; only what the adapter itself reads is filled in. */
function permissionFor(requestId: string | null, planRequestId: string | null = null): ChangePermission {
  return {
    build,
    policy: named,
    grant: requestId === null ? null : grantOf(requestId),
    plan: planRequestId === null ? null : ({ digest: 'd'.repeat(64), risky: true } as unknown as PlanReport),
    planGrant: planRequestId === null ? null : grantOf(planRequestId),
  };
}

/** As a workflow approves; what the input calls the approvers is not believed. */
export function approvalOf(requestId: string | null, planRequestId: string | null = null, where = ticket) {
  return {
    ...where,
    permission: permissionFor(requestId, planRequestId),
    approvers: ['mallory'],
    authors: ['dana'],
    requester: 'dev',
    at: '2026-11-22T12:00:00.000Z',
  };
}
