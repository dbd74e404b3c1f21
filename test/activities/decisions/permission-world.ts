import {
  createPermissionGuard,
  type PermissionOptions,
  type ProductionWrite,
} from '../../../activities/decisions/permission.ts';
import type { Permission } from '../../../activities/s3/port.ts';
import { digestOf } from '../../../config/canonical-json.ts';
import { promotionPoliciesFor } from '../../../config/promotion-policy.ts';
import type { PromotionPolicy } from '../../../workflows/agent-promotion/messages.ts';
import type {
  ApprovalPolicy,
  DecisionClaims,
  Evidence,
  Grant,
} from '../../../workflows/approval/messages.ts';
import { configOf, exampleWith } from '../../config/example-config.ts';
import { gatewayKey, knownKeys, nowMs, signed, workflowId } from './signing.ts';

const approval = (quorum: readonly { group: string; count?: number }[], more: object = {}) => ({
  version: 3,
  quorum,
  channel: 'devops',
  ...more,
});

/** Two waves: the first under the policy's approval, the second under its own. */
export function policyWith(changes: Readonly<Record<string, unknown>> = {}): PromotionPolicy {
  const yaml = exampleWith({
    people: ['jira-bot', 'dev', 'dana', 'lee', 'sue', 'sid'].map((name) => ({ name, jira: `j-${name}` })),
    groups: { devops: ['dana', 'lee'], security: ['sue', 'sid'], leads: ['lee'] },
    approvals: {
      production: approval([{ group: 'security' }], { override: { group: 'leads', reviewers: 'security' } }),
      wide: approval([{ group: 'security', count: 2 }], { risk: 'high' }),
      exception: approval([{ group: 'security' }, { group: 'devops' }]),
      rollback: approval([{ group: 'devops' }]),
    },
    decisions: { gatewayUrl: 'https://lockkeeper.example.com', publicKeys: 'keys.json' },
    'slack.teamId': 'T0TEAM',
    freeze: { approval: 'rollback', exception: 'exception' },
    'policies.standard.approval': 'production',
    'policies.standard.waves': [
      { tags: { stage: 'first' } },
      { accounts: ['prod-b', 'prod-c'], approval: 'wide' },
    ],
    'processes.promotion.rollback': 'rollback',
    ...changes,
  });
  const [policy] = promotionPoliciesFor(configOf(yaml), 'agent-promotion:main:1');
  if (!policy) throw new Error('the example has a policy');
  return policy;
}

export const own = policyWith();
export const execution = { workflowId, runId: 'run-1' };
const sha256 = 'b'.repeat(64);
export const publish = { kind: 'publish', account: 'prod-a', version: '1.4.2', sha256, size: 42 } as const;
export const rollback = {
  kind: 'rollback',
  account: 'prod-a',
  fromVersion: '1.4.2',
  toVersion: '1.4.1',
} as const;

export function evidenceWith(changes: Partial<Evidence> = {}, subject: object = {}): Evidence {
  return {
    kind: 'agent-promotion',
    title: 'Publish agent 1.4.2',
    subject: {
      runId: execution.runId,
      version: '1.4.2',
      sha256,
      size: 42,
      accounts: ['prod-a', 'prod-b', 'prod-c'],
      ...subject,
    },
    facts: [],
    links: [],
    requester: 'sam',
    authors: [],
    changers: [],
    ...changes,
  };
}

export type Said = Partial<DecisionClaims>;

export interface GrantParts {
  readonly policy?: ApprovalPolicy | null;
  readonly evidence?: Evidence;
  readonly requestId?: string;
  readonly key?: typeof gatewayKey;
}

/** A grant with a real envelope of each that was said about it. */
export async function grantOf(said: readonly Said[], parts: GrantParts = {}): Promise<Grant> {
  const { policy = own.approval, evidence = evidenceWith(), requestId = 'request-1', key } = parts;
  if (!policy) throw new Error('no approval in this policy');
  const about = { requestId, evidenceDigest: digestOf(evidence), policy: `${policy.name}@${policy.version}` };
  const envelopes: string[] = [];
  for (const [index, one] of said.entries())
    envelopes.push(await signed({ ...about, jti: `${requestId}-${index}`, ...one }, key ?? gatewayKey));
  return { requestId, evidence, policy, envelopes };
}

export const sue: Said = { principal: 'sue', groups: ['security'] };
export const sid: Said = { principal: 'sid', groups: ['security'] };
export const dana: Said = { principal: 'dana', groups: ['devops'] };

export function permissionWith(changes: Partial<Permission> = {}): Permission {
  return { policy: own, wave: 'wave-1', grant: null, exception: null, ...changes };
}

/** The guard of a worker with this policy, and no freeze unless one is given. */
export function check(
  write: ProductionWrite,
  permission: Permission,
  options: Partial<PermissionOptions> & { readonly by?: typeof execution } = {},
): Promise<void> {
  const { by = execution, ...rest } = options;
  const guard = createPermissionGuard({
    policiesFor: () => [own],
    keys: knownKeys,
    namespace: 'security',
    now: () => nowMs,
    freeze: null,
    ...rest,
  });
  return guard(write, permission, by);
}

/** With the digest of what it now says. */
export function sealed<P extends { readonly digest: string }>({ digest: _digest, ...rules }: P): P {
  return { ...rules, digest: digestOf(rules) } as unknown as P;
}
