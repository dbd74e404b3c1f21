import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { Duration, Workflow, WorkflowResultType } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  DefaultLogger,
  Worker,
  bundleWorkflowCode,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { createDecisionsActivities } from '../../activities/decisions/activities.ts';
import type { Question } from '../../workflows/approval/approvals.ts';
import { decide, decision, requests } from '../../workflows/approval/messages.ts';
import type { DecisionAnswer, DecisionClaims, RequestView } from '../../workflows/approval/messages.ts';
import type { ReviewInput } from '../../workflows/approval/review.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { systemQueue } from '../../workflows/shared/names.ts';
import { claimsFor } from './approval-answers.ts';
import { toQuestion } from './approval-question.ts';
import { createApprovalVendors, type ApprovalVendors } from './approval-vendors.ts';
import type { AskInput, AskState, Order, askPeople, overrideReview } from './approval-workflow.ts';
import { createPromotionWorld } from './promotion-world.ts';
import { quietRuntime } from './quiet-runtime.ts';
import { createSigner, type Signer } from './signed-decisions.ts';
import { registerStubs, stubbedActivities } from './stub-activities.ts';
import { startTimeSkippingServer } from './time-skipping-server.ts';
import { addSearchAttributes } from './time-skipping.ts';
import { TrackedRuns } from './tracked-runs.ts';
import { payloadConverterPath } from './workflow-bundle.ts';

const taskQueue = 'approval-tests';
const here = path.dirname(fileURLToPath(import.meta.url));
let bundle: Promise<WorkflowBundleWithSourceMap> | undefined;

function approvalBundle(): Promise<WorkflowBundleWithSourceMap> {
  bundle ??= bundleWorkflowCode({
    workflowsPath: path.join(here, 'approval-workflow.ts'),
    payloadConverterPath,
    logger: new DefaultLogger('WARN'),
  });
  return bundle;
}

/** One run that asks people, and everything around it. */
export interface AskedRun<W extends Workflow = typeof askPeople> {
  readonly handle: WorkflowHandle<W>;
  readonly vendors: ApprovalVendors;
  /** Signs what somebody says about the request as it is shown now, and sends it. */
  say(part?: Partial<DecisionClaims>, view?: RequestView): Promise<DecisionClaims>;
  send(envelope: unknown): Promise<void>;
  /** What became of it, as soon as it is known. */
  answerTo(claims: Pick<DecisionClaims, 'jti'>): Promise<DecisionAnswer>;
  view(at?: number): Promise<RequestView>;
  state(): Promise<AskState>;
  order(what: Order): Promise<void>;
  /** Skips time. */
  result(): Promise<WorkflowResultType<W>>;
}

export interface ApprovalWorld {
  readonly client: Client;
  readonly env: TestWorkflowEnvironment;
  readonly signers: { readonly gateway: Signer; readonly jira: Signer };
  start(
    question?: Partial<Question>,
    input?: Partial<AskInput>,
    prepare?: (vendors: ApprovalVendors) => void,
  ): Promise<AskedRun>;
  /** @param input left out: a run of that id is started by somebody else */
  startReview(workflowId: string, input?: ReviewInput): Promise<AskedRun<typeof overrideReview>>;
  /** Seconds since 1970, on the server's clock. */
  now(): Promise<number>;
  sleep(duration: Duration): Promise<void>;
  stopWorker(): Promise<void>;
  startWorker(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Temporal's time-skipping server, real signatures and stubbed vendors.
 * @param options.restarts the worker may be stopped and started; it replays the run for every task then
 */
export async function startApprovalWorld(options: { restarts?: boolean } = {}): Promise<ApprovalWorld> {
  quietRuntime();
  const env = await startTimeSkippingServer();
  await addSearchAttributes(env);
  const runs = new TrackedRuns(approvalBundle);
  const signers = { gateway: createSigner(), jira: createSigner('jira-queue', ['jira']) };
  let count = 0;
  let latest = 0;
  const now = async () => {
    latest = Math.max(latest, Math.floor((await env.currentTimeMs()) / 1000));
    return latest;
  };
  const decisions = createDecisionsActivities({
    keys: {
      find: async (kid) => (await signers.gateway.keys.find(kid)) ?? (await signers.jira.keys.find(kid)),
    },
    namespace: 'default',
    // the server's clock as the last signer knew it: verifying may not be before signing
    now: () => latest * 1000,
  });
  const vendorWorkers = await Promise.all((['slack', 'jira'] as const).map((system) => createWorker(system)));
  const vendorsRunning = vendorWorkers.map((worker) => worker.run());
  let current = await runWorker();

  function createWorker(system: 'slack' | 'jira') {
    return Worker.create({
      connection: env.nativeConnection,
      taskQueue: systemQueue(taskQueue, system),
      dataConverter: { payloadConverterPath },
      activities: stubbedActivities(system),
    });
  }

  async function runWorker() {
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue,
      dataConverter: { payloadConverterPath },
      workflowBundle: await approvalBundle(),
      // this server asks a stopped worker for ever when it still holds the run
      ...(options.restarts ? { maxCachedWorkflows: 0 } : {}),
      activities: { ...stubbedActivities('temporal'), ...decisions },
    });
    return { worker, running: worker.run() };
  }

