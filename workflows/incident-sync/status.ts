import type { PlanInput } from './plan-input.ts';
import type { CaseSide, CaseStatus, IssueSide, Side } from './sides.ts';
import type { IncidentPolicy } from './messages.ts';
import type { StatusHold, Step } from './steps.ts';

const analysis = 'Detection and Analysis';
const containment = 'Containment, Eradication and Recovery';
const review = 'Post-incident Activities';

/**
 * AWS's documented graph of self-managed cases; besides, each may be closed. Acknowledged and Ready to Close are AWS's own:
 * nothing leads there.
 */
const hops: Readonly<Partial<Record<CaseStatus, readonly CaseStatus[]>>> = {
  Submitted: [analysis],
  [analysis]: [containment, review],
  [containment]: [analysis, review],
  [review]: [analysis, containment],
};

/**
 * The shortest legal way of a case, without where it is.
 * @returns null: there is none. Nothing leaves Closed; of cases with AWS's own responders only closing is ours
 */
export function casePath(
  from: CaseStatus,
  to: CaseStatus,
  resolverType: CaseSide['resolverType'],
): readonly CaseStatus[] | null {
  if (from === to) return [];
  if (from === 'Closed') return null;
  if (to === 'Closed') return [to];
  if (resolverType === 'AWS') return null;
  const ways: CaseStatus[][] = [[from]];
  for (const way of ways) {
    for (const next of hops[way.at(-1) ?? from] ?? []) {
      if (next === to) return [...way.slice(1), to];
      if (!way.includes(next)) ways.push([...way, next]);
    }
  }
  return null;
}

/** What is done about the status; at most one of `step` and `hold`. */
export interface StatusPlan {
  readonly step: Step | null;
  readonly hold: StatusHold | null;
  readonly reopened: boolean;
}

const nothing: StatusPlan = { step: null, hold: null, reopened: false };
const heldAt = (side: Side, status: string, reason: StatusHold['reason']): StatusPlan => ({
  ...nothing,
  hold: { side, status, reason },
});

// Jira tells names apart without regard to case
export const isSameStatus = (one: string, other: string): boolean =>
  one.toLowerCase() === other.toLowerCase();

type Maps = Pick<IncidentPolicy, 'toIssue' | 'toCase'>;
const issueStatusOf = (status: string, { toIssue }: Maps): string | undefined =>
  toIssue[status as CaseStatus];
const caseStatusOf = (status: string, { toCase }: Maps): CaseStatus | undefined =>
  toCase[status.toLowerCase()];

/**
 * Several statuses of one side may share one of the other. As long as either is what the other maps to, both say the same, and
 * nothing moves: else a case in Containment would be pushed back to Detection and Analysis by its own card (B4).
 */
export function isStatusAgreed(
  maps: Maps,
  one: Pick<CaseSide, 'status'>,
  issue: Pick<IssueSide, 'status' | 'done'>,
): boolean {
  if (one.status === 'Closed' && issue.done) return true;
  const mapped = issueStatusOf(one.status, maps);
  if (mapped !== undefined && isSameStatus(mapped, issue.status)) return true;
  return caseStatusOf(issue.status, maps) === one.status;
}

/** A move that the other side cannot see is none: both statuses of the case share one in Jira, or the other way round. */
function movedSides({ policy, link, case: one, issue }: PlanInput): Readonly<Record<Side, boolean>> {
  const base = link.status;
  if (!base) return { case: true, issue: true };
  const shared = (before: string | undefined, now: string | undefined) =>
    now !== undefined && before !== undefined && isSameStatus(before, now);
  return {
    case:
      one.status !== base.case &&
      !shared(issueStatusOf(base.case, policy), issueStatusOf(one.status, policy)),
    issue:
      !isSameStatus(issue.status, base.issue) &&
      !shared(caseStatusOf(base.issue, policy), caseStatusOf(issue.status, policy)),
  };
}

const isExpected = ({ expected }: PlanInput, side: Side, value: string | undefined): boolean =>
  value !== undefined &&
  expected.some((one) => one.what === 'status' && one.side === side && isSameStatus(one.value, value));

