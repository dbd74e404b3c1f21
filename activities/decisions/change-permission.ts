import type { Grant } from '../../workflows/approval/messages.ts';
import type { ChangeBuild, ChangePolicy } from '../../workflows/change-approval/messages.ts';
import type { PlanReport } from '../../workflows/change-approval/plan-report.ts';
import { isRecord } from '../../workflows/shared/guards.ts';
import { parseChangeApprovalId } from '../../workflows/shared/names.ts';
import type { Ledger } from '../../workflows/approval/ledger.ts';
import { buildFields, type ChangePermission } from '../jira/changes/port.ts';
import { isSamePolicy, requireGrant, violation, type GrantContext } from './grant.ts';
import type { KeySource } from './keys.ts';
import type { Execution } from './permission.ts';

/** A guarded write of a change, as the worker that holds the credentials is about to make it. */
export interface ChangeWrite {
  readonly kind: 'approve-ticket' | 'play-deploy';
  readonly build: ChangeBuild;
  /** GitLab's number of the job that is about to be played: people were shown it. Left out: CI plays it itself. */
  readonly deployJobId?: number;
}

/** Who or what allowed it, as the guard itself found out. */
export interface ChangeAllowance {
  /** True: the policy alone, without a person. */
  readonly automatic: boolean;
  /** Those whose decisions counted, for the change and for its plan. */
  readonly approvers: readonly string[];
  /** SHA-256, hex, of what people were shown; null: nobody was. */
  readonly evidenceDigest: string | null;
}

/** @throws PolicyViolation not allowed · Unavailable while that cannot be told */
export type CheckChange = (
  write: ChangeWrite,
  permission: ChangePermission,
  execution: Execution,
) => Promise<ChangeAllowance>;

export interface ChangeGuardOptions {
  /** What this worker's own configuration says about the workflow with this id. */
  readonly policyFor: (workflowId: string) => ChangePolicy | undefined;
  readonly keys: KeySource;
  readonly namespace: string;
  readonly now: () => number;
}

/** The guard of changes (design §3): nothing that the input claims is believed, and what is missing is refused. */
export function createChangeGuard(options: ChangeGuardOptions): CheckChange {
  return async (write, permission, execution) => {
    const { build } = write;
    const own = requireOwnPolicy(options, permission.policy, execution);
    requireOwnBuild(build, own, execution);
    requireSameBuild(permission.build, build, 'the permission');
    const context = {
      keys: options.keys,
      audience: `${options.namespace}/${execution.workflowId}`,
      nowMs: options.now(),
      runId: execution.runId,
    };
    const ledger = await checkChange(permission.grant, write, own, context);
    const planLedger = await checkPlan(write, permission, own, context);
    return {
      automatic: ledger === null,
      approvers: [...new Set([ledger, planLedger].flatMap(approversOf))],
      evidenceDigest: ledger?.evidenceDigest ?? null,
    };
  };
}

function requireOwnPolicy(
  { policyFor }: ChangeGuardOptions,
  claimed: unknown,
  { workflowId }: Execution,
): ChangePolicy {
  const own = policyFor(workflowId);
  if (!own) throw violation(`${workflowId} is no change of an environment that this worker controls`);
  if (isSamePolicy(own, claimed)) return own;
  throw violation(
    `the policy is not this worker’s ${own.name}@${own.version}: ask again under the one that is in force`,
  );
}

/** A run may act for the one build that its id names, and for no other. */
function requireOwnBuild(build: ChangeBuild, own: ChangePolicy, { workflowId }: Execution): void {
  const id = parseChangeApprovalId(workflowId);
  if (!id) throw violation(`${workflowId} is not the id of a change`);
  if (own.environment !== build.environment) throw violation('the policy is for another environment');
  for (const field of ['environment', 'project', 'build'] as const)
    if (id[field] !== build[field]) throw violation(`the workflow is for another ${field}`);
}

/** @param claimed from an input or from what people were shown: its members may be anything */
function requireSameBuild(claimed: unknown, build: ChangeBuild, name: string): void {
  if (!isRecord(claimed)) throw violation(`${name} names no build`);
  for (const field of buildFields)
    if (typeof build[field] !== 'string' || claimed[field] !== build[field])
      throw violation(`${name} is for another ${field}`);
}

/** @returns null for "fully automatic" */
async function checkChange(
  grant: Grant | null,
  { build, deployJobId }: ChangeWrite,
  own: ChangePolicy,
  context: GrantContext,
): Promise<Ledger | null> {
  if (grant === null && own.autoApprove) return null;
  const name = 'the approval of the change';
  const rules = { policy: own.approval, kind: 'change', counts: 'approve', name } as const;
  return requireForBuild(grant, build, rules, context, deployJobId === undefined ? {} : { deployJobId });
}

/** A risky plan needs people of its own, whoever or whatever allowed the change (C-42…C-44). */
async function checkPlan(
  { kind, build }: ChangeWrite,
  { plan, planGrant }: ChangePermission,
  own: ChangePolicy,
  context: GrantContext,
): Promise<Ledger | null> {
  if (plan === null) {
    if (own.plan === 'required' && kind === 'play-deploy')
      throw violation('no plan of this deploy was reported, and the policy requires one');
    return null;
  }
  if (!isPlan(plan)) throw violation('the report of the plan is malformed');
  if (!isRisky(plan)) return null;
  const name = 'the approval of the plan';
  const rules = { policy: own.planApproval, kind: 'change-plan', counts: 'approve', name } as const;
  const shown = { planDigest: plan.digest };
  return requireForBuild(planGrant, build, rules, context, shown);
}

async function requireForBuild(
  grant: Grant | null,
  build: ChangeBuild,
  rules: Parameters<typeof requireGrant>[1],
  context: GrantContext,
  shown: Readonly<Record<string, string | number>> = {},
): Promise<Ledger> {
  const { ledger, subject } = await requireGrant(grant, rules, context);
  requireSameBuild(subject, build, rules.name);
  for (const [field, value] of Object.entries(shown))
    if (subject[field] !== value) throw violation(`${rules.name} is for another ${field}`);
  return ledger;
}

/** Only what the guard reads; the rest of the report is for people. */
function isPlan(plan: unknown): plan is PlanReport {
  return (
    isRecord(plan) &&
    typeof plan['digest'] === 'string' &&
    /^[0-9a-f]{64}$/.test(plan['digest']) &&
    typeof plan['risky'] === 'boolean' &&
    Array.isArray(plan['reasons'])
  );
}

/** A report that calls itself harmless and gives reasons why it is not is not believed. */
function isRisky({ risky, reasons }: PlanReport): boolean {
  return risky || reasons.length > 0;
}

/** One human is named once, in his own name: a delegate's voice is that of the one who delegated, and both had a part in it. */
function approversOf(ledger: Ledger | null): string[] {
  if (!ledger) return [];
  const decisions = ledger.overriddenBy ? [...ledger.counted, ledger.overriddenBy] : ledger.counted;
  return decisions.flatMap(({ principal, actingFor }) => [principal, ...(actingFor ? [actingFor] : [])]);
}
