import type { WorkflowHandle } from '@temporalio/client';
import { waitUntil } from '../../scripts/wait-until.ts';
import { requests, type RequestView } from '../../workflows/approval/messages.ts';
import {
  beginDeploy,
  deployEnded,
  gate,
  planReported,
  ticketChanged,
  type ChangePolicy,
  type GateState,
  type GateView,
} from '../../workflows/change-approval/messages.ts';
import { changeApprovalId, workflowTypes } from '../../workflows/shared/names.ts';
import { say } from '../support/approval-answers.ts';
import {
  changePolicy,
  changeRequest,
  createChangeWorld,
  sha,
  type ChangeWorld,
} from '../support/change-world.ts';
import { registerStubs, type Stubs } from '../support/stub-activities.ts';
import { testQueue } from '../support/stub-workers.ts';
import type { Scenario } from './scenario.ts';

/** Stories of changes and of the passes that tell them something. */

interface Story {
  readonly handle: WorkflowHandle;
  readonly world: ChangeWorld;
  readonly inState: (state: GateState) => Promise<void>;
  readonly open: (kind: RequestView['evidence']['kind']) => Promise<RequestView>;
  readonly begin: (attempt: string) => Promise<void>;
}

let played = 9_000;

function change(rules: Partial<ChangePolicy>, story: (story: Story) => Promise<void>): Scenario {
  return async ({ client }) => {
    const build = String((played += 1));
    const request = { ...changeRequest, build, pipelineId: Number(build) };
    const { world, stubs } = createChangeWorld(request);
    const workflowId = changeApprovalId(request);
    registerStubs(workflowId, stubs);
    const handle = await client.workflow.start(workflowTypes.changeApproval, {
      workflowId,
      taskQueue: testQueue,
      args: [{ request, policy: { ...changePolicy, ...rules } }],
    });
    const { buildJob, branch } = request;
    await story({
      handle,
      world,
      inState: (state) =>
        waitUntil(
          state,
          20_000,
          async () => (await handle.query<GateView, []>(gate)).state === state || undefined,
        ).then(() => undefined),
      open: (kind) =>
        waitUntil(`an open request ${kind}`, 20_000, async () =>
          (await handle.query(requests)).findLast(
            (one) => one.state === 'open' && one.evidence.kind === kind,
          ),
        ),
      begin: (attempt) => handle.signal(beginDeploy, { attempt, buildJob, build, branch, sha }),
    });
    await handle.result();
    return handle;
  };
}

const report = {
  digest: '1'.repeat(64),
  fileDigest: '2'.repeat(64),
  formatVersion: '1.2',
  terraformVersion: '1.9.0',
  risky: true,
  counts: { create: 0, update: 0, delete: 1, replace: 0, other: 0, unchanged: 3 },
  reasons: [{ address: 'aws_iam_role.app', attribute: null, rule: 'delete', reason: 'it is deleted' }],
  moreReasons: 0,
};

export const changeScenarios: Readonly<Record<string, Scenario>> = {
  'approved-and-deployed': change({}, async ({ handle, open, inState, begin }) => {
    await say(handle, await open('change'));
    await inState('approved');
    await begin('one');
    await inState('deploying');
    await handle.signal(deployEnded, { result: 'success' });
  }),
  'risky-plan-and-failed-deploy': change(
    { autoApprove: true },
    async ({ handle, world, open, inState, begin }) => {
      await inState('approved');
      await handle.signal(planReported, { report });
      await say(handle, await open('change-plan'), { principal: 'sue' });
      await inState('approved');
      await begin('one');
      await inState('deploying');
      await handle.signal(deployEnded, { result: 'failure' });
      await inState('deploy-failed');
      await waitUntil('the failed ticket', 20_000, () =>
        Promise.resolve(world.ticket?.status === 'deployFailed' || undefined),
      );
      world.edit({ status: 'canceled', statusName: 'Canceled', movedBy: 'dev' });
      await waitUntil('the end', 20_000, async () => {
        await handle
          .signal(ticketChanged, { deliveryId: `d${(played += 1)}`, event: 'updated' })
          .catch(() => undefined);
        return (await handle.describe()).status.name !== 'RUNNING' || undefined;
      });
    },
  ),
  rejected: change({}, async ({ handle, open }) => {
    await say(handle, await open('change'), { verb: 'reject', reason: 'not today' });
  }),
};

function pass(type: string, input: unknown, prepare: (stubs: Stubs) => Stubs = (stubs) => stubs): Scenario {
  return async ({ client }) => {
    const workflowId = `${type}-${(played += 1)}`;
    const { world, stubs } = createChangeWorld();
    await stubs.jira.createChange?.({
      ...{ site: 'main', key: 'k', workflowId, build: changeRequest, details: { summary: 's' }, body: [] },
    });
    world.calls.length = 0;
    registerStubs(workflowId, prepare(stubs));
    const handle = await client.workflow.start(type, { workflowId, taskQueue: testQueue, args: [input] });
    await handle.result();
    return handle;
  };
}

const gone = (stubs: Stubs): Stubs => {
  const { stubs: empty } = createChangeWorld();
  return { ...stubs, jira: empty.jira };
};
const sweep = { site: 'main', changedWithinMinutes: 15 };
const check = { project: 'shop/web', mergeRequest: 7, sha, checkId: 3 };
const found = [
  { issueId: '1', key: 'PRODCM-1', workflowId: null, status: 'waiting' as const, build: changeRequest },
];

export const changePassScenarios: Readonly<Record<string, Readonly<Record<string, Scenario>>>> = {
  'change-sweep': {
    quiet: pass(workflowTypes.changeSweep, sweep),
    'a-ticket-changed': pass(workflowTypes.changeSweep, sweep, (stubs) => ({
      ...stubs,
      jira: { ...stubs.jira, findChanges: () => Promise.resolve(found) },
    })),
  },
  'change-intake': {
    told: pass(workflowTypes.changeIntake, { site: 'main', issueId: '10100' }),
    gone: pass(workflowTypes.changeIntake, { site: 'main', issueId: '10100' }, gone),
  },
  'code-intake': {
    told: pass(workflowTypes.codeIntake, { project: 'shop/web', event: 'pipeline' }),
    'nobody-listens': pass(workflowTypes.codeIntake, { project: 'shop/other', event: 'merge_request' }),
  },
  'status-check': {
    'not-passed': pass(workflowTypes.answerStatusCheck, check),
    passed: pass(workflowTypes.answerStatusCheck, check, (stubs) => ({
      ...stubs,
      temporal: { ...stubs.temporal, findApprovedChange: () => Promise.resolve({ approved: true }) },
    })),
  },
};
