import type { GitlabChangesPort } from '../../activities/gitlab/changes/port.ts';
import type { ChangeStatus, ChangeTicket, JiraChangesPort } from '../../activities/jira/changes/port.ts';
import type { RequestView } from '../../workflows/approval/messages.ts';
import type {
  BuildFacts,
  CodeReview,
  HistoryFacts,
  ScanReport,
} from '../../workflows/change-approval/facts.ts';
import type { ChangePolicy, ChangeRequest, GivenDetails } from '../../workflows/change-approval/messages.ts';
import { createFailure, type FailureType } from '../../workflows/shared/failures.ts';
import { approvalPolicy } from './approval-answers.ts';
import { createPromotionWorld } from './promotion-world.ts';
import type { Stubs } from './stub-activities.ts';

export const sha = 'a'.repeat(40);

export const changePolicy: ChangePolicy = {
  name: 'standard',
  version: 1,
  digest: 'f'.repeat(64),
  environment: 'production',
  site: 'main',
  approval: { ...approvalPolicy, name: 'change', expiresAfterMinutes: 90 * 24 * 60 },
  planApproval: { ...approvalPolicy, name: 'plan', quorum: [{ group: 'security', count: 1 }] },
  autoApprove: false,
  review: { mode: 'strict', bots: [], versionFiles: [] },
  scans: { required: ['sast'], blocking: ['critical', 'high'], maxAgeHours: 24 * 365 * 10 },
  plan: 'optional',
  freezes: false,
  deployDeadlineMinutes: 60,
  heartbeatSeconds: 10,
  notify: { failure: [], success: [] },
  runLinkBase: 'http://127.0.0.1:8233/namespaces/default/workflows/',
};

