import type { ApprovalPolicy } from '../../workflows/approval/messages.ts';
import type { ChangeFacts, Scan } from '../../workflows/change-approval/facts.ts';
import type { ChangePolicy, ChangeRequest } from '../../workflows/change-approval/messages.ts';

export const sha = 'ab'.repeat(20);
export const before = 'cd'.repeat(20);

const approval: ApprovalPolicy = {
  name: 'change',
  version: 1,
  digest: 'd',
  quorum: [{ group: 'security', count: 1 }],
  exclude: ['requester', 'author', 'changer'],
  risk: 'normal',
  channel: 'changes',
  buttons: true,
  reminders: [],
  workingHours: null,
  expiresAfterMinutes: 60,
  override: null,
};

const policy: ChangePolicy = {
  name: 'standard',
  version: 3,
  digest: 'd',
  environment: 'production',
  site: 'main',
  approval,
  planApproval: approval,
  autoApprove: false,
  review: { mode: 'strict', bots: ['release-bot'], versionFiles: [] },
  scans: { required: ['sast'], blocking: ['critical', 'high'], maxAgeHours: 24 },
  plan: 'optional',
  freezes: true,
  deployDeadlineMinutes: 60,
  heartbeatSeconds: 10,
  notify: { failure: [], success: [] },
  runLinkBase: 'https://temporal.test/',
};

const request: ChangeRequest = {
  environment: 'production',
  project: 'shop/web',
  buildJob: 'build',
  build: '4711',
  branch: 'main',
  sha,
  action: 'deploy',
  requester: { person: 'dev', verified: true, triggeredBy: 'dev' },
  given: {},
  pipelineId: 4711,
  deployJobId: null,
};

export const noFindings: Scan['findings'] = { critical: 0, high: 0, medium: 0, low: 0, info: 0, unknown: 0 };

export const scanOf = (name: string, changes: Partial<Scan> = {}): Scan => ({
  name,
  state: 'passed',
  finishedAt: '2026-11-22T11:00:00Z',
  findings: noFindings,
  href: `https://gitlab.test/${name}`,
  ...changes,
});

/** Of a change with which everything is right. */
export const goodFacts: ChangeFacts = {
  request,
  policy,
  ticket: { key: 'PRODCM-7', mismatches: [], missing: [] },
  build: {
    found: true,
    sha,
    branch: 'main',
    buildJob: 'build',
    buildStatus: 'success',
    href: 'https://gitlab.test/-/jobs/1',
    triggeredBy: 'dev',
  },
  code: {
    from: before,
    to: sha,
    commits: 3,
    reviewed: 2,
    exempt: 1,
    findings: [],
    moreFindings: 0,
    mergeRequests: [{ iid: 12, title: 'Fix the login', href: 'https://gitlab.test/-/merge_requests/12' }],
    issues: ['SHOP-12'],
    authors: ['dev', 'gitlab:frank'],
    linear: true,
    href: 'https://gitlab.test/-/compare',
  },
  scans: { sha, scans: [scanOf('sast')] },
  history: {
    lastApproved: { ticket: 'PRODCM-5', sha: before, at: '2026-11-01T08:00:00Z' },
    related: [],
    incidents: [],
  },
  holds: { open: true, holds: [] },
  now: '2026-11-22T12:00:00Z',
};

type Part = { readonly [K in keyof ChangeFacts]?: Partial<ChangeFacts[K]> | string };

/** The good facts, each part with its changes. */
export function factsWith(changes: Part): ChangeFacts {
  const parts = Object.entries(changes).map(([name, change]) => {
    const part: unknown = goodFacts[name as keyof ChangeFacts];
    return [name, typeof change === 'string' ? change : { ...(part as object), ...change }];
  });
  return { ...goodFacts, ...(Object.fromEntries(parts) as Partial<ChangeFacts>) };
}