/**
 * Whose status counts where the two disagree; null: neither moved since they were last dealt with, so the way was not free.
 * A move of ours whose answer never came is an echo, and one that stopped half-way is finished first.
 */
function sourceOf(input: PlanInput): Side | null {
  const { policy, case: one, issue } = input;
  const asked = {
    case: isExpected(input, 'issue', issueStatusOf(one.status, policy)),
    issue: isExpected(input, 'case', caseStatusOf(issue.status, policy)),
  };
  const echo = {
    case: isExpected(input, 'case', one.status),
    issue: isExpected(input, 'issue', issue.status),
  };
  if (echo.case !== echo.issue) return echo.case ? 'issue' : 'case';
  if (asked.case !== asked.issue) return asked.case ? 'case' : 'issue';
  const moved = movedSides(input);
  if (moved.case && moved.issue) return policy.statusConflict;
  if (moved.case) return 'case';
  return moved.issue ? 'issue' : null;
}

function followCase({ policy, case: one }: PlanInput): StatusPlan {
  const status = issueStatusOf(one.status, policy);
  if (status === undefined) return heldAt('case', one.status, 'unmapped');
  const step = { kind: 'issue-status', status, from: one.status, closes: one.status === 'Closed' } as const;
  return { ...nothing, step };
}

function followIssue({ policy, case: one, issue }: PlanInput): StatusPlan {
  const to = caseStatusOf(issue.status, policy);
  if (to === undefined) return heldAt('issue', issue.status, 'unmapped');
  const path = casePath(one.status, to, one.resolverType);
  if (path) return { ...nothing, step: { kind: 'case-status', path, from: issue.status } };
  return heldAt('case', to, one.resolverType === 'AWS' ? 'aws-managed' : 'no-way');
}

/** Neither moved, and still they disagree: the last move did not arrive where it should. */
function stuck({ policy, case: one, issue }: PlanInput): StatusPlan {
  const wanted = issueStatusOf(one.status, policy);
  const to = caseStatusOf(issue.status, policy);
  if (policy.statusConflict === 'issue' && to !== undefined && one.status !== 'Closed')
    return heldAt('case', to, 'no-way');
  if (wanted === undefined) return heldAt('case', one.status, 'unmapped');
  return heldAt('issue', wanted, 'no-way');
}

/** Nothing leaves Closed: the issue follows, unless it had followed already and was reopened by a person. */
function followClosed(input: PlanInput): StatusPlan {
  const { policy, link, issue } = input;
  const base = link.status;
  // we closed it for an issue that was done, without hearing of it, and that was reopened since
  if (isExpected(input, 'case', 'Closed')) return { ...nothing, reopened: true };
  if (base?.case !== 'Closed') return followCase(input);
  // one that is not mapped agrees with Closed only as one that is done
  const wasDone =
    (caseStatusOf(base.issue, policy) ?? 'Closed') === 'Closed' ||
    isSameStatus(base.issue, issueStatusOf('Closed', policy) ?? '');
  if (wasDone) return { ...nothing, reopened: true };
  return isSameStatus(issue.status, base.issue) ? stuck(input) : followCase(input);
}

/** The case is not there any more: its issue is moved once, and stays where people put it then. */
function followGone({ policy, issue, case: one, notes }: PlanInput): StatusPlan {
  const status = policy.goneStatus;
  if (status === null || notes.includes('case-gone') || isSameStatus(status, issue.status)) return nothing;
  return { ...nothing, step: { kind: 'issue-status', status, from: one.status, closes: false } };
}

/** A person's move travels, or is shown as held; it is never undone because it cannot travel (B5). */
export function planStatus(input: PlanInput): StatusPlan {
  if (!input.case.found) return followGone(input);
  if (isStatusAgreed(input.policy, input.case, input.issue)) return nothing;
  if (input.case.status === 'Closed') return followClosed(input);
  const source = sourceOf(input);
  if (!source) return stuck(input);
  return source === 'case' ? followCase(input) : followIssue(input);
}
