import { findTarget } from '../../workflows/halo-sync/standing.ts';
import type { FindingTicket } from '../../workflows/halo-sync/ticket.ts';
import { chunksOf, mapBounded } from '../bounded.ts';
import type { PageContext } from './context.ts';
import { idHash } from './hash.ts';

export type Found = ReadonlyMap<string, readonly FindingTicket[]>;

const idsPerSearch = 100;
const idsPerRead = 50;
/** Of one page; the rate limit of the site bounds them as well. */
const searchesAtOnce = 4;
/** When to look for what a create call may have made, ms; the search index is late. */
const looksMs = [1_000, 2_000, 5_000, 10_000, 20_000];

/**
 * The tickets of these findings, newest first. Search knows late of what was written lately: those are read by their ids
 * instead, and what a lost attempt may have created is looked for by label.
 */
export async function lookUp(page: PageContext, findingIds: readonly string[]): Promise<Found> {
  const { tickets, recent } = page;
  const recentIds = findingIds.flatMap((id) => recent.get(idHash(id)) ?? []);
  const [found, fresh] = await Promise.all([
    mapBounded(chunksOf(findingIds, idsPerSearch), searchesAtOnce, (ids) => tickets.lookUp(ids)),
    readFresh(page, recentIds),
  ]);
  const all = merge([...found, groupById(fresh)]);
  if (page.isRepeat) return refresh(page, all);
  return all;
}

/** What this very activity has written meanwhile is read by its id. */
export async function addWritten(page: PageContext, found: Found): Promise<Found> {
  const written = [...found.keys()].flatMap((id) => page.tally.issueOf(id) ?? []);
  return written.length === 0 ? found : merge([found, groupById(await readFresh(page, written))]);
}

/** Of an attempt before this one: its writes may be missing in what search says. */
async function refresh(page: PageContext, found: Found): Promise<Found> {
  const ids = [...found.values()].flat().map(({ issueId }) => issueId);
  return merge([found, groupById(await readFresh(page, ids))]);
}

async function readFresh(page: PageContext, issueIds: readonly string[]): Promise<FindingTicket[]> {
  const unique = [...new Set(issueIds)];
  const read = await mapBounded(chunksOf(unique, idsPerRead), 2, (ids) => page.tickets.readMany(ids));
  return read.flat();
}

/**
 * What a create call whose answer was lost has made. Search may know of it only after its usual delay: it is asked until all are
 * found or the delay is over. What is not found then was not created.
 * @param call.known issue ids of tickets that were there before it, such as hard-closed ones
 * @param call.madeBefore ms since 1970
 * @returns the tickets by the finding's id
 */
export async function settle(
  page: PageContext,
  findingIds: readonly string[],
  call: { readonly known: readonly string[]; readonly madeBefore: number },
): Promise<Found> {
  if (findingIds.length === 0) return new Map();
  const { indexLagSeconds } = page.input.policy;
  const lagMs = call.madeBefore + indexLagSeconds * 1000 - page.now();
  const old = new Set(call.known);
  let found = await findLabelled(page, findingIds, old);
  let waited = 0;
  for (let look = 0; waited < lagMs && found.size < findingIds.length; look += 1) {
    const ms = Math.min(looksMs[look] ?? looksMs.at(-1) ?? 0, lagMs - waited);
    await page.pause(ms);
    waited += ms;
    const missing = findingIds.filter((id) => !found.has(id));
    found = merge([found, await findLabelled(page, missing, old)]);
  }
  return found;
}

async function findLabelled(
  page: PageContext,
  findingIds: readonly string[],
  old: ReadonlySet<string>,
): Promise<Found> {
  const chunks = chunksOf(findingIds, idsPerSearch);
  const found = merge(await mapBounded(chunks, 2, (ids) => page.tickets.findLabelled(ids)));
  const fresh = [...found].map(([id, all]) => [id, all.filter(({ issueId }) => !old.has(issueId))] as const);
  return new Map(fresh.filter(([, tickets]) => tickets.length > 0));
}

/**
 * What an attempt that died here may have created. @param ids of findings and groups whose ticket it may have been: only those that
 * have none to go on with are looked for
 */
export async function addLost(page: PageContext, ids: readonly string[], found: Found): Promise<Found> {
  const ticketsOf = (id: string) => found.get(id) ?? [];
  const without = [...new Set(ids)].filter((id) => findTarget(ticketsOf(id), page.input.policy) === null);
  const known = without.flatMap((id) => ticketsOf(id).map(({ issueId }) => issueId));
  return merge([found, await settle(page, without, { known, madeBefore: page.startedAt })]);
}

function groupById(tickets: readonly FindingTicket[]): Found {
  const groups = new Map<string, FindingTicket[]>();
  for (const ticket of tickets)
    groups.set(ticket.findingId, [...(groups.get(ticket.findingId) ?? []), ticket]);
  return groups;
}

/** A later answer about the same ticket counts; newest ticket first. */
function merge(answers: readonly Found[]): Found {
  const byFinding = new Map<string, Map<string, FindingTicket>>();
  for (const answer of answers)
    for (const [findingId, tickets] of answer) {
      const known = byFinding.get(findingId) ?? new Map<string, FindingTicket>();
      for (const ticket of tickets) known.set(ticket.issueId, ticket);
      byFinding.set(findingId, known);
    }
  return new Map([...byFinding].map(([id, tickets]) => [id, [...tickets.values()].toSorted(newestFirst)]));
}

function newestFirst(one: FindingTicket, other: FindingTicket): number {
  return (
    Date.parse(other.createdAt) - Date.parse(one.createdAt) || Number(other.issueId) - Number(one.issueId)
  );
}
