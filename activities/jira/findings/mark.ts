import type { TicketMark } from '../../../workflows/halo-sync/ticket.ts';
import { isRecord } from '../../../workflows/shared/guards.ts';
import { haloSyncId, jiraPropertyKey } from '../../../workflows/shared/names.ts';
import { Mark } from './schema.ts';

/** @param property the entity property `lockkeeper` @returns null for what we never wrote, or somebody spoilt */
export function readMark(property: unknown): TicketMark | null {
  return isRecord(property) ? (Mark.safeParse(property['finding']).data ?? null) : null;
}

/** The whole property: nothing else of ours is on a finding's ticket. */
export function markProperty(mark: TicketMark) {
  return { key: jiraPropertyKey, value: { version: 1, workflowId: haloSyncId(mark.source), finding: mark } };
}

/** Whether both say the same of the ticket; when it was said does not count. */
export function isSameMark(one: TicketMark | null, other: TicketMark): boolean {
  return one !== null && contentOf(one) === contentOf(other);
}

function contentOf({ at: _, accepted, ...rest }: TicketMark): string {
  const acceptance = accepted ? [accepted.until, accepted.acceptance] : null;
  // Jira gives the members of a property back in an order of its own
  return JSON.stringify([
    Object.entries(rest).toSorted(([one], [other]) => (one < other ? -1 : 1)),
    acceptance,
  ]);
}