  async function stopWorker() {
    current.worker.shutdown();
    await current.running;
  }

  function register(workflowId: string, vendors: ApprovalVendors) {
    const { stubs } = createPromotionWorld();
    registerStubs(workflowId, {
      ...stubs,
      slack: { ...stubs.slack, ...vendors.slack.port },
      jira: { ...stubs.jira, ...vendors.jira.port },
      temporal: { ...stubs.temporal, findOverdueReviews: () => findOverdue(vendors) },
    });
  }

  async function start(
    question: Partial<Question> = {},
    input: Partial<AskInput> = {},
    prepare: (vendors: ApprovalVendors) => void = () => {},
  ): Promise<AskedRun> {
    const workflowId = `asks:${(count += 1)}`;
    const vendors = createApprovalVendors();
    prepare(vendors);
    register(workflowId, vendors);
    const questions = [toQuestion(question)];
    const options = { workflowId, taskQueue, args: [{ questions, ...input }] as [AskInput] };
    const handle = runs.track(await env.client.workflow.start<typeof askPeople>('askPeople', options));
    return toRun(handle, vendors);
  }

  async function startReview(
    workflowId: string,
    input?: ReviewInput,
  ): Promise<AskedRun<typeof overrideReview>> {
    const vendors = createApprovalVendors();
    register(workflowId, vendors);
    const options = { workflowId, taskQueue };
    const handle = input
      ? await env.client.workflow.start<typeof overrideReview>('overrideReview', {
          ...options,
          args: [input],
        })
      : env.client.workflow.getHandle<typeof overrideReview>(workflowId);
    return toRun(runs.track(handle), vendors);
  }

  function toRun<W extends Workflow>(handle: WorkflowHandle<W>, vendors: ApprovalVendors): AskedRun<W> {
    const view = (at = 0) =>
      eventually(async () => (await handle.query<readonly RequestView[]>(requests.name))[at]);
    const send = (envelope: unknown) => handle.signal(decide, { envelope });
    return {
      handle,
      vendors,
      view,
      send,
      async say(part = {}, shown) {
        const iat = part.iat ?? (await now());
        const claims = claimsFor(shown ?? (await view()), { iat, exp: iat + 90 * 86_400, ...part });
        const signer = claims.via === 'jira' ? signers.jira : signers.gateway;
        await send(await signer.sign(claims));
        return claims;
      },
      answerTo: ({ jti }) =>
        eventually(async () => {
          const answer = await handle.query<DecisionAnswer, [string]>(decision.name, jti);
          return answer.state === 'pending' ? undefined : answer;
        }),
      state: () => handle.query<AskState>('state'),
      order: (what) => handle.signal('order', what),
      result: () => handle.result(),
    };
  }

  return {
    client: env.client,
    env,
    signers,
    start,
    startReview,
    now,
    async sleep(duration) {
      await env.sleep(duration);
    },
    stopWorker,
    async startWorker() {
      current = await runWorker();
    },
    async stop() {
      const replay = await runs.fetchHistories().finally(async () => {
        await stopWorker();
        for (const worker of vendorWorkers) worker.shutdown();
        await Promise.all(vendorsRunning);
        await env.teardown();
      });
      await replay();
    },
  };
}

/** Asks again and again; the server’s time goes on as ours does meanwhile. */
export async function eventually<T>(read: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (let tries = 0; tries < 1_500; tries += 1) {
    const found = await read();
    if (found !== undefined) return found;
    await pause(10);
  }
  throw new Error('it did not happen');
}

async function findOverdue({ overdue }: ApprovalVendors): Promise<readonly string[]> {
  if (overdue) return overdue;
  throw createFailure('PermissionDenied', 'no list of runs');
}
