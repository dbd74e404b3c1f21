import type { Finding } from '../../workflows/halo-sync/finding.ts';
import type { Route } from '../../workflows/halo-sync/messages.ts';
import { toGroupText, toResolutionComment } from '../../workflows/halo-sync/texts.ts';
import { findTarget } from '../../workflows/halo-sync/standing.ts';
import type { FindingTicket, TicketMark } from '../../workflows/halo-sync/ticket.ts';
import type { GroupMember } from '../jira/findings/port.ts';
import { isOwnFailure, type PageContext } from './context.ts';
import { createTickets } from './create-findings.ts';
import { membersHash } from './hash.ts';

/** Findings that share a ticket: its table lists them, and it closes with its last member. */
export interface Group {
  readonly id: string;
  /** What search has found of it. */
  found(tickets: readonly FindingTicket[]): void;
  has(findingId: string): Promise<boolean>;
  add(finding: Finding): void;
  remove(findingId: string): Promise<void>;
}

export interface Groups {
  of(id: string, title: string, route: Route): Group;
  /** Writes each group that changed, once. */
  flush(): Promise<void>;
}

interface Entry {
  readonly group: Group;
  readonly flush: () => Promise<void>;
}

export function createGroups(page: PageContext): Groups {
  const entries = new Map<string, Entry>();
  return {
    of(id, title, route) {
      const entry = entries.get(id) ?? openGroup(page, { id, title, route });
      entries.set(id, entry);
      return entry.group;
    },
    async flush() {
      for (const entry of entries.values()) await entry.flush();
    },
  };
}

/** The group of a ticket that is known already. */
export function groupOfTicket(page: PageContext, ticket: FindingTicket): Entry {
  const title = ticket.mark?.title ?? ticket.key;
  const entry = openGroup(page, { id: ticket.findingId, title, route: null });
  entry.group.found([ticket]);
  return entry;
}

function openGroup(
  page: PageContext,
  { id, title, route }: { id: string; title: string; route: Route | null },
): Entry {
  const { tickets, input, tally } = page;
  const added = new Map<string, GroupMember>();
  const removed = new Set<string>();
  let ticket: FindingTicket | undefined;
  let old: readonly string[] = [];
  let known: ReadonlyMap<string, GroupMember> | undefined;

  async function members(): Promise<ReadonlyMap<string, GroupMember>> {
    if (!known) {
      const read = ticket ? await tickets.readMembers(ticket.issueId) : [];
      known = new Map(read.map((member) => [member.id, member]));
    }
    return known;
  }

  const group: Group = {
    id,
    found(all) {
      ticket = findTarget(all, input.policy) ?? undefined;
      old = all.map(({ issueId }) => issueId);
    },
    has: async (findingId) => ticket !== undefined && (await members()).has(findingId),
    add: (finding) => void added.set(finding.id, toMember(finding)),
    async remove(findingId) {
      if (ticket && (await members()).has(findingId)) removed.add(findingId);
    },
  };

  async function flush() {
    if (added.size === 0 && removed.size === 0) return;
    try {
      await write(await members());
    } catch (error) {
      if (!isOwnFailure(error)) throw error;
      for (const findingId of [...added.keys(), ...removed]) tally.park(findingId, error);
    }
  }

  async function write(before: ReadonlyMap<string, GroupMember>) {
    const after = new Map([...before, ...added].filter(([findingId]) => !removed.has(findingId)));
    const changes = [...after].filter(([findingId, member]) => !isSame(before.get(findingId), member));
    const changed = changes.length + removed.size;
    const mustMove = ticket !== undefined && ticket.isDone === after.size > 0;
    tally.count('unchanged', added.size - changes.length);
    if (changed === 0 && !mustMove) return;
    tally.count('grouped', changed);
    if (input.dryRun) return;
    const list = [...after.values()];
    const text = toGroupText(title, list);
    const mark = toMark(list);
    const issueId = ticket?.issueId ?? (await create(text, mark));
    if (issueId === undefined) return;
    await tickets.writeMembers({ issueId, members: list, ...text, mark });
    if (mustMove) await move(issueId, mark);
    tally.wrote(id, issueId);
  }

  async function create(text: ReturnType<typeof toGroupText>, mark: TicketMark): Promise<string | undefined> {
    if (!route) return undefined;
    const { project, issueType, priority, components, assignee } = route;
    const assigneeAccountId = (assignee !== null && page.accountOf(assignee)) || null;
    const { summary, description } = text;
    const order = {
      ...{ project, issueType, priority, components, assigneeAccountId, summary, description },
      ...{ fields: [], dueDate: null, labels: [], mark },
    };
    const made = await createTickets(page, [
      { findingId: id, order, known: old, after: () => Promise.resolve() },
    ]);
    if (made.has(id)) tally.count('created');
    else for (const findingId of added.keys()) tally.parkFor(findingId, 'its group has no ticket');
    return made.get(id);
  }

  async function move(issueId: string, mark: TicketMark) {
    const empties = mark.left === 'closed';
    await tickets.move({
      issueId,
      to: empties ? input.policy.close : input.policy.reopen,
      comment: empties ? toResolutionComment(null, 'resolved') : null,
      mark,
    });
    tally.count(empties ? 'closed' : 'reopened');
  }

  function toMark(list: readonly GroupMember[]): TicketMark {
    return {
      source: input.policy.source,
      findingId: id,
      contentHash: membersHash(list.map((member) => member.id)),
      latestHash: null,
      left: list.length > 0 ? 'open' : 'closed',
      reopened: ticket?.mark?.reopened ?? 0,
      at: new Date(page.now()).toISOString(),
      title,
    };
  }

  return { group, flush };
}

function toMember({ id, name, asset, severity, firstSeenAt }: Finding): GroupMember {
  // a table of hundreds of rows has to fit into one field
  return {
    id,
    name: name.slice(0, 120),
    asset: asset?.name.slice(0, 80) ?? '',
    severity,
    since: firstSeenAt,
  };
}

function isSame(one: GroupMember | undefined, other: GroupMember): boolean {
  return (
    one?.name === other.name &&
    one.asset === other.asset &&
    one.severity === other.severity &&
    one.since === other.since
  );
}
