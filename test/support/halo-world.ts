import type { Client, WorkflowHandle } from '@temporalio/client';
import { askForPass, createHaloCalls } from '../../activities/temporal/halo-calls.ts';
import { createTemporalStarter } from '../../activities/temporal/temporal-starter.ts';
import { requests, type DecisionClaims, type RequestView } from '../../workflows/approval/messages.ts';
import {
  findings,
  type FindingPolicy,
  type HaloSyncInput,
  type HaloSyncView,
  type PageInput,
  type PageResult,
  type PassKind,
} from '../../workflows/halo-sync/messages.ts';
import { haloScheduleId, haloSyncId, workflowTypes } from '../../workflows/shared/names.ts';
import { say } from './approval-answers.ts';
import { eventually } from './approval-world.ts';
import { findingPolicy, pageResult } from './halo-pages.ts';
import { createPromotionWorld, type PromotionWorld } from './promotion-world.ts';
import { registerStubs, type Stubs } from './stub-activities.ts';
import { testQueue } from './stub-workers.ts';

export interface HaloWorld {
  readonly handle: WorkflowHandle;
  readonly vendors: PromotionWorld;
  /** Every page that was asked for. */
  readonly pages: PageInput[];
  /** What a page answers, or throws. Empty at first. */
  answer: (page: PageInput) => PageResult | Promise<PageResult>;
  ask(requestId: string, kind?: PassKind, part?: { since?: string; policy?: FindingPolicy }): Promise<void>;
  view(): Promise<HaloSyncView>;
  /** As soon as the view is so. */
  until<T>(look: (view: HaloSyncView) => T | undefined | false): Promise<T>;
  /** As soon as the pass of this request has ended. */
  ended(requestId: string): Promise<HaloSyncView['reports'][number]>;
  openRequest(): Promise<RequestView>;
  say(view: RequestView, part?: Partial<DecisionClaims>): Promise<void>;
  stop(): Promise<void>;
}

/** `haloSync` over a source that a test writes; the first request starts it, as in production. It runs for ever: `stop` it. */
export function createHaloWorld(
  client: Client,
  options: { readonly source?: string; readonly input?: Partial<HaloSyncInput> } = {},
): HaloWorld {
  const { source = 'halo', input } = options;
  const workflowId = haloSyncId(source);
  const { world: vendors, stubs } = createPromotionWorld();
  const handle = client.workflow.getHandle(workflowId);
  const starter = createTemporalStarter(client);
  const own = (policy: FindingPolicy): FindingPolicy => ({ ...policy, source });
  const calls = createHaloCalls({
    client,
    taskQueue: testQueue,
    toFindingPolicy: (name) => (name === source ? own(findingPolicy) : undefined),
  });
  const world: HaloWorld = {
    handle,
    vendors,
    pages: [],
    answer: () => pageResult(),
    async ask(requestId, kind = 'pass', part = {}) {
      const { since = null, policy = findingPolicy } = part;
      const request = { kind, since, requestId, policy: own(policy) };
      if (input)
        await client.workflow
          .start(workflowTypes.haloSync, {
            ...{ workflowId, taskQueue: testQueue, args: [{ policy: own(policy), ...input }] },
            workflowIdConflictPolicy: 'USE_EXISTING',
          })
          .then(() => undefined);
      await askForPass(starter, testQueue, request);
    },
    view: () => handle.query(findings),
    until: (look) => eventually(async () => look(await world.view()) || undefined),
    ended: (requestId) =>
      world.until(({ reports }) =>
        reports.find((report) => report.requestId === requestId && report.endedAt !== null),
      ),
    openRequest: () =>
      eventually(async () => (await handle.query(requests)).find(({ state }) => state === 'open')),
    say: (view, part) => say(handle, view, part),
    async stop() {
      await handle.cancel();
      await handle.result().catch(() => undefined);
    },
  };
  const haloStubs: Stubs = {
    ...stubs,
    temporal: { ...stubs.temporal, ...calls },
    halo: {
      async syncPage(page) {
        world.pages.push(page);
        return world.answer(page);
      },
    },
  };
  registerStubs(workflowId, haloStubs);
  registerStubs(haloScheduleId(source, 'dry-run'), haloStubs);
  return world;
}
