import type { PromotionPolicy } from '../../workflows/agent-promotion/messages.ts';
import type { ApprovalPolicy, Evidence } from '../../workflows/approval/messages.ts';
import type { WaveKey } from '../../workflows/freeze/messages.ts';
import type { Permission } from '../s3/port.ts';
import { isSamePolicy, requireGrant, violation, type GrantContext } from './grant.ts';
import type { KeySource } from './keys.ts';

/** One write to one production account, as the worker that holds the credentials is about to make it. */
export type ProductionWrite =
  | {
      readonly kind: 'publish';
      readonly account: string;
      readonly version: string;
      readonly sha256: string;
      readonly size: number;
    }
  | {
      readonly kind: 'rollback';
      readonly account: string;
      readonly fromVersion: string;
      readonly toVersion: string;
    };

/** The run that makes it, as Temporal says, never as the input says. */
export interface Execution {
  readonly workflowId: string;
  readonly runId: string;
}

/** @throws PolicyViolation not allowed · Unavailable while that cannot be told */
export type CheckPermission = (
  write: ProductionWrite,
  permission: Permission,
  execution: Execution,
) => Promise<void>;

export interface PermissionOptions {
  /** What this worker's own configuration allows the workflow with this id: the policy of its site, and no other's. */
  readonly policiesFor: (workflowId: string) => readonly PromotionPolicy[];
  readonly keys: KeySource;
  readonly namespace: string;
  readonly now: () => number;
  /** Null: no freeze is configured. */
  readonly freeze: FreezeOptions | null;
}

export interface FreezeOptions {
  /** What `freeze` knows of a wave; null: it never began. @throws Unavailable when nobody answers: held */
  readonly readWave: (
    key: WaveKey,
  ) => Promise<{ readonly openedAt: string; readonly overrideRequestId: string | null } | null>;
  /** Names of the calendar's windows at that time, by this worker's own configuration. */
  readonly windowsAt: (at: Date, question: { readonly hotfix: boolean }) => readonly string[];
}

/** Between the look at the calendar and the wave's beginning a window may open: so late it is not held against the wave. */
const openingMs = 60_000;

/** The guard of production (design §3): nothing that the input claims is believed, and what is missing is refused. */
export function createPermissionGuard(options: PermissionOptions): CheckPermission {
  return async (write, permission, execution) => {
    const policy = options
      .policiesFor(execution.workflowId)
      .find((own) => isSamePolicy(own, permission.policy));
    if (!policy) throw foreignPolicy(permission.policy);
    const context = {
      keys: options.keys,
      audience: `${options.namespace}/${execution.workflowId}`,
      nowMs: options.now(),
      runId: execution.runId,
    };
    const subject = await checkApproval(write, permission, policy, context);
    // going back is what one may need while everything is frozen; it has an approval of its own
    if (options.freeze && write.kind === 'publish')
      await checkFreeze(options.freeze, {
        permission,
        policy,
        execution,
        context,
        hotfix: subject?.['hotfix'] === true,
      });
  };
}

function foreignPolicy(claimed: Partial<PromotionPolicy> | undefined) {
  const name = `${claimed?.name ?? '(none)'} version ${claimed?.version ?? '(none)'}`;
  return violation(`policy ${name} is not this worker's: start again under the policy that is in force`);
}

/** @returns what people approved; undefined where nobody has to */
async function checkApproval(
  write: ProductionWrite,
  permission: Permission,
  policy: PromotionPolicy,
  context: GrantContext,
): Promise<Evidence['subject'] | undefined> {
  const rules = findApproval(write, permission.wave, policy);
  if (!rules) return undefined;
  const kind = write.kind === 'publish' ? 'agent-promotion' : 'promotion-rollback';
  const name = `the approval for ${write.account}`;
  const { subject } = await requireGrant(
    permission.grant,
    { policy: rules, kind, counts: 'approve', name },
    context,
  );
  requireSame(subject, write, name);
  return subject;
}

/** The approval that this worker's own rules want for the account. @returns null for "fully automatic" */
function findApproval(write: ProductionWrite, wave: string, policy: PromotionPolicy): ApprovalPolicy | null {
  const index = policy.waves.findIndex(({ accounts }) => accounts.includes(write.account));
  const rules = policy.waves[index];
  if (!rules) throw violation(`${write.account} is in no wave of ${policy.name}`);
  if (write.kind === 'rollback') {
    if (policy.rollback) return policy.rollback;
    throw violation('taking back is not allowed here: processes.promotion.rollback names no approval');
  }
  if (wave !== `wave-${index + 1}`)
    throw violation(`${write.account} belongs to wave-${index + 1}, not to ${wave}`);
  return rules.approval ?? policy.approval;
}

function requireSame(subject: Evidence['subject'], write: ProductionWrite, name: string): void {
  const { accounts } = subject;
  if (!Array.isArray(accounts) || !accounts.includes(write.account))
    throw violation(`${name} is for other accounts`);
  for (const [field, value] of Object.entries(shownFieldsOf(write)))
    if (subject[field] !== value) throw violation(`${name} is for another ${field}`);
}

function shownFieldsOf(write: ProductionWrite): Readonly<Record<string, string | number>> {
  if (write.kind === 'rollback') return { fromVersion: write.fromVersion, toVersion: write.toVersion };
  return { version: write.version, sha256: write.sha256, size: write.size };
}

interface FreezeQuestion {
  readonly permission: Permission;
  readonly policy: PromotionPolicy;
  readonly execution: Execution;
  readonly context: GrantContext;
  /** Only what people were shown is believed: a ticket's label is not. */
  readonly hotfix: boolean;
}

async function checkFreeze(freeze: FreezeOptions, question: FreezeQuestion): Promise<void> {
  const { permission, policy, execution, context, hotfix } = question;
  const { wave } = permission;
  const opened = await freeze.readWave({ ...execution, wave });
  if (!opened) throw violation(`${wave} was never begun at freeze`);
  const windows = findWindows(freeze, opened.openedAt, hotfix);
  if (opened.overrideRequestId === null && windows.length === 0) return;
  const name = `the exception from the freeze (${windows.join(', ') || 'a hold'}) for ${wave}`;
  if (!policy.exception) throw violation(`${name} cannot be given: freeze.exception names no approval`);
  const { ledger, subject } = await requireGrant(
    permission.exception,
    { policy: policy.exception, kind: 'freeze-override', counts: 'override', name },
    context,
  );
  if (subject['wave'] !== wave) throw violation(`${name} was given to another wave`);
  if (opened.overrideRequestId !== null && ledger.requestId !== opened.overrideRequestId)
    throw violation(`${name} is not the one that the wave began under`);
  if (new Set(ledger.counted.map(({ principal }) => principal)).size < 2)
    throw violation(`${name} needs two people`);
}

function findWindows({ windowsAt }: FreezeOptions, openedAt: string, hotfix: boolean): readonly string[] {
  const at = Date.parse(openedAt);
  if (Number.isNaN(at)) throw violation('freeze gives no time at which the wave began');
  const before = windowsAt(new Date(at - openingMs), { hotfix });
  return windowsAt(new Date(at), { hotfix }).filter((window) => before.includes(window));
}
