import type { Finding } from './finding.ts';
import type { FindingPolicy } from './messages.ts';
import { byAge, findTarget, newestOf, standingOf } from './standing.ts';
import type { Action, FindingTicket, NothingReason } from './ticket.ts';

interface Decision {
  readonly finding: Finding;
  /** All tickets of this finding, wherever they are now, in any order. */
  readonly tickets: readonly FindingTicket[];
  readonly policy: FindingPolicy;
  /** ms since 1970 */
  readonly now: number;
  /** Hash of `finding.latest`; null: the source has none. */
  readonly latestHash: string | null;
  /** Findings first seen before this that have no ticket get none. ISO 8601 UTC. */
  readonly dropSeenBefore: string | null;
}

/**
 * What is to be done for one finding. At most one ticket is touched, a hard-closed one never; what was done once is not done
 * again: with the mark that it left the same finding needs nothing.
 */
export function decide(input: Decision): Action {
  return input.finding.status === 'active' ? decideActive(input) : decideResolved(input);
}

/**
 * For an open ticket whose finding the source did not list. It is looked at alone: nothing is created or opened again here, since
 * there may be other tickets of that finding.
 * @param finding null: the source does not have it any more
 */
export function decideMissing({
  ticket,
  finding,
  ...rest
}: Omit<Decision, 'finding' | 'tickets' | 'dropSeenBefore'> & {
  readonly ticket: FindingTicket;
  readonly finding: Finding | null;
}): Action {
  const standing = standingOf(ticket, rest.policy);
  if (standing === 'hard-closed') return nothing('hard-closed');
  if (standing !== 'open') return nothing('closed-already');
  if (finding) return decide({ ...rest, finding, tickets: [ticket], dropSeenBefore: null });
  if (rest.policy.missing === 'keep') return nothing('unchanged');
  return { do: 'close', ticket, reason: 'missing' };
}

/** Open tickets of ours beside an older open one: a create call was settled wrongly. The oldest is kept. */
export function findTwins(
  tickets: readonly FindingTicket[],
  policy: FindingPolicy,
): readonly FindingTicket[] {
  return tickets
    .filter((ticket) => ticket.isOurs && standingOf(ticket, policy) === 'open')
    .toSorted(byAge)
    .slice(1);
}

/** It comes and goes so often that its moves are made without a word. */
export function isFlapping({ mark }: FindingTicket, { flapLimit }: FindingPolicy): boolean {
  return (mark?.reopened ?? 0) >= flapLimit;
}

function decideActive(input: Decision): Action {
  const { finding, tickets, policy, now } = input;
  const unwanted = whyUnwanted(finding, policy);
  if (unwanted) return nothing(unwanted);
  // a risk is accepted for the finding, whatever became of the ticket where that was asked
  if (tickets.some((ticket) => isAccepted(ticket, now))) return nothing('accepted');
  const target = findTarget(tickets, policy);
  if (!target) return decideNew(input);
  const standing = standingOf(target, policy);
  if (standing === 'open') return decideOpen(target, input);
  if (standing === 'closed') return decideClosed(target, input);
  return nothing('closed-by-human');
}

/** A hard-closed ticket wins over opening again: the new one is linked to it. */
function decideNew({ finding, tickets, dropSeenBefore }: Decision): Action {
  const after = newestOf(tickets);
  if (!after && isDropped(finding, dropSeenBefore)) return nothing('dropped');
  return { do: 'create', after };
}

/** A write is made only when it changes what people see, or what we must remember. */
function decideOpen(ticket: FindingTicket, { finding, policy, latestHash }: Decision): Action {
  const { mark } = ticket;
  const hasChanged = mark?.contentHash !== finding.contentHash;
  const isNews = latestHash !== null && mark?.latestHash !== latestHash;
  const comment = {
    'each-finding': isNews || mark === null,
    changes: hasChanged,
    // adopted: it is told at night, too
    digest: isNews,
    off: false,
  }[policy.comments];
  const fields = hasChanged && policy.updateFields;
  // marked as closed, and a person opened it: were that not noted, a person's next closing would pass for ours
  const mustMark = mark?.left !== 'open';
  return comment || fields || mustMark ? { do: 'update', ticket, comment, fields } : nothing('unchanged');
}

/** Closed by us it is opened at once when the finding is back; closed by a person, or by we do not know whom, after a while (H-4). */
function decideClosed(ticket: FindingTicket, { policy, now }: Decision): Action {
  const { mark, movedAt, createdAt } = ticket;
  const comment = !isFlapping(ticket, policy);
  if (mark?.accepted) return { do: 'reopen', ticket, reason: 'acceptance-ended', comment };
  if (mark?.left === 'closed') return { do: 'reopen', ticket, reason: 'active-again', comment };
  if (policy.reopenAfterMinutes === null) return nothing('closed-by-human');
  // when it was moved may be unknown: not before we left it open
  const closedAt = movedAt ?? mark?.at ?? createdAt;
  if (isWithin(closedAt, policy.reopenAfterMinutes, now)) return nothing('grace');
  return { do: 'reopen', ticket, reason: 'closed-too-early', comment };
}

/** An open ticket is closed even when its finding would get none today: a changed filter leaves no orphans. */
function decideResolved({ finding, tickets, policy, now, dropSeenBefore }: Decision): Action {
  const target = findTarget(tickets, policy);
  if (target) {
    if (standingOf(target, policy) !== 'open') return nothing('closed-already');
    const resolvedAt = finding.resolvedAt ?? finding.changedAt;
    if (isWithin(resolvedAt, policy.closeAfterMinutes, now)) return nothing('damped');
    return { do: 'close', ticket: target, reason: 'resolved' };
  }
  const unwanted = whyUnwanted(finding, policy);
  if (unwanted) return nothing(unwanted);
  if (tickets.length > 0) return nothing('hard-closed');
  if (!policy.recordResolved) return nothing('never-recorded');
  return isDropped(finding, dropSeenBefore) ? nothing('dropped') : { do: 'create-closed' };
}

function whyUnwanted({ type, critical }: Finding, policy: FindingPolicy): NothingReason | undefined {
  if (!policy.types.includes(type)) return 'unsupported-type';
  return policy.criticalOnly && !critical ? 'not-critical' : undefined;
}

function isAccepted({ mark }: FindingTicket, now: number): boolean {
  return mark?.accepted !== undefined && Date.parse(mark.accepted.until) > now;
}

function isDropped({ firstSeenAt }: Finding, before: string | null): boolean {
  return before !== null && Date.parse(firstSeenAt) < Date.parse(before);
}

/** @param time ISO 8601 UTC; what is no time is long ago */
function isWithin(time: string, minutes: number, now: number): boolean {
  return now - Date.parse(time) < minutes * 60_000;
}

function nothing(why: NothingReason): Action {
  return { do: 'nothing', why };
}
