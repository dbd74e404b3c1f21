import { decideMissing } from '../../workflows/halo-sync/decide.ts';
import type { Finding } from '../../workflows/halo-sync/finding.ts';
import type { FindingTicket } from '../../workflows/halo-sync/ticket.ts';
import { dropForged } from './acceptances.ts';
import { mapBounded } from '../bounded.ts';
import { isOwnFailure, type PageContext } from './context.ts';
import { groupOfTicket } from './groups.ts';
import { isGroupId, latestHashOf } from './hash.ts';
import { locate, syncFindings } from './page.ts';
import { close, writeFinding } from './write-finding.ts';

/** The ids of all findings that are active at the source now: 100,000 of them are about ten megabytes. */
export async function listActiveIds({ source, input }: PageContext): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  const query = { status: 'active', since: null, criticalOnly: false, filters: {} } as const;
  let cursor: string | null = null;
  do {
    const { findings, faults, next } = await source.list({ ...query, filters: input.policy.filters }, cursor);
    for (const { id } of findings) ids.add(id);
    // unreadable is not gone
    for (const { findingId } of faults) ids.add(findingId);
    cursor = next;
  } while (cursor !== null);
  return ids;
}

/** One page of open tickets: those whose finding the source did not list are asked about one by one, and only then closed. */
export async function syncMissing(
  page: PageContext,
  tickets: readonly FindingTicket[],
  active: ReadonlySet<string>,
): Promise<void> {
  const unlisted = tickets.filter(({ findingId }) => !active.has(findingId));
  await mapBounded(unlisted, page.input.policy.concurrency, async (ticket) => {
    try {
      if (isGroupId(ticket.findingId)) await pruneGroup(page, ticket, active);
      else await settleTicket(page, ticket, await page.source.describe(ticket.findingId));
    } catch (error) {
      if (!isOwnFailure(error)) throw error;
      page.tally.park(ticket.findingId, error);
    }
  });
}

async function settleTicket(page: PageContext, found: FindingTicket, finding: Finding | null) {
  const { policy } = page.input;
  const [ticket = found] = await dropForged(page, [found]);
  const latestHash = finding && latestHashOf(finding.latest);
  const action = decideMissing({ ticket, finding, policy, now: page.now(), latestHash });
  if (action.do === 'nothing' || action.do === 'create' || action.do === 'create-closed') return;
  if (finding) return writeFinding(page, finding, action);
  page.tally.count('missing');
  if (page.input.dryRun) return;
  await close(page, goneFinding(ticket), ticket, 'missing');
  page.tally.wrote(ticket.findingId, ticket.issueId);
}

/** Only its id and what the ticket knows of it go into the mark. */
function goneFinding({ findingId, mark }: FindingTicket): Finding {
  return {
    ...{ id: findingId, type: '', status: 'resolved', name: '', critical: false, severity: 'unknown' },
    ...{ createdAt: '', firstSeenAt: '', changedAt: '', resolvedAt: null, resolvedBy: null },
    ...{ resolutionComment: null, url: null, latest: null, asset: null, cves: [], fields: {} },
    contentHash: mark?.contentHash ?? '',
  };
}

async function pruneGroup(page: PageContext, ticket: FindingTicket, active: ReadonlySet<string>) {
  const members = await page.tickets.readMembers(ticket.issueId);
  const gone = members.filter(({ id }) => !active.has(id));
  if (gone.length === 0) return;
  const { group, flush } = groupOfTicket(page, ticket);
  for (const { id } of gone) {
    const finding = await page.source.describe(id);
    if (finding?.status !== 'active') await group.remove(id);
  }
  await flush();
}

/** Findings that were parked, tried once more. */
export async function syncParked(page: PageContext, ids: readonly string[]): Promise<void> {
  for (const id of ids)
    try {
      const finding = await page.source.describe(id);
      if (finding) await syncFindings(page, await locate(page, [finding]));
      else for (const ticket of await openTickets(page, id)) await settleTicket(page, ticket, null);
      if (!page.tally.isParked(id)) page.tally.unpark(id);
    } catch (error) {
      if (!isOwnFailure(error)) throw error;
      page.tally.park(id, error);
    }
}

async function openTickets({ tickets }: PageContext, id: string): Promise<FindingTicket[]> {
  const found = await tickets.lookUp([id]);
  return (found.get(id) ?? []).filter(({ isDone }) => !isDone);
}
