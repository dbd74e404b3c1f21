import { createFindingGuard } from '../../../activities/decisions/finding-permission.ts';
import { isGrant } from '../../../activities/decisions/grant-form.ts';
import type { FindingAcceptancePort } from '../../../activities/finding-acceptance/port.ts';
import type { ApprovalPolicy, Grant } from '../../../workflows/approval/messages.ts';
import { isRecord } from '../../../workflows/shared/guards.ts';
import type { EvidenceBundle } from './bundle.ts';
import { runCheck, type Check, type Finding } from './check.ts';
import type { Verifier } from './check-decisions.ts';
import { guardedOfFindings, type FindingWrite } from './finding-write.ts';
import type { RecordedRun } from './history.ts';

/** @returns nothing for runs that are no accepted risks */
export function collectFindingWrites(
  { activities }: RecordedRun,
  keep: (grant: Grant | null) => string | null,
): { readonly finding_writes?: readonly FindingWrite[] } {
  const writes = activities.flatMap(({ id, at, type, input, end }): FindingWrite[] => {
    if (type !== guardedOfFindings || !isRecord(input)) return [];
    const { source, findingId, issueId, commentId, until, grant } = input as unknown as Parameters<
      FindingAcceptancePort['acceptFinding']
    >[0];
    return [
      {
        ...{ event_id: id, at, activity: guardedOfFindings, source, until },
        ...{ finding_id: findingId, issue_id: issueId, comment_id: commentId },
        grant: keep(isGrant(grant) ? grant : null),
        state: end?.state ?? 'not-ended',
        failure: end?.state === 'failed' ? { type: end.type, message: end.message } : null,
      },
    ];
  });
  return writes.length > 0 ? { finding_writes: writes } : {};
}

/** Each goes once more past the guard that let it through. What the comment says besides is in Jira: it is not checked here. */
export function checkFindingWrites(bundle: EvidenceBundle, verifier: Verifier): Promise<Check[]> {
  const writes = bundle.finding_writes ?? [];
  return Promise.all(
    writes.map((write) =>
      runCheck(`${write.activity} ${write.finding_id} at event ${write.event_id}`, () =>
        checkWrite(bundle, write, verifier),
      ),
    ),
  );
}

async function checkWrite(
  { namespace, run, input_policy, grants }: EvidenceBundle,
  write: FindingWrite,
  { keys }: Verifier,
): Promise<Finding> {
  const grant = write.grant === null ? null : grants[write.grant];
  const approval = input_policy as unknown as ApprovalPolicy;
  const guard = createFindingGuard({
    rulesOf: () => ({ approval, maxDays: Infinity }),
    ...{ keys, namespace, now: () => Date.parse(write.at) },
  });
  const { source, finding_id: findingId, issue_id: issueId, comment_id: commentId, until } = write;
  const requester = grant?.evidence.requester ?? '';
  const claimed = { source, findingId, issueId, commentId, until, requester, askedAt: run.started_at };
  const expected = 'a write that the guard lets through';
  try {
    const { approvers } = await guard(claimed, grant, { workflowId: run.workflow_id, runId: run.run_id });
    return { ok: true, expected, found: `by ${approvers.join(', ')}` };
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    // nothing was written then
    if (write.state === 'failed' && write.failure?.type === 'PolicyViolation')
      return { ok: true, expected: 'a write that the guard refuses, as it did', found };
    return { ok: false, expected, found };
  }
}
