import { dueDateOf } from '../../workflows/halo-sync/due.ts';
import { createReader, toJiraFields } from '../../workflows/halo-sync/mapping.ts';
import { toResolutionComment, toTicketText } from '../../workflows/halo-sync/texts.ts';
import type { Finding, FindingDetails } from '../../workflows/halo-sync/finding.ts';
import type { Route } from '../../workflows/halo-sync/messages.ts';
import type { FindingTicket } from '../../workflows/halo-sync/ticket.ts';
import { failureType, type FailureType } from '../../workflows/shared/failures.ts';
import type { CreateOutcome, FindingTicketOrder } from '../jira/findings/port.ts';
import { chunksOf, mapBounded } from '../bounded.ts';
import { isOwnFailure, markOf, type PageContext } from './context.ts';
import { settle } from './look-up.ts';

/** A ticket to be made. */
export interface Creation {
  readonly findingId: string;
  readonly order: FindingTicketOrder;
  /** Issue ids of tickets that it has already: none of them is the new one. */
  readonly known: readonly string[];
  /** What comes after the create call: a link, a move, an attachment. */
  readonly after: (issueId: string) => Promise<void>;
}

const ticketsPerCall = 50;
const callsAtOnce = 2;
/** After these Jira may have created the tickets: no answer, or one that we do not understand. */
const unknownOutcomes: readonly FailureType[] = ['Unavailable', 'Unknown', 'UnsupportedResponse'];

/** @returns the issue ids by finding's id; those that Jira refused are parked */
export async function createTickets(
  page: PageContext,
  creations: readonly Creation[],
): Promise<ReadonlyMap<string, string>> {
  const made = new Map<string, string>();
  await mapBounded(chunksOf(creations, ticketsPerCall), callsAtOnce, async (chunk) => {
    const outcomes = await createChunk(page, chunk);
    outcomes.forEach((outcome, index) => {
      const findingId = chunk[index]?.findingId ?? '';
      if (outcome.state === 'refused') return page.tally.parkFor(findingId, outcome.reason);
      made.set(findingId, outcome.issueId);
      page.tally.wrote(findingId, outcome.issueId);
    });
  });
  await mapBounded(creations, page.input.policy.concurrency, async ({ findingId, after }) => {
    const issueId = made.get(findingId);
    if (issueId === undefined) return;
    try {
      await after(issueId);
    } catch (error) {
      if (!isOwnFailure(error)) throw error;
      page.tally.park(findingId, error);
    }
  });
  return made;
}

/** Jira's create call has no idempotency key: after a lost answer the labels tell what was made, and only the rest is made again. */
async function createChunk(page: PageContext, chunk: readonly Creation[]): Promise<CreateOutcome[]> {
  const outcomes = await tryToCreate(page, chunk);
  if (outcomes) return outcomes;
  const found = await settle(
    page,
    chunk.map(({ findingId }) => findingId),
    { known: chunk.flatMap(({ known }) => known), madeBefore: page.now() },
  );
  const rest = chunk.filter(({ findingId }) => !found.has(findingId));
  const made = rest.length > 0 ? await create(page, rest) : [];
  page.unsettled -= 1;
  return chunk.map((creation) => {
    const ticket = found.get(creation.findingId)?.[0];
    if (ticket) return { state: 'created', issueId: ticket.issueId, key: ticket.key };
    return made[rest.indexOf(creation)] ?? { state: 'refused', reason: 'Jira gave no answer for it' };
  });
}

/** @returns undefined when nobody knows what became of it */
async function tryToCreate(
  page: PageContext,
  chunk: readonly Creation[],
): Promise<CreateOutcome[] | undefined> {
  try {
    return await create(page, chunk);
  } catch (error) {
    if (unknownOutcomes.includes(failureType(error))) return undefined;
    throw error;
  }
}

async function create(page: PageContext, chunk: readonly Creation[]): Promise<CreateOutcome[]> {
  page.unsettled += 1;
  try {
    const outcomes = await page.tickets.createMany(chunk.map(({ order }) => order));
    page.unsettled -= 1;
    return [...outcomes];
  } catch (error) {
    if (!unknownOutcomes.includes(failureType(error))) page.unsettled -= 1;
    throw error;
  }
}

/** The ticket of one finding, whole, and what follows it. */
export function toCreation(
  page: PageContext,
  finding: Finding,
  details: FindingDetails,
  options: Pick<Creation, 'known'> & {
    readonly route: Route;
    readonly after: FindingTicket | null;
    readonly closed: boolean;
  },
): Creation {
  const { policy } = page.input;
  const { route, after, closed, known } = options;
  const { summary, description, wasCut } = toTicketText(finding, details);
  const read = createReader(finding, details.asset);
  const due = dueDateOf(finding, policy, read);
  const mark = markOf(page, finding, null, due === null ? {} : { due });
  const order: FindingTicketOrder = {
    project: route.project,
    issueType: route.issueType,
    summary,
    description,
    fields: toJiraFields(policy, read),
    priority: route.priority,
    components: route.components,
    assigneeAccountId: (route.assignee !== null && page.accountOf(route.assignee)) || null,
    dueDate: due,
    labels: [],
    mark,
  };
  return {
    findingId: finding.id,
    order,
    known,
    async after(issueId) {
      const { tickets } = page;
      if (wasCut) await tickets.attach({ issueId, name: 'finding.json', json: details.raw });
      if (after) await tickets.link({ from: issueId, to: after.issueId, type: 'relates' });
      if (closed) {
        const comment = toResolutionComment(finding, 'resolved');
        await tickets.move({ issueId, to: policy.close, comment, mark: { ...mark, left: 'closed' } });
      } else if (policy.newStatus !== null)
        await tickets.move({ issueId, to: policy.newStatus, comment: null, mark });
    },
  };
}
