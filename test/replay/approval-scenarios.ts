import type { WorkflowHandle } from '@temporalio/client';
import type { AccountState } from '../../activities/s3/port.ts';
import { requests, type RequestView } from '../../workflows/approval/messages.ts';
import type { ReviewInput } from '../../workflows/approval/review.ts';
import { waitUntil } from '../../scripts/wait-until.ts';
import {
  agentPromotionId,
  overrideReviewId,
  promotionRollbackId,
  workflowTypes,
} from '../../workflows/shared/names.ts';
import { approvalPolicy, say } from '../support/approval-answers.ts';
import { createPromotionWorld, policy, type PromotionWorld } from '../support/promotion-world.ts';
import { registerStubs } from '../support/stub-activities.ts';
import { testQueue } from '../support/stub-workers.ts';
import type { RecordingWorld, Scenario } from './scenario.ts';

/** Stories in which people decide; what a person says is part of the story. */

let played = 5_000;

function play(
  type: string,
  idOf: (issueId: string) => string,
  inputOf: (issueId: string) => unknown,
  story: (handle: WorkflowHandle, world: PromotionWorld) => Promise<void>,
  prepare: (world: PromotionWorld) => void = () => {},
): Scenario {
  return async ({ client }: RecordingWorld) => {
    const issueId = String((played += 1));
    const workflowId = idOf(issueId);
    const { world, stubs } = createPromotionWorld({ issueId });
    prepare(world);
    registerStubs(workflowId, stubs);
    const { firstExecutionRunId } = await client.workflow.start(type, {
      workflowId,
      taskQueue: testQueue,
      args: [inputOf(issueId)],
    });
    const handle = client.workflow.getHandle(workflowId);
    await story(handle, world);
    await handle.result();
    return client.workflow.getHandle(workflowId, firstExecutionRunId);
  };
}

const wave = (accounts: readonly string[]) => ({
  ...{ accounts, approval: null, bakeMinutes: 0, probe: null, maxFailed: 0 },
});
const gated = { ...policy, approval: approvalPolicy, waves: [wave(['prod-a']), wave(['prod-b'])] };

const open = (handle: WorkflowHandle): Promise<RequestView> =>
  waitUntil('an open request', 20_000, async () =>
    (await handle.query(requests).catch(() => [])).findLast(({ state }) => state === 'open'),
  );

const promotion = (part: object, story: Parameters<typeof play>[3], prepare?: Parameters<typeof play>[4]) =>
  play(
    workflowTypes.agentPromotion,
    (issueId) => agentPromotionId('main', issueId),
    (issueId) => ({ site: 'main', issueId, policy: gated, ...part }),
    story,
    prepare,
  );

export const promotionApprovals: Readonly<Record<string, Scenario>> = {
  'approved-in-waves': promotion({}, async (handle) => say(handle, await open(handle))),
  rejected: promotion({}, async (handle) =>
    say(handle, await open(handle), { verb: 'reject', reason: 'not today' }),
  ),
  'dry-run': promotion({ dryRun: true }, () => Promise.resolve()),
};

function holding(account: string): AccountState {
  return {
    account,
    manifest: 'present',
    version: '1.4.2',
    versions: ['1.4.1', '1.4.2'],
    entry: { version: '1.4.2' },
    manifestVersionId: 'm1',
  };
}

const rollback = (story: Parameters<typeof play>[3]) =>
  play(
    workflowTypes.promotionRollback,
    (issueId) => promotionRollbackId('main', issueId),
    (issueId) => ({
      ...{ site: 'main', issueId, policy: { ...gated, rollback: approvalPolicy } },
      ...{ reason: 'loses logs', requester: 'sam', requestedAt: '2026-11-22T10:00:00.000Z' },
    }),
    story,
    (world) => {
      const issueId = world.ticket?.issueId ?? '';
      const entry = { version: '1.4.2', workflow_id: agentPromotionId('main', issueId) };
      const states = ['prod-a', 'prod-b'].map((name) => [name, { ...holding(name), entry }] as const);
      world.held = Object.fromEntries(states);
    },
  );

export const rollbacks: Readonly<Record<string, Scenario>> = {
  'rolled-back': rollback(async (handle) => say(handle, await open(handle))),
  rejected: rollback(async (handle) =>
    say(handle, await open(handle), { verb: 'reject', reason: 'keep it' }),
  ),
};

const review = (story: Parameters<typeof play>[3]) =>
  play(
    workflowTypes.overrideReview,
    (issueId) => overrideReviewId(`request-${issueId}`),
    (issueId): ReviewInput => ({
      ...{ workflowId: agentPromotionId('main', issueId), runLink: 'http://ui.example/run' },
      ...{ requestId: `request-${issueId}`, title: 'Publish agent 1.4.2', facts: [], links: [] },
      ...{ policy: approvalPolicy, reviewers: 'security', reviewWithinMinutes: 60 },
      ...{ overriddenBy: 'lee', reason: 'outage', overriddenAt: '2026-11-22T10:00:00.000Z' },
    }),
    story,
  );

export const reviews: Readonly<Record<string, Scenario>> = {
  reviewed: review(async (handle) =>
    say(handle, await open(handle), { principal: 'sue', groups: ['security'] }),
  ),
  flagged: review(async (handle) => {
    const view = await open(handle);
    await say(handle, view, { principal: 'lee', groups: ['security'] });
    await say(handle, view, { principal: 'sid', groups: ['security'], verb: 'reject', reason: 'no outage' });
  }),
};

const drift = (prepare: (world: PromotionWorld) => void) =>
  play(
    workflowTypes.driftSweep,
    (issueId) => `${workflowTypes.driftSweep}-${issueId}`,
    () => ({ sites: ['main'], accounts: ['prod-a', 'prod-b'], issueType: 'Task' }),
    () => Promise.resolve(),
    prepare,
  );

export const driftSweeps: Readonly<Record<string, Scenario>> = {
  quiet: drift(() => {}),
  'a-manifest-without-a-ticket': drift(
    (world) =>
      void (world.held = Object.fromEntries(['prod-a', 'prod-b'].map((name) => [name, holding(name)]))),
  ),
};
