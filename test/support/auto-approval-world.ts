import type { WorkflowHandle } from '@temporalio/client';
import { createDecisionsActivities } from '../../activities/decisions/activities.ts';
import { createTemporalPort } from '../../activities/temporal/client.ts';
import { createJudges, type JudgeOptions } from '../../activities/temporal/judges.ts';
import type { TemporalPort } from '../../activities/temporal/port.ts';
import { toApprovalPolicy } from '../../config/approval-policy.ts';
import { ConfigFile } from '../../config/schema.ts';
import { decide, decision, requests } from '../../workflows/approval/messages.ts';
import type { DecisionAnswer, DecisionClaims, RequestView } from '../../workflows/approval/messages.ts';
import { autoApproval } from '../../workflows/auto-approval/messages.ts';
import type { AutoApprovalInput, AutoApprovalView } from '../../workflows/auto-approval/messages.ts';
import { autoApprovalId, workflowTypes } from '../../workflows/shared/names.ts';
import { claimsFor } from './approval-answers.ts';
import { eventually } from './approval-world.ts';
import { leadsConfig } from './leads.ts';
import { createPromotionWorld, type PromotionWorld } from './promotion-world.ts';
import type { TrackingWorld } from './queue-world.ts';
import { createSigner, type Signer } from './signed-decisions.ts';
import { registerStubs } from './stub-activities.ts';
import { testQueue } from './stub-workers.ts';

const change = ConfigFile.shape.processes.shape.change.parse({
  site: 'main',
  project: 'PRODCM',
  issueType: 'Change Request',
  environments: { production: 'standard' },
  policies: { standard: { version: 1, approval: 'leads' } },
  inspection: { version: 1, approval: 'leads', switchOnApproval: 'leads' },
});

/** Members of `leads` may switch it on. */
export const switchOnConfig: JudgeOptions['config'] = {
  ...leadsConfig,
  processes: { ...leadsConfig.processes, change },
};
export const switchOnPolicy = toApprovalPolicy(switchOnConfig, 'leads');

export interface AutoApprovalWorld {
  readonly port: TemporalPort;
  readonly handle: WorkflowHandle;
  readonly signer: Signer;
  readonly vendors: PromotionWorld;
  switchOff(reason: string, approval?: unknown): Promise<void>;
  view(): Promise<AutoApprovalView>;
  /** As soon as it is so. */
  becomes(on: boolean): Promise<AutoApprovalView>;
  readRequests(): Promise<readonly RequestView[]>;
  /** The one that is open, as soon as there is one. */
  openRequest(): Promise<RequestView>;
  say(view: RequestView, part?: Partial<DecisionClaims>, by?: Signer): Promise<DecisionAnswer>;
  stop(): Promise<void>;
}

/** `auto-approval` with real keys and stubbed vendors, as the first switching off starts it. It runs for ever: `stop` it. */
export async function startAutoApproval(
  temporal: TrackingWorld & { readonly now?: () => Promise<number> },
  options: { readonly input?: Partial<AutoApprovalInput>; readonly config?: JudgeOptions['config'] } = {},
): Promise<AutoApprovalWorld> {
  const { client } = temporal;
  const signer = createSigner();
  const timeOf = temporal.now ?? (() => Promise.resolve(Date.now()));
  let skippedTo = 0;
  const now = () => Math.max(Date.now(), skippedTo);
  const port = createTemporalPort({
    client,
    taskQueue: testQueue,
    runLinkBase: 'http://ui.example/',
    startPromotion: async () => false,
    judges: createJudges({ config: options.config ?? switchOnConfig, keys: signer.keys, now }),
  });
  const decisions = createDecisionsActivities({ keys: signer.keys, namespace: 'default', now });
  const { world: vendors, stubs } = createPromotionWorld();
  registerStubs(autoApprovalId, { ...stubs, temporal: port, decisions });
  const started = await client.workflow.start(workflowTypes.autoApproval, {
    workflowId: autoApprovalId,
    taskQueue: testQueue,
    args: [{ runLinkBase: 'http://ui.example/', ...options.input }],
  });
  temporal.track(client.workflow.getHandle(autoApprovalId, started.firstExecutionRunId));
  const handle = client.workflow.getHandle(autoApprovalId);
  const view = () => handle.query(autoApproval);
  const readRequests = () => handle.query(requests);
  return {
    port,
    handle,
    signer,
    vendors,
    view,
    readRequests,
    switchOff: (reason, approval = switchOnPolicy) =>
      port.switchAutoApprovalOff({ by: 'sue', reason, approval: approval as typeof switchOnPolicy }),
    becomes: (on) =>
      eventually(async () => {
        const seen = await view();
        return seen.on === on ? seen : undefined;
      }),
    openRequest: () => eventually(async () => (await readRequests()).find(({ state }) => state === 'open')),
    async say(shown, part = {}, by = signer) {
      skippedTo = await timeOf();
      const iat = Math.floor(skippedTo / 1000);
      const claims = claimsFor(shown, { iat, principal: 'lee', groups: ['leads'], ...part });
      await handle.signal(decide, { envelope: await by.sign(claims) });
      return eventually(async () => {
        const answer = await handle.query(decision, claims.jti);
        return answer.state === 'pending' ? undefined : answer;
      });
    },
    async stop() {
      await handle.cancel();
      await handle.result().catch(() => undefined);
    },
  };
}
