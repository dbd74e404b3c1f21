import type { Command } from './commands.ts';
import { isStatusChange, leadsTo } from './rounds.ts';
import type { Author, Change } from './schema.ts';
import type { OpenSite } from './site.ts';
import { readChanges } from './tickets.ts';

/** A move of a change ticket that says what a comment could have said. */
export interface DecidingMove {
  /** Changelog id. */
  readonly id: string;
  readonly created: string;
  readonly author: Author;
  readonly command: Command;
}

const verbOf: Readonly<Record<'approved' | 'declined', Command>> = {
  approved: { verb: 'approve', reason: null },
  declined: { verb: 'reject', reason: 'declined in Jira' },
};

/**
 * The moves into Approved and Declined, by anybody: only the site's workflow says who may make them, and the change log, which
 * nobody can write to, who did. @returns none, without a call, where the site has no such statuses
 */
export async function listDecidingMoves(open: OpenSite, issueId: string): Promise<readonly DecidingMove[]> {
  const statuses = open.site.changeStatuses;
  if (!statuses) return [];
  return (await readChanges(open, issueId)).flatMap((change) => toMove(change, statuses));
}

function toMove(
  { id, created, author, items }: Change,
  statuses: Readonly<Record<'approved' | 'declined', string>>,
): DecidingMove[] {
  const moved = items.find(isStatusChange);
  const meant = (['approved', 'declined'] as const).find(
    (status) => moved !== undefined && leadsTo(moved, statuses[status]),
  );
  return meant ? [{ id, created, author, command: verbOf[meant] }] : [];
}
