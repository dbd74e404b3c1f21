import { readLines } from './arn.ts';
import type {
  SecretPolicy,
  SecretRef,
  TicketChange,
  TicketFacts,
  TicketField,
  TicketFields,
} from './messages.ts';

/** A ticket as it stood at one moment. */
export interface TicketAt {
  readonly fields: TicketFields;
  /** Who put it into the status that it had, and when; null: it was created in it. */
  readonly statusBy: string | null;
  /** ISO 8601 UTC */
  readonly statusSince: string;
  /** The change log does not lead to what the ticket says now: nothing can be believed of it. */
  readonly isConsistent: boolean;
}

/**
 * Takes back every later change, from now to then: today's fields say nothing of that moment. A change in the very
 * millisecond counts.
 * @returns null: the ticket was not there yet
 */
export function ticketAt(ticket: TicketFacts, atMs: number): TicketAt | null {
  if (Date.parse(ticket.createdAt) > atMs) return null;
  const fields: Record<TicketField, unknown> = { ...ticket.fields };
  let isConsistent = isInOrder(ticket.changes);
  let status: TicketChange | undefined;
  for (const change of ticket.changes.toReversed()) {
    const { field, from, to } = change;
    if (Date.parse(change.at) <= atMs) {
      if (field === 'status') status ??= change;
      continue;
    }
    if (!isEqual(fields[field], to)) isConsistent = false;
    fields[field] = from;
  }
  if (status && !isEqual(fields['status'], status.to)) isConsistent = false;
  return {
    fields: fields as unknown as TicketFields,
    statusBy: status?.author ?? null,
    statusSince: status?.at ?? ticket.createdAt,
    isConsistent,
  };
}

/** When the ticket next came into one of these statuses after a moment, and by whom. */
export function nextStatus(
  { changes }: TicketFacts,
  statuses: readonly string[],
  afterMs: number,
): TicketChange | undefined {
  return changes.find(
    ({ at, field, to }) =>
      field === 'status' && typeof to === 'string' && isOneOf(to, statuses) && Date.parse(at) > afterMs,
  );
}

/** Jira's names differ in their case from place to place. */
export function isOneOf(status: string, statuses: readonly string[]): boolean {
  return statuses.some((one) => one.toLowerCase() === status.toLowerCase());
}

function isInOrder(changes: readonly TicketChange[]): boolean {
  return changes.every(({ at }, index) => {
    const before = changes[index - 1];
    return Number.isFinite(Date.parse(at)) && (!before || Date.parse(before.at) <= Date.parse(at));
  });
}

function isEqual(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other;
  const [left, right] = [[...(one as unknown[])].sort(), [...(other as unknown[])].sort()];
  return left.length === right.length && left.every((value, index) => value === right[index]);
}

/** Every secret that its lines name or ever named, each once. */
export function secretsEverNamed(
  { fields, changes }: TicketFacts,
  home: SecretPolicy['home'],
): readonly SecretRef[] {
  const texts = changes.flatMap(({ field, from, to }) => (field === 'secrets' ? [from, to] : []));
  const refs = [fields.secrets, ...texts].flatMap((one) =>
    typeof one === 'string' ? readLines(one, home).secrets : [],
  );
  return [...new Map(refs.map((ref) => [ref.arn, ref])).values()];
}
