import type { Ledger } from './ledger.ts';
import type { ApprovalPolicy, DecisionClaims, Evidence } from './messages.ts';
import { toIso } from './view.ts';

/** What a review of a break-glass decision is about. */
export interface ReviewInput {
  /** Of the run that was let through. */
  readonly workflowId: string;
  readonly runLink: string;
  readonly requestId: string;
  readonly title: string;
  readonly facts: Evidence['facts'];
  readonly links: Evidence['links'];
  /** The rules of the request, under whose name the reviewers decide too. */
  readonly policy: ApprovalPolicy;
  /** Name of the group. */
  readonly reviewers: string;
  readonly reviewWithinMinutes: number;
  /** Name of the person who did it. */
  readonly overriddenBy: string;
  readonly reason: string;
  /** ISO 8601 UTC */
  readonly overriddenAt: string;
}

export type ReviewOutcome =
  | { readonly outcome: 'reviewed'; readonly by: readonly string[]; readonly overdue: boolean }
  | { readonly outcome: 'flagged'; readonly by: string; readonly reason: string; readonly overdue: boolean };

const dayMinutes = 24 * 60;
const overdueDays = 30;
/** Evidence has a size limit, and a review must always be asked. */
const most = { facts: 10, links: 3, label: 40, value: 100, title: 200, href: 300, reason: 500 } as const;

/** @returns undefined under a policy without override */
export function toReviewInput(
  { principal, reason, iat }: DecisionClaims,
  { policy, requestId }: Ledger,
  evidence: Evidence,
  run: { readonly workflowId: string; readonly runLink: string },
): ReviewInput | undefined {
  if (!policy.override) return undefined;
  const { reviewers, reviewWithinMinutes } = policy.override;
  return {
    ...run,
    requestId,
    title: evidence.title,
    facts: evidence.facts,
    links: evidence.links,
    policy,
    reviewers,
    reviewWithinMinutes,
    overriddenBy: principal,
    reason: reason ?? '',
    overriddenAt: toIso(iat * 1000),
  };
}

/** @param runId of the review's own run */
export function toReviewEvidence(input: ReviewInput, runId: string): Evidence {
  const { workflowId, requestId, title, overriddenBy, overriddenAt, reason } = input;
  const shown = input.facts.slice(0, most.facts);
  const links = input.links.slice(0, most.links);
  return {
    kind: 'override-review',
    title: `Review the override by ${overriddenBy}: ${cut(title, most.title)}`,
    subject: { runId, requestId, workflowId, overriddenBy },
    facts: [
      { label: 'Overridden by', value: overriddenBy },
      { label: 'At', value: overriddenAt },
      { label: 'Reason', value: cut(reason, most.reason) },
      ...shown.map(({ label, value }) => ({ label: cut(label, most.label), value: cut(value, most.value) })),
    ],
    links: [
      { label: 'What was overridden', href: input.runLink },
      ...links.map(({ label, href }) => ({ label: cut(label, most.label), href: cut(href, most.href) })),
    ],
    requester: overriddenBy,
    authors: [],
    changers: [],
  };
}

/** One reviewer, not the person himself; under the name of the request's own rules, which the gateway knows. */
export function toReviewPolicy(input: ReviewInput): ApprovalPolicy {
  return {
    ...input.policy,
    quorum: [{ group: input.reviewers, count: 1 }],
    exclude: ['requester'],
    risk: 'normal',
    expiresAfterMinutes: input.reviewWithinMinutes,
    override: null,
  };
}

/** Past its deadline: who is on call is reminded once a day, for a month; then it is asked again. */
export function toOverduePolicy(input: ReviewInput): ApprovalPolicy {
  const days = Array.from({ length: overdueDays }, (_, day) => day);
  return {
    ...toReviewPolicy(input),
    workingHours: null,
    reminders: days.map((day) => ({ afterMinutes: day * dayMinutes, to: 'on-call' })),
    expiresAfterMinutes: overdueDays * dayMinutes,
  };
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
