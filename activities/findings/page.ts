import { decide, findTwins } from '../../workflows/halo-sync/decide.ts';
import type { Finding } from '../../workflows/halo-sync/finding.ts';
import { unrouted } from '../../workflows/halo-sync/routing.ts';
import type { Action, FindingTicket, NothingReason } from '../../workflows/halo-sync/ticket.ts';
import { dropForged } from './acceptances.ts';
import { mapBounded } from '../bounded.ts';
import { isOwnFailure, type PageContext } from './context.ts';
import { createTickets, toCreation, type Creation } from './create-findings.ts';
import { createGroups, type Group, type Groups } from './groups.ts';
import { latestHashOf } from './hash.ts';
import { addLost, addWritten, lookUp, type Found } from './look-up.ts';
import { findPlace, type Place } from './place.ts';
import { close, writeFinding } from './write-finding.ts';

/** One finding on its way: where it belongs, and what is to be done for it. */
interface Planned extends Place {
  readonly tickets: readonly FindingTicket[];
  readonly action: Action;
}

type Creating = Planned & { readonly action: Extract<Action, { do: 'create' | 'create-closed' }> };

/** A page of the source with what was read for it: nothing is decided yet. */
export interface LocatedFindings {
  readonly findings: readonly Finding[];
  readonly places: readonly Place[];
  /** Which route takes each of them, also one that makes no tickets. */
  readonly routed: readonly (readonly [findingId: string, route: string])[];
  readonly groups: Groups;
  readonly found: Found;
}

/** Only reads, so that it can be done while the page before is written: where each finding belongs, and which tickets there are. */
export async function locate(page: PageContext, findings: readonly Finding[]): Promise<LocatedFindings> {
  const wanted = findings.filter((finding) => isWanted(finding, page));
  const groups = createGroups(page);
  const places = await mapBounded(wanted, page.input.policy.concurrency, (finding) =>
    findPlace(page, groups, finding),
  );
  const synced = places.filter(({ route }) => route.sync);
  const single = synced.filter(({ group }) => !group).map(({ finding }) => finding.id);
  const found = await lookUp(page, [...single, ...[...groupsIn(synced)].map(({ id }) => id)]);
  const routed = places.map(({ finding, route }) => [finding.id, route.name] as const);
  return { findings, places: synced, routed, groups, found };
}

/** A group's ticket that one page has made is the next one's: those are read one after the other. */
export function mayLookAhead({ input }: PageContext): boolean {
  return input.flood !== 'group' && input.policy.routes.every(({ groupBy }) => groupBy === null);
}

/**
 * What is to be done for each finding, and the doing. A finding that fails is parked and the others go on; what fails for all
 * alike is thrown.
 * @returns how many new tickets wait for a person's word; then nothing was written
 */
export async function syncFindings(page: PageContext, located: LocatedFindings): Promise<number> {
  const { tally } = page;
  const { findings, places, routed, groups } = located;
  const planned = await plan(page, located);
  const creating = planned.filter(isCreating);
  const { mayCreate, flood } = page.input;
  const left = mayCreate === null ? Infinity : mayCreate - tally.snapshot().counts.created;
  if (flood === null && creating.length > left) return creating.length;
  tally.count('listed', findings.length);
  tally.count('skipped', findings.length - places.length);
  for (const { changedAt } of findings) tally.changedAt(changedAt);
  for (const [findingId, route] of routed) tally.routed(findingId, route);
  await write(page, planned);
  await joinGroups(planned);
  await create(page, creating);
  await groups.flush();
  return 0;
}

/** What is resolved may have a ticket from times when it was wanted. */
function isWanted({ type, critical, status }: Finding, { input }: PageContext): boolean {
  if (status === 'resolved') return true;
  return input.policy.types.includes(type) && (critical || !input.policy.criticalOnly);
}

function groupsIn(places: readonly Place[]): ReadonlySet<Group> {
  return new Set(places.flatMap(({ group, floodGroup }) => group ?? floodGroup ?? []));
}

async function plan(page: PageContext, { places, found: first }: LocatedFindings): Promise<Planned[]> {
  const groups = groupsIn(places);
  // the page before, or another row of this finding, may have written since
  const known = await addWritten(page, first);
  const owners = places.flatMap((place) => toOwners(page, place, known));
  const found = page.mustSettle ? await addLost(page, owners, known) : known;
  for (const group of groups) group.found(found.get(group.id) ?? []);
  return mapBounded(places, page.input.policy.concurrency, async (place) => {
    const quiet = { ...place, finding: withoutNews(page, place.finding) };
    const decided = await decideOne(page, quiet, found.get(place.finding.id) ?? []);
    const creates = decided.action.do === 'create' || decided.action.do === 'create-closed';
    // a new ticket has the latest scan result in its text
    return { ...(creates ? place : quiet), ...decided };
  });
}

/** Of a digest the nightly reconcile alone speaks: until then the ticket's mark knows the scan result that it was told of. */
function withoutNews({ input }: PageContext, finding: Finding): Finding {
  return input.policy.comments === 'digest' && input.kind !== 'reconcile'
    ? { ...finding, latest: null }
    : finding;
}

