import type { CommitRule } from './facts.ts';
import type { Crowd } from './commit-people.ts';
import type { Origin } from './commit-origin.ts';
import type { ReviewRules } from './messages.ts';
import { listOf } from './one-line.ts';
import type { MergeRequestFacts } from './review-facts.ts';

/** Why what a merge request brought does not count as reviewed, in words; null: it does. */
export interface Objection {
  readonly rule: CommitRule;
  readonly text: string;
}

type Approval = MergeRequestFacts['approvals'][number];

/**
 * Whether somebody independent approved the merge request as it was merged (C-16, C-20, C-21).
 * @param writers who wrote what it brought, opened it or pushed to it: they cannot approve it
 */
export function judgeMergeRequest(
  { mergeRequest, how }: Origin,
  writers: ReadonlySet<string>,
  { mode }: Pick<ReviewRules, 'mode'>,
  crowd: Crowd,
): Objection | null {
  if (how === 'foreign')
    return {
      rule: 'unknown',
      text: 'its merge did not bring the head that GitLab names, so nobody knows what was approved',
    };
  const objection = judgeApprovals(mergeRequest, writers, crowd);
  if (how !== 'squash' || mode !== 'strict') return objection;
  const approval = objection ? objection.text : 'approved, but the approval was for other commits';
  return { rule: 'squash', text: `squashed on the merge (${approval})` };
}

function judgeApprovals(
  mergeRequest: MergeRequestFacts,
  writers: ReadonlySet<string>,
  crowd: Crowd,
): Objection | null {
  const byPeople = mergeRequest.approvals.filter(({ user }) => !crowd.isMachineUser(user));
  if (byPeople.length === 0) return nobodyApproved(mergeRequest, writers, crowd);
  const independent = byPeople.filter(({ user }) => !writers.has(crowd.people.ofUser(user)));
  if (independent.length === 0) {
    const names = byPeople.map(({ user }) => crowd.people.ofUser(user));
    return {
      rule: 'self-approved',
      text: `approved only by who wrote, pushed or opened it: ${listOf(names, 5)}`,
    };
  }
  return judgeTimes(mergeRequest, independent);
}

function nobodyApproved(
  { approvals }: MergeRequestFacts,
  writers: ReadonlySet<string>,
  crowd: Crowd,
): Objection {
  const machines = [...writers].filter((name) => crowd.isMachine(name));
  const told = approvals.length > 0 ? 'only machines approved it' : 'nobody approved it';
  if (machines.length === 0) return { rule: 'unreviewed', text: told };
  return { rule: 'bot', text: `made by a machine (${listOf(machines, 3)}), and ${told}` };
}

/** An approval counts when it is later than the last push: GitLab keeps old ones unless it is told to reset them. */
function judgeTimes(mergeRequest: MergeRequestFacts, approvals: readonly Approval[]): Objection | null {
  const last = lastPush(mergeRequest);
  if (last === null) return { rule: 'unknown', text: 'GitLab does not tell when it was last pushed to' };
  const times = approvals.map(({ at }) => (at === null ? Number.NaN : Date.parse(at)));
  if (times.some((time) => time > last)) return null;
  return times.some((time) => Number.isNaN(time))
    ? { rule: 'unknown', text: 'GitLab does not tell when it was approved' }
    : { rule: 'after-approval', text: 'pushed to after its last approval' };
}

/** @returns milliseconds since 1970, -Infinity without any push since it was opened; null: unknown. What came after the merge is not in it. */
function lastPush({ pushes, mergedAt }: MergeRequestFacts): number | null {
  if (pushes === null) return null;
  const merged = Date.parse(mergedAt);
  const times = pushes.map(({ at }) => Date.parse(at)).filter((time) => !(time > merged));
  return times.some((time) => Number.isNaN(time)) ? null : Math.max(Number.NEGATIVE_INFINITY, ...times);
}
