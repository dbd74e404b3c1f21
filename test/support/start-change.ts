import type { WorkflowHandle } from '@temporalio/client';
import { waitUntil } from '../../scripts/wait-until.ts';
import type { RequestView } from '../../workflows/approval/messages.ts';
import {
  beginDeploy,
  gate,
  type ChangePolicy,
  type ChangeRequest,
  type GateView,
} from '../../workflows/change-approval/messages.ts';
import type { changeApproval } from '../../workflows/change-approval/workflow.ts';
import { changeApprovalId } from '../../workflows/shared/names.ts';
import { say } from './approval-answers.ts';
import { changePolicy, changeRequest, createChangeWorld, sha, type ChangeWorld } from './change-world.ts';
import { registerStubs } from './stub-activities.ts';
import { testQueue, type TimeSkippingWorld } from './time-skipping.ts';

let count = 5_000;

interface Part {
  readonly request?: Partial<ChangeRequest>;
  readonly policy?: Partial<ChangePolicy>;
}
type Prepare = (world: ChangeWorld, handle: () => WorkflowHandle) => void;

/** One running change in a world of its own. */
export type StartedChange = Awaited<ReturnType<typeof startChange>>;
export type StartChange = (part?: Part, prepare?: Prepare) => Promise<StartedChange>;

export async function startChange(temporal: TimeSkippingWorld, part: Part = {}, prepare: Prepare = () => {}) {
  const build = String((count += 1));
  const request = { ...changeRequest, build, pipelineId: Number(build), ...part.request };
  const { world, stubs } = createChangeWorld(request);
  const workflowId = changeApprovalId(request);
  registerStubs(workflowId, stubs);
  prepare(world, () => temporal.client.workflow.getHandle(workflowId));
  const handle = temporal.track(
    await temporal.client.workflow.start<typeof changeApproval>('changeApproval', {
      workflowId,
      taskQueue: testQueue,
      args: [{ request, policy: { ...changePolicy, ...part.policy } }],
    }),
  );
  const view = () => handle.query<GateView, []>(gate);
  const until = (what: string, is: (view: GateView) => boolean) =>
    waitUntil(what, 20_000, async () => {
      const now = await view();
      return is(now) ? now : undefined;
    });
  return {
    ...{ world, handle, view, until, request },
    inState: (state: GateView['state']) => until(`the state ${state}`, (now) => now.state === state),
    asked: (kind: RequestView['evidence']['kind'] = 'change') =>
      waitUntil(`the request ${kind}`, 20_000, () => {
        const mine = world.shown.filter((one) => one.workflowId === workflowId && one.evidence.kind === kind);
        const last = mine.at(-1);
        return Promise.resolve(last?.state === 'open' ? last : undefined);
      }),
    async begin(attempt: string, differing: Partial<ChangeRequest> = {}) {
      const { buildJob, branch } = request;
      await handle.signal(beginDeploy, { attempt, buildJob, build, branch, sha, ...differing });
      return until(`an answer to ${attempt}`, ({ attempts }) =>
        attempts.some((one) => one.attempt === attempt),
      );
    },
    moved: () =>
      world.calls.filter((call) => call.startsWith('moveChange:') || call.startsWith('approveChange:')),
  };
}

export async function approve(change: StartedChange) {
  await say(change.handle, await change.asked());
  await change.inState('approved');
}
