import { createChangeGuard, type ChangeGuardOptions } from '../../activities/decisions/change-permission.ts';
import { violation } from '../../activities/decisions/grant.ts';
import type { Execution } from '../../activities/decisions/permission.ts';
import type { ChangeBuild, GateView } from '../../workflows/change-approval/messages.ts';
import type { PlanReport } from '../../workflows/change-approval/plan-report.ts';
import { failureMessage, failureType } from '../../workflows/shared/failures.ts';

/**
 * Whether a `go` is covered, by this process's own configuration and public keys (design §3).
 * @param build what the caller is about to deploy · @throws PolicyViolation it is not · Unavailable while that cannot be told
 */
export type VerifyGo = (view: GateView, build: ChangeBuild, execution: Execution) => Promise<void>;

/** By the guard that the workers have. The decisions are judged, not what the workflow says of them: a foreign one may say anything. */
export function createGoVerifier(rules: ChangeGuardOptions): VerifyGo {
  const guard = createChangeGuard(rules);
  return async (view, build, execution) => {
    const policy = rules.policyFor(execution.workflowId);
    if (!policy) throw violation(`${build.environment} is under no change policy of this gate`);
    const { grant, planGrant } = view;
    const permission = { build, policy, plan: view.plan && toReport(view.plan), grant, planGrant };
    await guard({ kind: 'play-deploy', build }, permission, execution);
  };
}

/** What the guard reads of a report: the reasons are the workflow's business, and stay there. */
function toReport({ digest, risky }: NonNullable<GateView['plan']>): PlanReport {
  const counts = { create: 0, update: 0, delete: 0, replace: 0, other: 0, unchanged: 0 };
  const form = { formatVersion: '', terraformVersion: null, fileDigest: digest };
  return { digest, risky, counts, ...form, reasons: [], moreReasons: 0 };
}

/** @returns the view, without any `go` that is not covered */
export async function withoutUncovered(view: GateView, verify: () => Promise<void>): Promise<GateView> {
  if (!view.attempts.some(({ answer }) => answer === 'go')) return view;
  try {
    await verify();
    return view;
  } catch (error) {
    if (failureType(error) !== 'PolicyViolation') throw error;
    const text = `not covered: ${failureMessage(error)}`;
    const attempts = view.attempts.map((one) =>
      one.answer === 'go' ? { ...one, answer: 'not-approved' as const, text } : one,
    );
    return { ...view, state: view.state === 'go' ? 'checking' : view.state, text, attempts };
  }
}
