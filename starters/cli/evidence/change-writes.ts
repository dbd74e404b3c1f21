import { createChangeGuard } from '../../../activities/decisions/change-permission.ts';
import type { ChangePermission } from '../../../activities/jira/changes/port.ts';
import { canonicalJson } from '../../../config/canonical-json.ts';
import type { ChangeBuild, ChangePolicy } from '../../../workflows/change-approval/messages.ts';
import type { PlanReport } from '../../../workflows/change-approval/plan-report.ts';
import type { Grant } from '../../../workflows/approval/messages.ts';
import { isRecord } from '../../../workflows/shared/guards.ts';
import type { EvidenceBundle } from './bundle.ts';
import { guardedOfChanges, type ChangeWrite } from './change-write.ts';
import { runCheck, type Check, type Finding } from './check.ts';
import type { Verifier } from './check-decisions.ts';
import type { RecordedRun } from './history.ts';

type Keep = (grant: Grant | null) => string | null;

/** @returns nothing for runs that are no changes */
export function collectChangeWrites(
  { activities }: RecordedRun,
  policy: unknown,
  keep: Keep,
): { readonly change_writes?: readonly ChangeWrite[] } {
  const writes = activities.flatMap(({ id, at, type, input, end }): ChangeWrite[] => {
    const activity = guardedOfChanges.find((one) => one === type);
    const given = isRecord(input) ? (input['permission'] as ChangePermission | undefined) : undefined;
    if (!activity || !given) return [];
    const jobId = isRecord(input) && typeof input['jobId'] === 'number' ? input['jobId'] : null;
    return [
      {
        ...{ event_id: id, at, activity, build: { ...given.build }, job_id: jobId },
        permission: {
          policy: canonicalJson(given.policy) === canonicalJson(policy ?? {}) ? 'input' : { ...given.policy },
          plan: given.plan && { ...given.plan },
          grant: keep(given.grant),
          plan_grant: keep(given.planGrant),
        },
        state: end?.state ?? 'not-ended',
        failure: end?.state === 'failed' ? { type: end.type, message: end.message } : null,
      },
    ];
  });
  return writes.length > 0 ? { change_writes: writes } : {};
}

/** Each goes once more past the guard that let it through, with what it was given then. */
export function checkChangeWrites(bundle: EvidenceBundle, verifier: Verifier): Promise<Check[]> {
  const writes = bundle.change_writes ?? [];
  return Promise.all(
    writes.map((write) => {
      const { activity, build, event_id } = write;
      const name = `${activity} ${build.project} ${build.build} at event ${event_id}`;
      return runCheck(name, () => checkWrite(bundle, write, verifier));
    }),
  );
}

async function checkWrite(
  bundle: EvidenceBundle,
  write: ChangeWrite,
  { keys, nowMs }: Verifier,
): Promise<Finding> {
  const { namespace, run, input_policy } = bundle;
  const own = input_policy as unknown as ChangePolicy;
  const { policy, plan, grant, plan_grant } = write.permission;
  const build = write.build as unknown as ChangeBuild;
  const guard = createChangeGuard({ policyFor: () => own, keys, namespace, now: () => nowMs });
  const kind = write.activity === 'approveChange' ? 'approve-ticket' : 'play-deploy';
  const job = write.job_id === null ? {} : { deployJobId: write.job_id };
  const permission: ChangePermission = {
    build,
    policy: policy === 'input' ? own : (policy as unknown as ChangePolicy),
    plan: plan as unknown as PlanReport | null,
    grant: grant === null ? null : (bundle.grants[grant] ?? missing(grant)),
    planGrant: plan_grant === null ? null : (bundle.grants[plan_grant] ?? missing(plan_grant)),
  };
  const execution = { workflowId: run.workflow_id, runId: run.run_id };
  const expected = 'a write that the guard lets through';
  try {
    const { automatic, approvers } = await guard({ kind, build, ...job }, permission, execution);
    return { ok: true, expected, found: automatic ? 'by policy alone' : `by ${approvers.join(', ')}` };
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    // nothing was written then
    if (write.state === 'failed' && write.failure?.type === 'PolicyViolation')
      return { ok: true, expected: 'a write that the guard refuses, as it did', found };
    return { ok: false, expected, found };
  }
}

function missing(key: string): never {
  throw new Error(`the grant ${key.slice(0, 8)} is not in this file`);
}
