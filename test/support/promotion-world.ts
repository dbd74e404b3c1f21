import type { Ticket } from '../../activities/jira/port.ts';
import type { TestResult } from '../../activities/ec2/port.ts';
import type { PipelineState } from '../../activities/gitlab/port.ts';
import type { AccountState } from '../../activities/s3/port.ts';
import type { HoldsReport } from '../../activities/temporal/port.ts';
import type { PromotionOutcome, PromotionPolicy } from '../../workflows/agent-promotion/messages.ts';
import type { RequestView } from '../../workflows/approval/messages.ts';
import type { TicketComment } from '../../workflows/shared/comment.ts';
import type { EnqueueResult } from '../../workflows/promotion-queue/messages.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { stubDecisions } from './stub-decisions.ts';
import type { Stubs } from './stub-activities.ts';

export const policy: PromotionPolicy = {
  name: 'fully-automatic',
  version: 1,
  digest: 'd'.repeat(64),
  waves: [
    { accounts: ['prod-a', 'prod-b', 'prod-c'], approval: null, bakeMinutes: 0, probe: null, maxFailed: 0 },
  ],
  approval: null,
  exception: null,
  rollback: null,
  freezes: false,
  downgrade: 'allow',
  sameVersion: 'repair',
  supersede: false,
  hotfixLabel: 'hotfix',
  signature: 'if-present',
  verifyJob: 'verify-installer',
  pipelineDeadlineMinutes: 30,
  pipelinePollSeconds: 0.05,
  instanceDeadlineMinutes: 20,
  heartbeatSeconds: 10,
  notify: { failure: ['soc', 'devops'], success: [] },
  pipelineVariables: { AWS_REGION: 'us-east-1' },
  runLinkBase: 'http://ui.example/namespaces/default/workflows/',
};

/** One ticket and everything around it, in memory: what the stubs answer and what they were asked. */
export function createPromotionWorld(overrides: Partial<Ticket> = {}): {
  world: PromotionWorld;
  stubs: Stubs;
} {
  const world: PromotionWorld = {
    ticket: {
      site: 'main',
      issueId: '10001',
      key: 'DEVOPS-1',
      summary: 'Promote',
      inScope: true,
      status: 'toDo',
      statusName: 'ToDo',
      agentVersion: '1.4.2',
      creatorAccountId: 'acc-sam',
      assigneeAccountId: null,
      round: '0',
      enteredAt: '2026-11-22T10:00:00.000Z',
      creator: 'sam',
      changers: [],
      labels: [],
      ...overrides,
    },
    calls: [] as string[],
    comments: [] as { key: string; body: TicketComment }[],
    assignees: [] as string[],
    notices: [] as { channel: string; title: string; lines: readonly string[] }[],
    joins: [] as EnqueueResult[],
    pipeline: 'success',
    verifyJobStatus: 'success',
    testResult: { verdict: 'passed', reportedVersion: '1.4.2' },
    terminated: [] as string[],
    shown: [],
    held: {},
    holds: { open: true, holds: [] },
    lastOutcome: null,
    unhealthy: false,
    on: {},
  };
  return { world, stubs: createStubs(world) };
}

export interface PromotionWorld {
  ticket: Ticket | null;
  readonly calls: string[];
  readonly comments: { key: string; body: TicketComment }[];
  readonly assignees: string[];
  readonly notices: { channel: string; title: string; lines: readonly string[] }[];
  readonly joins: EnqueueResult[];
  pipeline: PipelineState;
  verifyJobStatus: string;
  testResult: TestResult;
  readonly terminated: string[];
  /** Every view of a request, in the order of showing. */
  readonly shown: RequestView[];
  /** What accounts hold, by name; others hold nothing. */
  held: Readonly<Record<string, AccountState>>;
  holds: HoldsReport;
  lastOutcome: PromotionOutcome | null;
  unhealthy: boolean;
  /** Throw from here to make a verb fail; async work from here happens before the verb. */
  readonly on: Record<string, ((input: never) => unknown) | undefined>;
}

