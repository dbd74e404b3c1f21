import { driftSweeps, promotionApprovals, reviews, rollbacks } from './approval-scenarios.ts';
import type { WorkflowHandle } from '@temporalio/client';
import { ticketChanged, turnGranted } from '../../workflows/agent-promotion/messages.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { agentPromotionId, noticeId, workflowTypes } from '../../workflows/shared/names.ts';
import { createPromotionWorld, policy, type PromotionWorld } from '../support/promotion-world.ts';
import type { RecordingWorld, Scenario } from './scenario.ts';
import { startQueue } from '../support/queue-world.ts';
import { registerStubs, type Stubs } from '../support/stub-activities.ts';
import { testQueue } from '../support/stub-workers.ts';
import { findingAcceptanceScenarios } from './finding-acceptance-scenarios.ts';
import { freezeScenarios, heldQueueScenarios } from './freeze-scenarios.ts';
import { changePassScenarios, changeScenarios } from './change-scenarios.ts';
import { incidentScenarios } from './incident-scenarios.ts';
import { haloPassScenarios, haloSyncScenarios } from './halo-scenarios.ts';
import { secretScenarios } from './secret-scenarios.ts';
import { autoApprovalScenarios, inspectionScenarios } from './inspection-scenarios.ts';

type Prepare = (world: PromotionWorld, stubs: Stubs, handle: () => WorkflowHandle) => void;

/** One run of a workflow among stubs; how it ends is part of the story. */
function play(
  type: string,
  id: (index: number) => string,
  arg: (index: number) => unknown,
  prepare: Prepare,
) {
  return async ({ client }: RecordingWorld): Promise<WorkflowHandle> => {
    const index = (played += 1);
    const workflowId = id(index);
    const { world, stubs } = createPromotionWorld({ issueId: String(index) });
    prepare(world, stubs, () => client.workflow.getHandle(workflowId));
    registerStubs(workflowId, stubs);
    const options = { workflowId, taskQueue: testQueue, args: [arg(index)] };
    const { firstExecutionRunId } = await client.workflow.start(type, options);
    await client.workflow
      .getHandle(workflowId)
      .result()
      .catch(() => undefined);
    return client.workflow.getHandle(workflowId, firstExecutionRunId);
  };
}

let played = 0;

const promotion = (prepare: Prepare) =>
  play(
    workflowTypes.agentPromotion,
    (index) => agentPromotionId('main', String(index)),
    (index) => ({ site: 'main', issueId: String(index), policy }),
    prepare,
  );

const sweep = (type: string, prepare: Prepare) =>
  play(
    type,
    (index) => `${type}-${index}`,
    () => ({ sites: ['main'] }),
    prepare,
  );

const notice = (prepare: Prepare) =>
  play(
    workflowTypes.deliverNotice,
    (index) => noticeId(`agent-promotion:main:${index}/0/notice`),
    (index) => ({
      key: `n-${index}`,
      channels: ['soc', 'devops'],
      title: 'Title',
      lines: ['Line'],
      links: [],
    }),
    prepare,
  );

const orphan = { site: 'main', issueId: '9', key: 'DEVOPS-9', statusName: 'In Progress' };
const instance = { workflowId: 'w', launchedAt: '2026-11-22T10:00:00.000Z', state: 'running' };