export const changeRequest: ChangeRequest = {
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

const clean = { critical: 0, high: 0, medium: 0, low: 0, info: 0, unknown: 0 };

/** Jira, GitLab and the rest as one change sees them: a ticket that really moves, and facts that a test sets. */
export interface ChangeWorld {
  readonly calls: string[];
  ticket: ChangeTicket | undefined;
  readonly comments: Map<string, string>;
  readonly statuses: string[];
  readonly shown: RequestView[];
  build: BuildFacts;
  code: CodeReview;
  scans: ScanReport;
  history: HistoryFacts;
  holds: Awaited<ReturnType<Stubs['temporal']['readHolds']>>;
  autoApproval: boolean;
  job: Awaited<ReturnType<GitlabChangesPort['readJob']>>;
  /** Called before each verb: throws or changes something. */
  onCall: (verb: string) => void;
  /** What a person does on the ticket. */
  edit(part: Partial<ChangeTicket>): void;
  fail(verb: string, type: FailureType, times: number): void;
}

export function createChangeWorld(request: ChangeRequest = changeRequest): {
  world: ChangeWorld;
  stubs: Stubs;
} {
  const { stubs, world: other } = createPromotionWorld();
  const failing = new Map<string, { type: FailureType; times: number }>();
  const world: ChangeWorld = {
    calls: [],
    ticket: undefined,
    comments: new Map(),
    statuses: [],
    shown: other.shown,
    build: {
      found: true,
      sha: request.sha,
      branch: request.branch,
      buildJob: request.buildJob,
      buildStatus: 'success',
      href: 'https://gitlab.example/4711',
      triggeredBy: 'dev',
    },
    code: {
      from: 'b'.repeat(40),
      to: request.sha,
      commits: 2,
      reviewed: 2,
      exempt: 0,
      findings: [],
      moreFindings: 0,
      mergeRequests: [{ iid: 7, title: 'Faster checkout', href: 'https://gitlab.example/7' }],
      issues: [],
      authors: ['dev'],
      linear: true,
      href: 'https://gitlab.example/compare',
    },
    scans: {
      sha: request.sha,
      scans: [
        {
          name: 'sast',
          state: 'passed',
          finishedAt: '2026-11-22T10:00:00.000Z',
          findings: clean,
          href: 'https://gitlab.example/1',
        },
      ],
    },
    history: {
      lastApproved: { ticket: 'PRODCM-1', sha: 'b'.repeat(40), at: '2026-11-01T10:00:00.000Z' },
      related: [],
      incidents: [],
    },
    holds: { open: true, holds: [] },
    autoApproval: true,
    job: {
      state: 'running',
      status: 'running',
      webUrl: 'https://gitlab.example/job',
      startedAt: null,
      finishedAt: null,
    },
    onCall: () => {},
    edit: (part) => void (world.ticket = { ...theTicket(), ...part }),
    fail: (verb, type, times) => void failing.set(verb, { type, times }),
  };

  function theTicket(): ChangeTicket {
    if (!world.ticket) throw createFailure('NotFound', 'no such ticket');
    return world.ticket;
  }

  function did(verb: string) {
    world.calls.push(verb);
    world.onCall(verb);
    const fault = failing.get(verb.split(':')[0] ?? '');
    if (!fault || fault.times === 0) return;
    fault.times -= 1;
    throw createFailure(fault.type, `${verb}: it is ${fault.type}`);
  }

  const jira: JiraChangesPort = {
    async findChange() {
      did('findChange');
      return { ticket: world.ticket ?? null, ended: 0 };
    },
    async createChange({ build, details, workflowId }) {
      did('createChange');
      world.ticket = {
        ...{ site: 'main', issueId: '10100', key: 'PRODCM-2', url: 'https://jira.example/browse/PRODCM-2' },
        ...{
          summary: details.summary,
          inScope: true,
          status: 'draft',
          statusName: 'Draft',
          build,
          workflowId,
        },
        details: {
          justification: details.justification ?? null,
          rollbackPlan: details.rollbackPlan ?? null,
          components: details.components ?? [],
        },
        ...{ creator: 'jira-bot', changers: [], movedBy: null, movedAt: '2026-11-22T10:00:00.000Z' },
      };
      return { issueId: '10100', ticket: 'PRODCM-2', created: true };
    },
    async readChange() {
      did('readChange');
      return theTicket();
    },
    async fillChange({ details }) {
      did('fillChange');
      world.edit({ details: fill(theTicket().details, details) });
      return { changed: true };
    },
    async linkChange() {
      did('linkChange');
      return { linked: true };
    },
    async moveChange({ to }) {
      did(`moveChange:${to}`);
      move(to);
      return { changed: true, fromName: '', toName: to };
    },
    async approveChange({ approvers, permission }) {
      did(`approveChange:${permission.grant === null ? 'automatic' : approvers.join('+')}`);
      move('approved');
      return { changed: true };
    },
    async writeComment({ key, body }) {
      did(`writeComment:${key.split('/').at(-1) ?? ''}`);
      world.comments.set(key.split('/').at(-1) ?? '', JSON.stringify(body));
      return { commentId: '1', changed: true };
    },
    async readHistory() {
      did('readHistory');
      return world.history;
    },
    async findChanges() {
      return [];
    },
    async listAutoApproved() {
      return [];
    },
  };

  function move(status: ChangeStatus) {
    world.edit({ status, statusName: status, movedBy: 'jira-bot' });
  }

  const gitlab: GitlabChangesPort = {
    readBuild: async () => (did('readBuild'), world.build),
    reviewCode: async () => (did('reviewCode'), world.code),
    readScans: async () => (did('readScans'), world.scans),
    async setCommitStatus({ state }) {
      did(`setCommitStatus:${state}`);
      world.statuses.push(state);
    },
    async playDeployJob() {
      did('playDeployJob');
      return { jobId: 9, webUrl: 'https://gitlab.example/job', played: true };
    },
    readJob: async () => (did('readJob'), world.job),
    answerStatusCheck: async () => ({ answered: true }),
    retryStatusChecks: async () => (did('retryStatusChecks'), { retried: 0 }),
  };

  return {
    world,
    stubs: {
      ...stubs,
      jira: { ...stubs.jira, ...jira },
      gitlab: { ...stubs.gitlab, ...gitlab },
      temporal: {
        ...stubs.temporal,
        readHolds: async () => (did('readHolds'), world.holds),
        readAutoApproval: async () => (
          did('readAutoApproval'),
          { on: world.autoApproval, since: null, reason: null }
        ),
      },
    },
  };
}

function fill(now: ChangeTicket['details'], given: GivenDetails): ChangeTicket['details'] {
  return {
    justification: now.justification ?? given.justification ?? null,
    rollbackPlan: now.rollbackPlan ?? given.rollbackPlan ?? null,
    components: now.components.length > 0 ? now.components : (given.components ?? []),
  };
}