function createStubs(world: PromotionWorld): Stubs {
  const object = {
    bucket: 'b',
    key: 'agent/v1.4.2/agent-installer.sh',
    versionId: 'v1',
    sha256: 'a'.repeat(64),
    size: 9,
  };
  const did = async (verb: string, input: unknown) => {
    world.calls.push(verb);
    await world.on[verb]?.(input as never);
  };
  return {
    jira: {
      async readTicket() {
        await did('readTicket', undefined);
        if (world.ticket === null) throw notFound();
        return world.ticket;
      },
      async transitionTicket(input) {
        await did(`transition:${input.to}`, input);
        const fromName = world.ticket?.statusName ?? '';
        if (world.ticket) world.ticket = { ...world.ticket, status: input.to, statusName: input.to };
        return { changed: true, fromName, toName: input.to };
      },
      async assignTicket({ assignee }) {
        await did(`assign:${assignee.kind}`, assignee);
        const accountId = assignee.kind === 'account' ? assignee.accountId : assignee.kind;
        world.assignees.push(accountId);
        return { changed: true, accountId };
      },
      async commentTicket({ key, body }) {
        await did(`comment:${key.split('/').at(-1)}`, body);
        const created = !world.comments.some((comment) => comment.key === key);
        if (created) world.comments.push({ key, body });
        return { commentId: key, created };
      },
      linkTicket: (input) => did('linkTicket', input),
      async findTickets() {
        return [];
      },
      async askOnTicket(input) {
        await did('askOnTicket', input);
        return { commentId: 'c1', created: true };
      },
      async attestDecisions(input) {
        await did('attestDecisions', input);
        return { envelopes: [], ignored: [] };
      },
      recordPublications: (input) => did('recordPublications', input),
      async readPublications() {
        return [];
      },
      async createTicket(input) {
        await did('createTicket', input);
        return { issueId: '1', ticket: 'DEVOPS-999', created: true };
      },
    },
    gitlab: {
      async ensurePipeline(input) {
        await did('ensurePipeline', input);
        return { pipelineId: 7, webUrl: 'http://gitlab.example/p/7', adopted: false };
      },
      async readPipeline(input) {
        await did('readPipeline', input);
        const job = { name: 'verify-installer', status: world.verifyJobStatus, webUrl: '', traceTail: '' };
        return {
          pipelineId: 7,
          webUrl: 'http://gitlab.example/p/7',
          state: world.pipeline,
          status: world.pipeline,
          jobs: [job],
        };
      },
      cancelPipeline: (input) => did('cancelPipeline', input),
    },
    slack: {
      async postNotice({ channel, title, lines }) {
        await did('postNotice', channel);
        world.notices.push({ channel, title, lines });
        return { channelId: 'C1', ts: '1.0', posted: true };
      },
      async showRequest(input) {
        await did('showRequest', input);
        world.shown.push(input.view);
        return { channelId: 'C1', ts: '1.0' };
      },
      remind: (input) => did(`remind:${input.to}`, input),
      tellRefusal: (input) => did('tellRefusal', input),
      async tellPerson(input) {
        await did(`tellPerson:${input.person}`, input);
        return { told: true };
      },
    },
    health: {
      async probe(input) {
        await did(`probe:${input.account}`, input);
        return { healthy: !world.unhealthy, detail: world.unhealthy ? '503' : '200' };
      },
    },
    'aws-promotion': {
      async pinInstaller(input) {
        await did('pinInstaller', input);
        return { ...object, signature: 'absent', signedBy: null };
      },
      async copyToTest(input) {
        await did('copyToTest', input);
        return { ...object, written: true };
      },
      async publishObject(input) {
        await did(`publishObject:${input.account}`, input);
        return { ...object, written: true };
      },
      async publishManifest(input) {
        await did(`publishManifest:${input.account}`, input);
        return { outcome: 'published', previousVersion: null, manifestVersionId: 'm1' };
      },
      async readAccount({ account }) {
        await did(`readAccount:${account}`, account);
        return world.held[account] ?? emptyAccount(account);
      },
      async findDrift(input) {
        await did(`findDrift:${input.account}`, input);
        return [];
      },
      async rollBackManifest(input) {
        await did(`rollBackManifest:${input.account}`, input);
        return { outcome: 'published', manifestVersionId: 'm2' };
      },
      async launchTestInstance(input) {
        await did('launchTestInstance', input);
        return { instanceId: 'i-1', accountId: '222222222222', resultKey: 'results/x.json', adopted: false };
      },
      async awaitTestResult(input) {
        await did('awaitTestResult', input);
        return world.testResult;
      },
      async terminateInstance({ instanceId }) {
        await did('terminateInstance', instanceId);
        world.terminated.push(instanceId);
      },
      async terminateByKey(input) {
        await did('terminateByKey', input);
        return { instanceIds: [] };
      },
      async listOwnInstances() {
        return [];
      },
    },
    temporal: {
      async joinQueue(input) {
        await did('joinQueue', input);
        return world.joins.shift() ?? { state: 'granted', token: 42 };
      },
      async describeRun() {
        return 'running';
      },
      async startPromotions() {
        return { started: 0 };
      },
      async findOrphans() {
        return [];
      },
      async readHolds(input) {
        await did('readHolds', input);
        return world.holds;
      },
      async openWave(input) {
        await did(`openWave:${input.wave}`, input);
        return { open: true, openedAt: '2026-11-22T10:00:00.000Z' };
      },
      async findOverdueReviews() {
        return [];
      },
      async readLastOutcome(input) {
        await did('readLastOutcome', input);
        return world.lastOutcome;
      },
      async judgeSteal() {
        const decision = { state: 'refused', rule: 'malformed', reason: 'no steal', jti: null } as const;
        return { decision, refusal: null, token: null };
      },
      async judgeLift() {
        return { objection: null };
      },
      async readAutoApproval() {
        return { on: true, since: null, reason: null };
      },
      async switchAutoApprovalOff(input) {
        await did('switchAutoApprovalOff', input);
      },
      async judgeSwitchOn() {
        return { objection: null, approval: null };
      },
      async nudgeChanges() {
        return { signalled: 0, started: 0, incomplete: [] };
      },
      async nudgeProject() {
        return { signalled: 0 };
      },
      async findApprovedChange() {
        return { approved: false };
      },
      async requestHaloPass(input) {
        await did(`requestHaloPass:${input.kind}`, input);
      },
    },
    decisions: stubDecisions(),
  };
}

function emptyAccount(account: string): AccountState {
  return { account, manifest: 'absent', version: null, versions: [], entry: null, manifestVersionId: null };
}

function notFound() {
  return createFailure('NotFound', 'no such ticket');
}
