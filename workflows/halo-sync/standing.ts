import type { FindingPolicy } from './messages.ts';
import type { FindingTicket } from './ticket.ts';

/**
 * `closed`: may be opened again (H-65). `done-otherwise`: done in a status that the policy does not open again. `hard-closed`:
 * never touched (H-66).
 */
export type Standing = 'open' | 'closed' | 'done-otherwise' | 'hard-closed';

type StatusRules = Pick<FindingPolicy, 'closedStatuses' | 'hardClosedStatuses'>;

/** Jira takes status names regardless of case, and so do people who write them into a configuration. */
export function standingOf({ statusName, isDone }: FindingTicket, policy: StatusRules): Standing {
  if (hasName(policy.hardClosedStatuses, statusName)) return 'hard-closed';
  if (hasName(policy.closedStatuses, statusName)) return 'closed';
  if (!isDone) return 'open';
  return policy.closedStatuses.length === 0 ? 'closed' : 'done-otherwise';
}

/**
 * The one ticket that is acted on: the newest that is not hard-closed (H-73). An open one goes before all closed ones: else a
 * twin that was closed would be opened again beside the ticket that was kept.
 */
export function findTarget(tickets: readonly FindingTicket[], policy: StatusRules): FindingTicket | null {
  const standing = (ticket: FindingTicket) => standingOf(ticket, policy);
  const open = tickets.filter((ticket) => standing(ticket) === 'open');
  return newestOf(open) ?? newestOf(tickets.filter((ticket) => standing(ticket) !== 'hard-closed'));
}

export function newestOf(tickets: readonly FindingTicket[]): FindingTicket | null {
  return tickets.toSorted(byAge).at(-1) ?? null;
}

/** Oldest first. Jira's numeric ids grow: they settle what was created in the same millisecond. */
export function byAge(one: FindingTicket, other: FindingTicket): number {
  return (
    Date.parse(one.createdAt) - Date.parse(other.createdAt) || Number(one.issueId) - Number(other.issueId)
  );
}

function hasName(names: readonly string[], name: string): boolean {
  return names.some((one) => one.trim().toLowerCase() === name.trim().toLowerCase());
}
