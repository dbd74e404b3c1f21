import { activityInfo } from '@temporalio/activity';
import { toApprovalPolicy } from '../../config/approval-policy.ts';
import type { Config } from '../../config/parse-config.ts';
import type { DecisionClaims } from '../../workflows/approval/messages.ts';
import { failureMessage, failureType } from '../../workflows/shared/failures.ts';
import { parseTurnRequestId } from '../../workflows/shared/names.ts';
import { verifyEnvelope } from '../decisions/envelope.ts';
import { requireGrant } from '../decisions/grant.ts';
import type { KeySource } from '../decisions/keys.ts';
import type { StealJudgement, TemporalPort } from './port.ts';

export interface JudgeOptions {
  readonly config: Pick<Config, 'approvals' | 'freeze' | 'processes' | 'temporal'>;
  readonly keys: KeySource;
  readonly now: () => number;
}

export type Judges = Pick<TemporalPort, 'judgeSteal' | 'judgeLift' | 'judgeSwitchOn'>;

/** What people may do to the queue, to `freeze` and to auto-approval, by this worker's own configuration and keys. */
export function createJudges({ config, keys, now }: JudgeOptions): Judges {
  const context = () => {
    const { workflowId = '', runId = '' } = activityInfo().workflowExecution ?? {};
    return { keys, nowMs: now(), runId, audience: `${config.temporal.namespace}/${workflowId}` };
  };
  return {
    async judgeSteal({ envelope }) {
      const decision = await verifyEnvelope(envelope, context());
      if (decision.state !== 'valid') return { decision, refusal: null, token: null };
      const refusal = findStealRefusal(config, decision.claims);
      return { decision, refusal, token: parseTurnRequestId(decision.claims.requestId) ?? null };
    },
    async judgeLift({ holdId, grant }) {
      if (!config.freeze) return { objection: 'this worker’s configuration knows no freeze' };
      const policy = toApprovalPolicy(config, config.freeze.approval);
      const rules = {
        policy,
        kind: 'freeze-hold',
        counts: 'approve',
        name: 'the request to lift it',
      } as const;
      return {
        objection: await objectionTo(async () => {
          const { subject } = await requireGrant(grant, rules, context());
          return subject['holdId'] === holdId ? null : 'the request is for another hold';
        }),
      };
    },
    async judgeSwitchOn({ since, grant }) {
      const name = config.processes.change?.inspection?.switchOnApproval;
      if (name === undefined)
        return { objection: 'this worker’s configuration lets nobody switch it on', approval: null };
      const approval = toApprovalPolicy(config, name);
      const rules = {
        policy: approval,
        kind: 'auto-approval',
        counts: 'approve',
        name: 'the request to switch it on',
      } as const;
      const objection = await objectionTo(async () => {
        const { subject } = await requireGrant(grant, rules, context());
        return subject['since'] === since
          ? null
          : 'the request is about another time that it was switched off';
      });
      return { objection, approval };
    },
  };
}

/** A grant that does not stand is an answer; a key that is not known yet is a reason to try again. */
async function objectionTo(check: () => Promise<string | null>): Promise<string | null> {
  try {
    return await check();
  } catch (error) {
    if (failureType(error) === 'PolicyViolation') return failureMessage(error);
    throw error;
  }
}

function findStealRefusal(config: JudgeOptions['config'], claims: DecisionClaims): StealJudgement['refusal'] {
  const { steal } = config.processes.promotion;
  if (claims.verb !== 'steal')
    return { rule: 'closed', text: 'the queue takes no other decision than steal' };
  if (steal === undefined)
    return { rule: 'not-a-member', text: 'this configuration lets nobody free the turn' };
  const policy = toApprovalPolicy(config, steal);
  const name = `${policy.name}@${policy.version}`;
  if (claims.policy !== name) return { rule: 'other-policy', text: `the turn is freed under ${name}` };
  if (parseTurnRequestId(claims.requestId) === undefined)
    return { rule: 'other-request', text: 'it names no turn of this queue' };
  if (!claims.reason?.trim()) return { rule: 'reason-missing', text: 'steal needs a reason' };
  if (policy.quorum.some(({ group }) => claims.groups.includes(group))) return null;
  const groups = policy.quorum.map(({ group }) => group).join(', ');
  return { rule: 'not-a-member', text: `only members of ${groups} may free the turn` };
}
