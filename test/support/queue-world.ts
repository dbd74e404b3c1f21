import { setTimeout as pause } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { createTemporalPort } from '../../activities/temporal/client.ts';
import { createJudges } from '../../activities/temporal/judges.ts';
import type { TemporalPort } from '../../activities/temporal/port.ts';
import { line, release } from '../../workflows/promotion-queue/messages.ts';
import type {
  EnqueueRequest,
  QueueHolder,
  QueueInput,
  QueueState,
} from '../../workflows/promotion-queue/messages.ts';
import { agentPromotionId, promotionQueueId, workflowTypes } from '../../workflows/shared/names.ts';
import { createPromotionWorld } from './promotion-world.ts';
import { leadsConfig } from './leads.ts';
import { createSigner, type Signer } from './signed-decisions.ts';
import { registerStubs } from './stub-activities.ts';
import { testQueue } from './stub-workers.ts';

/** Temporal's time-skipping or its real server. */
export interface TrackingWorld {
  readonly client: Client;
  track<H extends WorkflowHandle>(handle: H): H;
}

/** A run in line as the queue sees it: its id, whether it lives, and the signals it gets. */
export interface LineMember {
  readonly request: EnqueueRequest;
  readonly handle: WorkflowHandle;
}

export interface QueueWorld {
  /** Whose signature the workers know. */
  readonly signer: Signer;
  /** Calls Temporal as the worker's own activities do; a test may replace a verb of it. */
  readonly port: TemporalPort;
  readonly queue: WorkflowHandle;
  startMember(issue: number, changes?: Partial<EnqueueRequest>): Promise<LineMember>;
  /** Joins one after the other. */
  join(...members: readonly LineMember[]): Promise<void>;
  release(member: LineMember): Promise<void>;
  readLine(): Promise<QueueState>;
  /** Who holds the turn, as soon as it is somebody else than `before`. */
  nextHolder(before?: QueueHolder): Promise<QueueHolder>;
  /** Each holder gives its turn back at once. @returns the holders in their order */
  passTurns(count: number): Promise<readonly QueueHolder[]>;
  /** By cancelling: the test server stops skipping time when a run is terminated within a workflow task. */
  stop(): Promise<void>;
}

/** The one queue, with real calls of Temporal in place of its activities. It runs for ever: `stop` it. */
export async function startQueue(
  temporal: TrackingWorld,
  input: QueueInput = {},
  config = leadsConfig,
): Promise<QueueWorld> {
  const { client } = temporal;
  const signer = createSigner();
  const port = createTemporalPort({
    client,
    taskQueue: testQueue,
    startPromotion: async () => false,
    freeze: config.freeze,
    judges: createJudges({ config, keys: signer.keys, now: Date.now }),
  });
  registerStubs(promotionQueueId, { ...createPromotionWorld().stubs, temporal: port });
  const started = await client.workflow.start(workflowTypes.promotionQueue, {
    workflowId: promotionQueueId,
    taskQueue: testQueue,
    args: [input],
  });
  temporal.track(client.workflow.getHandle(promotionQueueId, started.firstExecutionRunId));
  const queue = client.workflow.getHandle(promotionQueueId);
  return {
    signer,
    port,
    queue,
    startMember: (issue, changes = {}) => startMember(temporal, issue, changes),
    async join(...members) {
      for (const { request } of members) await port.joinQueue(request);
    },
    release: ({ request: { workflowId, runId } }) => queue.signal('release', { workflowId, runId }),
    readLine: () => queue.query(line),
    nextHolder: (before) => nextHolder(queue, before),
    async passTurns(count) {
      const turns: QueueHolder[] = [];
      while (turns.length < count) {
        const holder = await nextHolder(queue, turns.at(-1));
        turns.push(holder);
        await queue.signal(release, holder);
      }
      return turns;
    },
    async stop() {
      await queue.cancel();
      await queue.result().catch(() => undefined);
    },
  };
}

async function nextHolder(queue: WorkflowHandle, before: QueueHolder | undefined): Promise<QueueHolder> {
  for (;;) {
    const { holder } = await queue.query(line);
    if (holder && holder.token !== before?.token) return holder;
    // the real server answers only so many queries a second
    await pause(20);
  }
}

/** Any run that idles will do; an idle queue under a promotion's id is one that is in the bundle anyway. */
async function startMember(
  { client }: TrackingWorld,
  issue: number,
  changes: Partial<EnqueueRequest>,
): Promise<LineMember> {
  const handle = await client.workflow.start(workflowTypes.promotionQueue, {
    workflowId: agentPromotionId('main', String(issue)),
    taskQueue: testQueue,
    args: [{}],
  });
  const { workflowId, firstExecutionRunId: runId } = handle;
  const request: EnqueueRequest = {
    workflowId,
    runId,
    round: '0',
    ticket: `DEVOPS-${issue}`,
    priority: 0,
    enteredAt: '2026-11-22T10:00:00.000Z',
    ...changes,
  };
  return { request, handle: client.workflow.getHandle(workflowId, runId) };
}

/** Names of the signals that a run got, in their order. */
export async function signalsOf({ handle }: LineMember): Promise<readonly string[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap((event) => event.workflowExecutionSignaledEventAttributes?.signalName ?? []);
}
