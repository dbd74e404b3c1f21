import { createHash } from 'node:crypto';
import { maxEnvelopeLength, signDecision } from '../../activities/decisions/envelope.ts';
import type { Membership, Standing } from '../../activities/decisions/membership.ts';
import type { TemporalStarter } from '../../activities/temporal/temporal-starter.ts';
import { groupsOf, toApprovalPolicy } from '../../config/approval-policy.ts';
import type { Config } from '../../config/parse-config.ts';
import { findPerson } from '../../config/people.ts';
import { signingKeyOf, type PrivateJwk } from '../../config/signing-keys.ts';
import { decide, type ApprovalPolicy, type DecisionClaims } from '../../workflows/approval/messages.ts';
import { failureType } from '../../workflows/shared/failures.ts';
import { freezeId, promotionQueueId } from '../../workflows/shared/names.ts';
import type { Log } from '../log.ts';
import type { Counter } from '../metrics.ts';
import { GatewayRefusal, type DecisionGateway, type SaidDecision } from './gateway.ts';

export interface GatewayOptions {
  readonly config: Config;
  /** The newest is the last. */
  readonly keys: readonly PrivateJwk[];
  readonly membership: Pick<Membership, 'standing'>;
  readonly temporal: Pick<TemporalStarter, 'signal'>;
  /** Milliseconds. */
  readonly now: () => number;
  readonly log: Log;
  /** `lockkeeper_decisions_total{via,verb,result}`. */
  readonly counter: Counter;
}

/** What `verifyEnvelope` takes. */
const longestReason = 4_000;
/** As long as closed runs are kept (design §11); a request's own deadline is far nearer. */
const validSeconds = 90 * 86_400;

/**
 * It never asks a workflow, so that a decision is taken while no worker runs, and it refuses only what cannot be signed or
 * delivered: whether a decision counts is judged, recorded and answered by the workflow (design §3).
 */
export function createGateway(options: GatewayOptions): DecisionGateway {
  const { log, counter } = options;
  return {
    async send(said) {
      const { workflowId, requestId, verb, via, principal } = said;
      const facts = { workflowId, requestId, verb, via, principal };
      try {
        const { claims, keyId } = await signAndSignal(options, said);
        const { jti, actingFor, groups } = claims;
        counter.increment({ via, verb, result: 'sent' });
        log('info', 'decision sent', { ...facts, jti, actingFor, groups, keyId });
        return { jti, principal, actingFor };
      } catch (error) {
        const result = error instanceof GatewayRefusal ? error.rule : 'unavailable';
        const reason = error instanceof Error ? error.message : String(error);
        counter.increment({ via, verb, result });
        log('warn', 'decision not sent', { ...facts, result, reason });
        throw error;
      }
    },
  };
}

async function signAndSignal(
  { config, keys, membership, temporal, now }: GatewayOptions,
  said: SaidDecision,
): Promise<{ claims: DecisionClaims; keyId: string }> {
  const { principal, actingFor, workflowId } = said;
  const policy = findPolicy(config, said);
  if (!findPerson(config, { name: principal }))
    throw new GatewayRefusal('unmapped', 'you are nobody whom the configuration names under people');
  if ((said.reason ?? '').length > longestReason)
    throw new GatewayRefusal('malformed', `the reason is longer than ${longestReason} characters`);
  const standing = await membership.standing({
    person: principal,
    groups: groupsOf(policy),
    ...(actingFor === undefined ? {} : { actingFor }),
  });
  const claims = toClaims(config, said, { policy, standing, nowMs: now() });
  const { envelope, keyId } = await sign(keys, claims);
  // Its deadline is the client's; it may be repeated: the same saying has the same jti, which counts once.
  const runs = await temporal.signal(workflowId, { name: decide.name, payload: { envelope } });
  if (!runs)
    throw new GatewayRefusal('not-running', `${workflowId} does not run: it has ended, or was never there`);
  return { claims, keyId };
}

async function sign(keys: readonly PrivateJwk[], claims: DecisionClaims) {
  const key = signingKeyOf(keys.filter(({ lk_via }) => lk_via.includes(claims.via)));
  if (!key) throw new Error(`no key of LOCKKEEPER_DECISION_KEYS may speak for ${claims.via}`);
  const envelope = await signDecision(claims, key).catch((error: unknown) => {
    if (failureType(error) !== 'InvalidInput') throw error;
    throw new GatewayRefusal('malformed', `more than ${maxEnvelopeLength} bytes: say it in fewer words`);
  });
  return { envelope, keyId: key.kid };
}

/** The gateway's own copy of the policy says whose membership is attested. A hold and a steal stand under a configured one. */
function findPolicy(config: Config, { verb, policy, workflowId }: SaidDecision): ApprovalPolicy {
  if (verb === 'hold') {
    requireWorkflow(workflowId, freezeId);
    return ownPolicy(config, config.freeze?.approval, 'set freeze: approval in the configuration');
  }
  if (verb === 'steal') {
    requireWorkflow(workflowId, promotionQueueId);
    const { steal } = config.processes.promotion;
    return ownPolicy(config, steal, 'set processes: promotion: steal in the configuration');
  }
  const [, name = ''] = /^(.+)@[0-9]+$/.exec(policy) ?? [];
  const found = ownPolicy(config, name, `${policy} is not in the gateway’s configuration`);
  if (`${found.name}@${found.version}` === policy) return found;
  throw new GatewayRefusal(
    'unknown-policy',
    `the gateway’s configuration has ${found.name}@${found.version}, not ${policy}`,
  );
}

function requireWorkflow(given: string, wanted: string): void {
  if (given !== wanted) throw new GatewayRefusal('wrong-workflow', `this is said to ${wanted} only`);
}

function ownPolicy(config: Config, name: string | undefined, problem: string): ApprovalPolicy {
  if (name !== undefined && Object.hasOwn(config.approvals, name)) return toApprovalPolicy(config, name);
  throw new GatewayRefusal('unknown-policy', problem);
}

function toClaims(
  config: Config,
  said: SaidDecision,
  { policy, standing, nowMs }: { policy: ApprovalPolicy; standing: Standing; nowMs: number },
): DecisionClaims {
  const {
    workflowId,
    requestId,
    evidenceDigest,
    verb,
    principal,
    via,
    sourceEventId,
    reason,
    until,
    choice,
  } = said;
  const iat = Math.floor(nowMs / 1000);
  return {
    jti: toJti(said),
    iat,
    exp: iat + validSeconds,
    aud: `${config.temporal.namespace}/${workflowId}`,
    requestId,
    evidenceDigest,
    policy: `${policy.name}@${policy.version}`,
    verb,
    principal,
    actingFor: standing.actingFor,
    groups: standing.groups,
    via,
    sourceEventId,
    reason,
    ...(verb === 'hold' ? { until: until ?? null } : {}),
    ...(verb === 'approve' && choice !== undefined ? { choice } : {}),
  };
}

/** A vendor's repeat of the same click is the same decision. A JSON list: no two different ones make the same text. */
function toJti({ via, sourceEventId, requestId, verb, choice }: SaidDecision): string {
  return createHash('sha256')
    .update(JSON.stringify([via, sourceEventId, requestId, verb, ...(choice === undefined ? [] : [choice])]))
    .digest('hex');
}