/** Each workflow's stories, by the name of its folder and of its file. */
export const scenarios: Readonly<Record<string, Readonly<Record<string, Scenario>>>> = {
  freeze: freezeScenarios,
  ...changePassScenarios,
  ...incidentScenarios,
  ...secretScenarios,
  'change-approval': changeScenarios,
  'auto-approval': autoApprovalScenarios,
  'change-inspection': inspectionScenarios,
  'halo-sync': haloSyncScenarios,
  'halo-pass': haloPassScenarios,
  'finding-acceptance': findingAcceptanceScenarios,
  'promotion-rollback': rollbacks,
  'override-review': reviews,
  'drift-sweep': driftSweeps,
  'agent-promotion': {
    ...promotionApprovals,
    done: promotion(() => {}),
    'info-needed': promotion((world) => {
      if (world.ticket) world.ticket = { ...world.ticket, agentVersion: 'v1.4.2' };
    }),
    'failed-on-the-instance': promotion((world) => {
      const found = { step: 'version', detail: 'another version', reportedVersion: '1.4.1' };
      world.testResult = { verdict: 'failed', consoleOutput: null, ...found } as PromotionWorld['testResult'];
    }),
    'waited-in-line': promotion((world, _, handle) => {
      const place = {
        state: 'waiting',
        position: 1,
        ahead: ['DEVOPS-8'],
        etaSeconds: 60,
        lastToken: 40,
      } as const;
      world.joins.push(place);
      world.on['comment:comment-place-1'] = () => handle().signal(turnGranted, { token: 41 });
    }),
    'stopped-and-asked-again': promotion((world, _, handle) => {
      world.on['publishManifest:prod-a'] = async () => {
        if (!world.ticket || world.ticket.round !== '0') return;
        world.ticket = { ...world.ticket, status: 'toDo', statusName: 'ToDo', round: '77' };
        await handle().signal(ticketChanged, { deliveryId: 'd1' });
      };
    }),
    cancelled: promotion((world, _, handle) => {
      const ended = Promise.withResolvers<void>();
      world.on['terminateInstance'] = () => ended.resolve();
      world.on['awaitTestResult'] = () =>
        handle()
          .cancel()
          .then(() => ended.promise);
    }),
  },
  'promotion-queue': {
    ...heldQueueScenarios,
    'three-turns': async (world) => {
      const line = await startQueue(world, { graceSeconds: 1 });
      const members = await Promise.all([103, 101, 102].map((issue) => line.startMember(issue)));
      const first = await line.queue.describe();
      await line.join(...members);
      await line.passTurns(members.length);
      await line.stop();
      return world.client.workflow.getHandle(first.workflowId, first.runId);
    },
    'holder-terminated': async (world) => {
      const line = await startQueue(world, { graceSeconds: 1, checkHolderSeconds: 1 });
      const [first, next] = [await line.startMember(111), await line.startMember(112)];
      const { workflowId, runId } = await line.queue.describe();
      await line.join(first, next);
      const holder = await line.nextHolder();
      await first.handle.terminate();
      await line.nextHolder(holder);
      await line.stop();
      return world.client.workflow.getHandle(workflowId, runId);
    },
    'continued-as-new': async (world) => {
      const line = await startQueue(world, { graceSeconds: 0, maxHistoryLength: 20 });
      const members = await Promise.all([121, 122].map((issue) => line.startMember(issue)));
      const { workflowId, runId } = await line.queue.describe();
      await line.join(...members);
      await line.passTurns(members.length);
      await line.stop();
      return world.client.workflow.getHandle(workflowId, runId);
    },
  },
  'promotion-sweep': {
    quiet: sweep(workflowTypes.promotionSweep, () => {}),
    orphans: sweep(workflowTypes.promotionSweep, (world, stubs) => {
      if (world.ticket) world.ticket = { ...world.ticket, status: 'inProgress' };
      stubs.jira.findTickets = async () => [orphan, { ...orphan, issueId: '10', key: 'DEVOPS-10' }];
      stubs.temporal.findOrphans = async ({ tickets }) => tickets;
      world.on['assign:on-call'] = () => {
        world.on['assign:on-call'] = undefined;
        throw createFailure('Conflict', 'edited meanwhile');
      };
    }),
  },
  'instance-sweep': {
    quiet: sweep(workflowTypes.instanceSweep, () => {}),
    leftovers: sweep(workflowTypes.instanceSweep, (world, stubs) => {
      const ids = ['i-1', 'i-2', 'i-3'];
      stubs['aws-promotion'].listOwnInstances = async () =>
        ids.map((instanceId) => ({ ...instance, instanceId, runId: instanceId }));
      stubs.temporal.describeRun = async ({ runId }) => (runId === 'i-1' ? 'running' : 'closed');
      world.on['terminateInstance'] = (instanceId: string) => {
        if (instanceId === 'i-2') throw createFailure('PermissionDenied', 'UnauthorizedOperation');
      };
    }),
  },
  notice: {
    delivered: notice(() => {}),
    'parked-and-refused': notice((world, _, handle) => {
      world.on['postNotice'] = () => {
        // the run parks first: a word that comes before that counts for nothing
        setTimeout(() => void handle().signal('resume', null), 1000);
        world.on['postNotice'] = () => {
          world.on['postNotice'] = undefined;
          throw createFailure('NotFound', 'channel_not_found');
        };
        throw createFailure('CredentialRejected', 'token_revoked');
      };
    }),
  },
};
