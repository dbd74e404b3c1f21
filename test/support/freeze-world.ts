import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { createDecisionsActivities } from '../../activities/decisions/activities.ts';
import { createTemporalPort } from '../../activities/temporal/client.ts';
import { createJudges } from '../../activities/temporal/judges.ts';
import type { TemporalPort } from '../../activities/temporal/port.ts';
import {
  decide,
  decision,
  requests,
  type DecisionAnswer,
  type DecisionClaims,
  type RequestView,
} from '../../workflows/approval/messages.ts';
import { holds, openWave, type FreezeInput, type Hold } from '../../workflows/freeze/messages.ts';
import { freezeId, workflowTypes } from '../../workflows/shared/names.ts';
import { claimsFor } from './approval-answers.ts';
import { createPromotionWorld, type PromotionWorld } from './promotion-world.ts';
import { leadsConfig, leadsPolicy } from './leads.ts';
import type { TrackingWorld } from './queue-world.ts';
import { claimsTo, createSigner, type Signer } from './signed-decisions.ts';
import { registerStubs, type Stubs } from './stub-activities.ts';
import { testQueue } from './stub-workers.ts';

export interface FreezeWorld {
  readonly port: TemporalPort;
  readonly handle: WorkflowHandle;
  readonly signer: Signer;
  /** What Slack was asked for. */
  readonly vendors: PromotionWorld;
  /** Sets a hold and waits for the answer. */
  hold(part?: Partial<DecisionClaims>): Promise<DecisionAnswer>;
  /** Answers a request and waits for what became of it. */
  say(view: RequestView, part?: Partial<DecisionClaims>): Promise<DecisionAnswer>;
  send(claims: DecisionClaims, signer?: Signer): Promise<void>;
  answerTo(claims: DecisionClaims): Promise<DecisionAnswer>;
  /** What somebody says to `freeze` now. */
  claims(part?: Partial<DecisionClaims>): Promise<DecisionClaims>;
  readHolds(): Promise<readonly Hold[]>;
  /** Waits until nothing is held. */
  lifted(): Promise<void>;
  readRequests(): Promise<readonly RequestView[]>;
  /** The one request that is open, as soon as there is one. */
  openRequest(): Promise<RequestView>;
  openWave(
    wave: string,
    runId?: string,
    part?: { overrideRequestId?: string },
  ): ReturnType<TemporalPort['openWave']>;
  stop(): Promise<void>;
}

/** A run that asks; the server takes ids of this form only. */
export const someRun = '00000000-0000-4000-8000-000000000001';

/** `freeze` with real keys, a real queue of decisions and stubbed vendors. It runs for ever: `stop` it. */
export async function startFreeze(
  temporal: TrackingWorld & { readonly now?: () => Promise<number> },
  input: Partial<FreezeInput> = {},
  own: Partial<Stubs> = {},
): Promise<FreezeWorld> {
  const { client } = temporal;
  const signer = createSigner();
  const timeOf = temporal.now ?? (() => Promise.resolve(Date.now()));
  let skippedTo = 0;
  const now = () => Math.max(Date.now(), skippedTo);
  const port = createTemporalPort({
    client,
    taskQueue: testQueue,
    startPromotion: async () => false,
    freeze: leadsConfig.freeze,
    judges: createJudges({ config: leadsConfig, keys: signer.keys, now }),
  });
  const decisions = createDecisionsActivities({ keys: signer.keys, namespace: 'default', now });
  const { world: vendors, stubs } = createPromotionWorld();
  registerStubs(freezeId, { ...stubs, temporal: port, decisions, ...own });
  const started = await client.workflow.start(workflowTypes.freeze, {
    workflowId: freezeId,
    taskQueue: testQueue,
    args: [{ policy: leadsPolicy, runLinkBase: 'http://ui.example/', ...input }],
  });
  temporal.track(client.workflow.getHandle(freezeId, started.firstExecutionRunId));
  const handle = client.workflow.getHandle(freezeId);

  async function send(claims: DecisionClaims, by = signer) {
    skippedTo = await timeOf();
    await handle.signal(decide, { envelope: await by.sign(claims) });
  }
  async function answerTo({ jti }: DecisionClaims): Promise<DecisionAnswer> {
    for (;;) {
      const answer = await handle.query(decision, jti);
      if (answer.state !== 'pending') return answer;
      await pause(20);
    }
  }
  async function settle(claims: DecisionClaims) {
    await send(claims);
    return answerTo(claims);
  }
  const nowSeconds = async () => Math.floor((await timeOf()) / 1000);
  const claims = async (part: Partial<DecisionClaims> = {}) =>
    claimsTo(freezeId, { iat: await nowSeconds(), ...part });
  const readHolds = () => handle.query(holds);
  const readRequests = () => handle.query(requests);
  return {
    port,
    handle,
    signer,
    vendors,
    send,
    answerTo,
    readRequests,
    claims,
    readHolds,
    async lifted() {
      while ((await readHolds()).length > 0) await pause(20);
    },
    hold: async (part) => settle(await claims(part)),
    say: async (view, part = {}) =>
      settle(claimsFor(view, { iat: await nowSeconds(), principal: 'lee', groups: ['leads'], ...part })),
    async openRequest() {
      for (;;) {
        const open = (await readRequests()).find(({ state }) => state === 'open');
        if (open) return open;
        await pause(20);
      }
    },
    openWave: (wave, runId = someRun, part = {}) =>
      handle.executeUpdate(openWave, {
        args: [{ workflowId: 'agent-promotion:main:1', runId, wave, ...part }],
      }),
    async stop() {
      await handle.cancel();
      await handle.result().catch(() => undefined);
    },
  };
}
