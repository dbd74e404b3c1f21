import { createDecisionsActivities } from '../../activities/decisions/activities.ts';
import type { AccountState } from '../../activities/s3/port.ts';
import { digestOf } from '../../config/canonical-json.ts';
import type { PublicJwk } from '../../config/signing-keys.ts';
import type { KeySource } from '../../activities/decisions/keys.ts';
import { sealBundle, type EvidenceBundle } from '../../starters/cli/evidence/bundle.ts';
import type { Check } from '../../starters/cli/evidence/check.ts';
import { verifyBundle } from '../../starters/cli/evidence/verify.ts';
import { parseBundle } from '../../starters/cli/evidence/bundle.ts';
import { exportEvidence } from '../../starters/cli/evidence.ts';
import { waitUntil } from '../../scripts/wait-until.ts';
import type { PromotionPolicy, WaveRules } from '../../workflows/agent-promotion/messages.ts';
import { decide, type DecisionClaims, type RequestView } from '../../workflows/approval/messages.ts';
import { agentPromotionId, workflowTypes } from '../../workflows/shared/names.ts';
import { approvalPolicy, claimsFor } from '../support/approval-answers.ts';
import { createPromotionWorld, policy, type PromotionWorld } from '../support/promotion-world.ts';
import { createSigner, type Signer } from '../support/signed-decisions.ts';
import { registerStubs, type Stubs } from '../support/stub-activities.ts';
import { testQueue, type TimeSkippingWorld } from '../support/time-skipping.ts';
import { createSessionDouble } from './session-double.ts';

/** ms since 1970, of the last word: the server skips time, and nobody verifies before somebody has signed. */
let latestMs = 0;

const signers = { gateway: createSigner(), jira: createSigner('jira-queue', ['jira']) };
const known: PublicJwk[] = [];
for (const kid of ['gateway-1', 'jira-queue'])
  for (const signer of Object.values(signers)) {
    const key = await signer.keys.find(kid);
    if (key) known.push(key);
  }
export const publicKeys = (): readonly PublicJwk[] => known;
const knownKeys: KeySource = {
  find: (kid) => Promise.resolve(known.find((key) => key.kid === kid)),
};

/** With the digest of what it says, as the configuration makes it. */
export function sealed<P extends { readonly digest: string }>({ digest: _digest, ...rules }: P): P {
  return { ...rules, digest: digestOf(rules) } as unknown as P;
}

export const wave = (accounts: readonly string[], part: Partial<WaveRules> = {}): WaveRules => ({
  ...{ accounts, approval: null, bakeMinutes: 0, probe: null, maxFailed: 0 },
  ...part,
});

export const approval = sealed({
  ...approvalPolicy,
  quorum: [
    { group: 'devops', count: 1 },
    { group: 'security', count: 1 },
  ],
});

export function signed(claims: DecisionClaims, signer?: Signer): Promise<string> {
  latestMs = Math.max(latestMs, claims.iat * 1000);
  return (signer ?? (claims.via === 'jira' ? signers.jira : signers.gateway)).sign(claims);
}

export interface EvidenceRun {
  readonly world: PromotionWorld;
  readonly workflowId: string;
  readonly handle: ReturnType<TimeSkippingWorld['client']['workflow']['getHandle']>;
  /** As it was shown last, once it was. */
  shown(is?: (view: RequestView) => boolean): Promise<RequestView>;
  say(view: RequestView, part: Partial<DecisionClaims>): Promise<string>;
  send(payload: unknown): Promise<void>;
  /** As the CLI writes it. */
  export(runId?: string): Promise<EvidenceBundle>;
}

let count = 90_000;

/** A promotion among stubbed vendors whose decisions carry real signatures. */
export function startEvidenceRun(
  temporal: TimeSkippingWorld,
  rules: Partial<PromotionPolicy> = {},
  prepare?: Prepare,
): Promise<EvidenceRun> {
  const input = { site: 'main', policy: policyWith(rules) };
  return startRun(
    temporal,
    workflowTypes.agentPromotion,
    (id) => agentPromotionId('main', id),
    input,
    prepare,
  );
}

export function policyWith(rules: Partial<PromotionPolicy> = {}): PromotionPolicy {
  return sealed({ ...policy, approval, waves: [wave(['prod-a']), wave(['prod-b'])], ...rules });
}

type Prepare = (world: PromotionWorld, stubs: Stubs) => void;

/** What a run of this id meets: stubbed vendors, and decisions that are really verified. */
export function stubRun(workflowId: string, issueId = '1', prepare: Prepare = () => {}): PromotionWorld {
  const { world, stubs } = createPromotionWorld({ issueId });
  const decisions = createDecisionsActivities({ keys: knownKeys, namespace: 'default', now: () => latestMs });
  prepare(world, stubs);
  registerStubs(workflowId, { ...stubs, decisions });
  return world;
}

export async function startRun(
  temporal: TimeSkippingWorld,
  type: string,
  idOf: (issueId: string) => string,
  input: object,
  prepare: Prepare = () => {},
): Promise<EvidenceRun> {
  const issueId = String((count += 1));
  const workflowId = idOf(issueId);
  const world = stubRun(workflowId, issueId, prepare);
  const handle = temporal.track(
    await temporal.client.workflow.start(type, {
      ...{ workflowId, taskQueue: testQueue, args: [{ ...input, issueId }] },
    }),
  );
  const send = (payload: unknown) => handle.signal(decide, payload);
  return {
    ...{ world, workflowId, handle, send },
    shown: (is = () => true) =>
      waitUntil('the request', 20_000, () => Promise.resolve(world.shown.findLast(is))),
    async say(view, part) {
      const envelope = await signed(claimsFor(view, part));
      await send({ envelope });
      return envelope;
    },
    export: (run) => exportRun(temporal, workflowId, run),
  };
}

export async function exportRun(
  { client }: TimeSkippingWorld,
  typed: string,
  run?: string,
): Promise<EvidenceBundle> {
  const written: string[] = [];
  const options = run === undefined ? {} : { run };
  await exportEvidence(sessionWith(client), typed, options, (text) => written.push(text));
  return parsed(written.join(''));
}

export function sessionWith(client: TimeSkippingWorld['client']) {
  const { session } = createSessionDouble();
  return { ...session, temporal: { ...session.temporal, client } };
}

export function parsed(text: string): EvidenceBundle {
  const found = parseBundle(text);
  if (!found) throw new Error('it is no evidence');
  return found.bundle;
}

/** What is wrong with it, sealed as it is now. */
export async function wrongsOf(
  bundle: EvidenceBundle,
  keys: KeySource = knownKeys,
): Promise<readonly Check[]> {
  const found = parseBundle(sealBundle(bundle));
  if (!found) throw new Error('it is no evidence');
  const checks = await verifyBundle(found, { keys, nowMs: latestMs });
  return checks.filter(({ state }) => state === 'WRONG');
}

/** Both accounts, as the promotion with this id left them. */
export function heldBy(workflow_id: string): PromotionWorld['held'] {
  const held = (account: string): AccountState => ({
    ...{ account, manifest: 'present', version: '1.4.2', versions: ['1.4.1', '1.4.2'] },
    ...{ entry: { version: '1.4.2', workflow_id }, manifestVersionId: 'm1' },
  });
  return { 'prod-a': held('prod-a'), 'prod-b': held('prod-b') };
}
