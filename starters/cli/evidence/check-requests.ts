import { isSamePolicy } from '../../../activities/decisions/grant.ts';
import { digestOf } from '../../../config/canonical-json.ts';
import type { ApprovalPolicy } from '../../../workflows/approval/messages.ts';
import { toOverduePolicy, toReviewPolicy } from '../../../workflows/approval/review.ts';
import { workflowTypes } from '../../../workflows/shared/names.ts';
import type { BundleRequest, EvidenceBundle, Showing } from './bundle.ts';
import { compare, runCheck, type Check, type Finding } from './check.ts';
import type { JudgedDecision } from './check-decisions.ts';
import { describeSaid, findMismatch, type Told } from './walk.ts';

/** What people saw is what the digest is over, under rules that are what they claim, and stands as their decisions say. */
export async function checkRequests(
  bundle: EvidenceBundle,
  judged: readonly JudgedDecision[],
  /** What the writes tell, by the request's id. */
  written: ReadonlyMap<string, readonly Told[]>,
): Promise<Check[]> {
  const checks: Promise<Check>[] = [];
  for (const [index, request] of bundle.requests.entries()) {
    const name = `request ${request.request_id.slice(0, 8)}`;
    const twin = bundle.requests.findIndex(({ request_id }) => request_id === request.request_id);
    checks.push(
      runCheck(`${name}: evidence`, () => compare(digestOf(request.evidence), request.evidence_digest)),
      runCheck(`${name}: shown alike`, () => ({
        ok: twin === index,
        expected: 'one evidence under one id',
        found: twin === index ? 'one' : 'other evidence or rules under the id of an earlier request',
      })),
      runCheck(`${name}: rules`, () => checkPolicy(bundle, request.policy)),
      runCheck(`${name}: run`, () => compare(bundle.run.run_id, request.evidence.subject.runId)),
      runCheck(`${name}: decisions`, () => {
        const mine = judged.filter(({ claims }) => claims.requestId === request.request_id);
        return checkStanding(request, mine, written.get(request.request_id) ?? []);
      }),
    );
  }
  return Promise.all(checks);
}

function checkPolicy({ run, input_policy }: EvidenceBundle, policy: ApprovalPolicy): Finding {
  const { digest, ...rules } = policy;
  const expected = `${policy.name}@${policy.version}, digest ${digest.slice(0, 12)}…`;
  if (run.type === workflowTypes.overrideReview) {
    const given = input_policy as ApprovalPolicy;
    const ok = isSamePolicy(given, given) && reviewPolicies(given).includes(digestOf(policy));
    return { ok, expected, found: ok ? 'those, as far as a review follows from them' : 'other rules' };
  }
  return compare(expected, `${policy.name}@${policy.version}, digest ${digestOf(rules).slice(0, 12)}…`);
}

/** A review goes by the name and digest of the rules that were overridden, and by rules that follow from them. */
function reviewPolicies(policy: ApprovalPolicy): string[] {
  if (!policy.override) return [];
  const { reviewers, reviewWithinMinutes } = policy.override;
  const input = { policy, reviewers, reviewWithinMinutes } as Parameters<typeof toReviewPolicy>[0];
  return [toReviewPolicy(input), toOverduePolicy(input)].map(digestOf);
}

function checkStanding(
  request: BundleRequest,
  judged: readonly JudgedDecision[],
  written: readonly Told[],
): Finding {
  const told = [...request.shown.map((one, index) => toTold(request, one, index)), ...written].sort(
    (one, other) => one.eventId - other.eventId,
  );
  const mismatch = findMismatch(request, judged, told);
  const last = told.at(-1);
  const final = last ? describeSaid(last.state, last.said) : 'nothing was shown';
  if (!mismatch) return { ok: true, expected: final, found: final };
  const { what, state, said } = mismatch.told;
  return { ok: false, expected: mismatch.stands, found: `${what}: ${describeSaid(state, said)}` };
}

function toTold(request: BundleRequest, showing: Showing, index: number): Told {
  const { event_id: eventId, to, state, decisions, missing, overridden, deadline } = showing;
  return {
    what: `view ${index + 1} of ${request.shown.length} (${to}, event ${eventId})`,
    ...{ eventId, state, deadline, said: { decisions, missing, overridden } },
    busyUntil: busyUntil(request, eventId),
  };
}

/** Until when the message before this one was on its way to Slack: it held this one back. */
export function busyUntil({ shown }: Pick<BundleRequest, 'shown'>, eventId: number): number {
  const before = shown.findLast((one) => one.to !== 'ticket' && one.event_id < eventId);
  return before ? (before.ended_event_id ?? Infinity) : 0;
}
