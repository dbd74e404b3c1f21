import type { Change, ChangeItem, JiraStatus } from './schema.ts';

/** A ticket's latest entry into ToDo (design §2). */
export interface Round {
  /** Changelog id of the transition; `0` when the ticket was created in ToDo and never came back to it. */
  readonly round: string;
  /** ISO 8601 UTC. */
  readonly enteredAt: string;
}

/** @param configured a site's own name of the status or its id, exactly: a status is never guessed */
export function isStatus(configured: string, status: JiraStatus): boolean {
  return status.id === configured || status.name === configured;
}

/**
 * The round that a ticket is in, from its whole change log.
 * @param current the ticket's status now: where it is ToDo, its id also finds entries from before a renaming
 */
export function findRound(
  changes: readonly Change[],
  facts: { readonly toDo: string; readonly current: JiraStatus; readonly created: string },
): Round {
  const known = isStatus(facts.toDo, facts.current) ? facts.current.id : undefined;
  const entered = changes
    .filter(({ items }) => items.some((item) => isStatusChange(item) && leadsTo(item, facts.toDo, known)))
    .toSorted((a, b) => compareIds(a.id, b.id))
    .at(-1);
  return entered
    ? { round: entered.id, enteredAt: entered.created }
    : { round: '0', enteredAt: facts.created };
}

/** A custom field may be called `status` too: the field's id decides where Jira gives it. */
export function isStatusChange(item: ChangeItem): boolean {
  return item.fieldId === undefined ? item.field === 'status' : item.fieldId === 'status';
}

/** @param configured as `isStatus` takes it @param knownId of the same status, from before a renaming */
export function leadsTo(item: ChangeItem, configured: string, knownId?: string): boolean {
  const id = item.to ?? '';
  return isStatus(configured, { id, name: changedTo(item) }) || (knownId !== undefined && id === knownId);
}

/** Jira's property is really named `toString`; an item without it must not yield the inherited function. */
export function changedTo(item: ChangeItem): string {
  const value: unknown = Object.getOwnPropertyDescriptor(item, 'toString')?.value;
  return typeof value === 'string' ? value : '';
}

/** Ids are decimal numbers beyond what a double holds. */
export function compareIds(a: string, b: string): number {
  const difference = BigInt(a) - BigInt(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