/** Whose ticket this page makes, should there be none. */
function toOwners({ input }: PageContext, { finding, group, floodGroup }: Place, found: Found): string[] {
  if (group) return [group.id];
  if (input.flood !== 'group' || !floodGroup) return [finding.id];
  // one whose ticket was hard-closed gets one of its own again
  return found.get(finding.id)?.length ? [floodGroup.id, finding.id] : [floodGroup.id];
}

async function decideOne(
  page: PageContext,
  { finding, route, group, floodGroup }: Place,
  tickets: readonly FindingTicket[],
): Promise<Pick<Planned, 'tickets' | 'action' | 'group'>> {
  if (group) return { tickets, group, action: nothing('unchanged') };
  // one of a flood that people wanted grouped
  if (tickets.length === 0 && floodGroup && (await floodGroup.has(finding.id)))
    return { tickets, group: floodGroup, action: nothing('unchanged') };
  const { policy, dropSeenBefore, flood } = page.input;
  const checked = await dropForged(page, tickets);
  const facts = { finding, tickets: checked, policy, dropSeenBefore };
  const action = decide({ ...facts, now: page.now(), latestHash: latestHashOf(finding.latest) });
  if (route === unrouted && (action.do === 'create' || action.do === 'create-closed'))
    return { tickets, group, action: nothing('unrouted') };
  if (action.do !== 'create' || action.after) return { tickets, group, action };
  if (flood === 'drop') return { tickets, group, action: nothing('dropped') };
  if (flood === 'group' && floodGroup) return { tickets, group: floodGroup, action: nothing('unchanged') };
  return { tickets, group, action };
}

const nothing = (why: NothingReason): Action => ({ do: 'nothing', why });

function isCreating(planned: Planned): planned is Creating {
  return planned.action.do === 'create' || planned.action.do === 'create-closed';
}

const countOf: Partial<Record<NothingReason, 'accepted' | 'damped' | 'dropped' | 'skipped'>> = {
  accepted: 'accepted',
  damped: 'damped',
  grace: 'damped',
  dropped: 'dropped',
  'unsupported-type': 'skipped',
  'not-critical': 'skipped',
  excluded: 'skipped',
  unrouted: 'skipped',
};

async function write(page: PageContext, planned: readonly Planned[]): Promise<void> {
  await mapBounded(planned, page.input.policy.concurrency, async (one) => {
    const { finding, action } = one;
    if (one.group || isCreating(one)) return;
    if (action.do === 'nothing') {
      if (action.why === 'unrouted' && finding.status === 'active')
        return page.tally.parkFor(finding.id, 'Unrouted: no route takes it');
      page.tally.count(countOf[action.why] ?? 'unchanged');
    }
    try {
      if (action.do === 'update' || action.do === 'close' || action.do === 'reopen')
        await writeFinding(page, finding, action);
      if (page.input.kind === 'reconcile') await closeTwins(page, one);
    } catch (error) {
      if (!isOwnFailure(error)) throw error;
      page.tally.park(finding.id, error);
    }
  });
}

/** Two open tickets of ours for one finding: a create call was settled wrongly. The oldest stays. */
async function closeTwins(page: PageContext, { finding, tickets }: Planned): Promise<void> {
  for (const twin of findTwins(tickets, page.input.policy)) {
    const kept = tickets.findLast((ticket) => ticket.isOurs && !ticket.isDone && ticket !== twin);
    if (page.input.dryRun || !kept) {
      page.tally.count('twins');
      continue;
    }
    await page.tickets.link({ from: twin.issueId, to: kept.issueId, type: 'duplicates' });
    await close(page, finding, twin, 'twin', kept.key);
    page.tally.wrote(finding.id, kept.issueId);
    page.tally.count('twins');
  }
}

async function joinGroups(planned: readonly Planned[]): Promise<void> {
  for (const { finding, group } of planned) {
    if (finding.status === 'active') group?.add(finding);
    else await group?.remove(finding.id);
  }
}

async function create(page: PageContext, creating: readonly Creating[]): Promise<void> {
  if (creating.length === 0) return;
  if (page.input.dryRun) return countCreations(page, creating);
  const creations = await mapBounded(creating, page.input.policy.concurrency, (one) => prepare(page, one));
  const made = await createTickets(
    page,
    creations.flatMap((creation) => creation ?? []),
  );
  countCreations(
    page,
    creating.filter(({ finding }) => made.has(finding.id)),
  );
}

async function prepare(page: PageContext, one: Creating): Promise<Creation | undefined> {
  const { finding, route, action } = one;
  try {
    const details = await page.source.details(finding, { asset: true, latest: true, cves: true });
    return toCreation(page, finding, details, {
      route,
      after: action.do === 'create' ? action.after : null,
      closed: action.do === 'create-closed',
      known: one.tickets.map(({ issueId }) => issueId),
    });
  } catch (error) {
    if (!isOwnFailure(error)) throw error;
    page.tally.park(finding.id, error);
    return undefined;
  }
}

function countCreations({ tally }: PageContext, creating: readonly Creating[]) {
  for (const { action } of creating) tally.count(action.do === 'create' ? 'created' : 'createdClosed');
}
