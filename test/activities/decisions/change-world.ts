import {
  createChangeGuard,
  type ChangeAllowance,
  type ChangeGuardOptions,
  type ChangeWrite,
} from '../../../activities/decisions/change-permission.ts';
import type { ChangePermission } from '../../../activities/jira/changes/port.ts';
import { digestOf } from '../../../config/canonical-json.ts';
import type { ApprovalPolicy, Evidence, Grant } from '../../../workflows/approval/messages.ts';
import type { ChangeBuild, ChangePolicy } from '../../../workflows/change-approval/messages.ts';
import type { PlanReport } from '../../../workflows/change-approval/plan-report.ts';
import { changeApprovalId } from '../../../workflows/shared/names.ts';
import { sealed, type Said } from './permission-world.ts';
import { gatewayKey, knownKeys, nowMs, signed } from './signing.ts';

export const build: ChangeBuild = {
  environment: 'production',
  project: 'shop/web',
  buildJob: 'build',
  build: '4711',
  branch: 'main',
  sha: 'c'.repeat(40),
  action: 'deploy',
};
export const execution = { workflowId: changeApprovalId(build), runId: 'run-1' };

function approvalOf(name: string, groups: readonly string[], changes: Partial<ApprovalPolicy> = {}) {
  return sealed<ApprovalPolicy>({
    name,
    version: 2,
    digest: '',
    quorum: groups.map((group) => ({ group, count: 1 })),
    exclude: ['requester', 'author', 'changer'],
    risk: 'normal',
    channel: 'devops',
    buttons: true,
    reminders: [],
    workingHours: null,
    expiresAfterMinutes: 60,
    override: null,
    ...changes,
  });
}

export const changeApproval = approvalOf('change', ['security', 'release'], {
  override: { group: 'leads', reviewers: 'security', reviewWithinMinutes: 60 },
});
export const planApproval = approvalOf('plan', ['security', 'leads']);

export function policyWith(changes: Partial<ChangePolicy> = {}): ChangePolicy {
  return sealed<ChangePolicy>({
    name: 'controlled',
    version: 1,
    digest: '',
    environment: 'production',
    site: 'main',
    approval: changeApproval,
    planApproval,
    autoApprove: false,
    review: { mode: 'strict', bots: [], versionFiles: [] },
    scans: { required: ['sast'], blocking: ['critical'], maxAgeHours: 24 },
    plan: 'optional',
    freezes: true,
    deployDeadlineMinutes: 60,
    heartbeatSeconds: 10,
    notify: { failure: [], success: [] },
    runLinkBase: 'https://ui.test/',
    ...changes,
  });
}

export const own = policyWith();
export const automatic = policyWith({ autoApprove: true });

export function planWith(changes: Partial<PlanReport> = {}): PlanReport {
  return {
    digest: 'd'.repeat(64),
    fileDigest: 'e'.repeat(64),
    formatVersion: '1.2',
    terraformVersion: '1.9.0',
    risky: true,
    counts: { create: 0, update: 0, delete: 1, replace: 0, other: 0, unchanged: 9 },
    reasons: [{ address: 'aws_s3_bucket.a', attribute: null, rule: 'delete', reason: 'it is deleted' }],
    moreReasons: 0,
    ...changes,
  };
}

interface GrantParts {
  readonly kind?: Evidence['kind'];
  readonly subject?: object;
  readonly people?: Partial<Evidence>;
  readonly policy?: ApprovalPolicy;
  readonly requestId?: string;
  readonly key?: typeof gatewayKey;
}

/** A grant with a really signed envelope of each that was said about it. */
export async function grantOf(said: readonly Said[], parts: GrantParts = {}): Promise<Grant> {
  const { kind = 'change', policy = changeApproval, requestId = 'request-1', key = gatewayKey } = parts;
  const evidence: Evidence = {
    ...{ kind, title: 'Deploy shop/web 4711', facts: [], links: [] },
    subject: { runId: execution.runId, ...build, ...parts.subject },
    ...{ requester: 'dev', authors: ['dana'], changers: ['gil'], ...parts.people },
  };
  const about = {
    aud: `security/${execution.workflowId}`,
    ...{ requestId, evidenceDigest: digestOf(evidence), policy: `${policy.name}@${policy.version}` },
  };
  const envelopes: string[] = [];
  for (const [index, one] of said.entries())
    envelopes.push(await signed({ ...about, jti: `${requestId}-${index}`, ...one }, key));
  return { requestId, evidence, policy, envelopes };
}

export const sue: Said = { principal: 'sue', groups: ['security'] };
export const ray: Said = { principal: 'ray', groups: ['release'] };
export const lee: Said = { principal: 'lee', groups: ['leads'] };

export const approved = (parts: GrantParts = {}) => grantOf([sue, ray], parts);
export const planApproved = (parts: GrantParts = {}) =>
  grantOf([sue, lee], {
    ...{ kind: 'change-plan', policy: planApproval, requestId: 'request-2' },
    ...parts,
    subject: { planDigest: planWith().digest, ...parts.subject },
  });

export interface Attempt {
  readonly write?: Partial<ChangeBuild>;
  readonly kind?: ChangeWrite['kind'];
  readonly deployJobId?: number;
  readonly by?: Partial<typeof execution>;
  readonly permission?: Partial<ChangePermission>;
  readonly options?: Partial<ChangeGuardOptions>;
}

/** The guard of a worker with the policy `own`, about a change that people approved. */
export async function check(attempt: Attempt = {}): Promise<ChangeAllowance> {
  const written = { ...build, ...attempt.write };
  const guard = createChangeGuard({
    policyFor: () => own,
    keys: knownKeys,
    namespace: 'security',
    now: () => nowMs,
    ...attempt.options,
  });
  const permission: ChangePermission = {
    build: written,
    policy: own,
    grant: await approved(),
    plan: null,
    planGrant: null,
    ...attempt.permission,
  };
  const job = attempt.deployJobId === undefined ? {} : { deployJobId: attempt.deployJobId };
  return guard({ kind: attempt.kind ?? 'approve-ticket', build: written, ...job }, permission, {
    ...execution,
    ...attempt.by,
  });
}
