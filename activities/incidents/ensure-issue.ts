import { asyncLocalStorage, sleep } from '@temporalio/activity';
import { createFailure, failureType, type FailureType } from '../../workflows/shared/failures.ts';
import { isRecord } from '../../workflows/shared/guards.ts';
import type { IssueOrder } from '../jira/incidents/port.ts';
import type { IncidentPort } from './port.ts';
import { labelOf, type ConnectionParts } from './parts.ts';
import { routeOf } from './route.ts';
import { toFacts } from './texts.ts';

type Input = Parameters<IncidentPort['ensureIssue']>[0];
type Ensured = Awaited<ReturnType<IncidentPort['ensureIssue']>>;

/** When to look again for an issue that Jira may have created: its search is late (design §5). */
const laterLooksMs = [5_000, 10_000, 20_000, 40_000, 60_000, 60_000];
const unknownOutcomes: readonly FailureType[] = ['Unavailable', 'Unknown', 'UnsupportedResponse'];

/**
 * One issue for each case. The create call takes no idempotency key: it carries the label and our property, is made once an attempt, and
 * is looked for before and, after an unknown outcome (a repeat of the activity is one, too), for three minutes afterwards.
 */
export async function ensureIssue(
  parts: ConnectionParts,
  { caseId, workflowId, key }: Input,
  pause: (ms: number) => Promise<void> = sleep,
): Promise<Ensured> {
  const mustLook = mayHaveAsked();
  const { there, order } = await before(parts, { caseId, workflowId, mustLook, pause });
  if (there) {
    // the attempt before may have made it, and no more
    if (mustLook) await tellFacts(parts, there, key, toFacts(await parts.cases.getCase(caseId)));
    return there;
  }
  const made = await create(parts, order.order, () => findLater(parts, caseId, pause));
  await tellFacts(parts, made, key, order.facts);
  return made;
}

async function tellFacts(
  { tickets }: ConnectionParts,
  { issueId }: Ensured,
  key: string,
  facts: string,
): Promise<void> {
  await tickets.ensureComment(issueId, facts, { key: `${key}-facts`, note: 'facts' });
}

type Before =
  | { readonly there: Ensured; readonly order: null }
  | { readonly there: undefined; readonly order: Awaited<ReturnType<typeof toOrder>> };

/** All that is done before the create call. Should it fail, the next attempt may know that nothing was asked for. */
async function before(
  parts: ConnectionParts,
  given: Pick<Input, 'caseId' | 'workflowId'> & { mustLook: boolean; pause: (ms: number) => Promise<void> },
): Promise<Before> {
  const { caseId, mustLook, pause } = given;
  try {
    const there =
      (await find(parts, caseId)) ?? (mustLook ? await findLater(parts, caseId, pause) : undefined);
    if (there) return { there, order: null };
    return { there: undefined, order: await toOrder(parts, given) };
  } catch (error) {
    if (!mustLook) asyncLocalStorage.getStore()?.heartbeat(nothingAsked);
    throw error;
  }
}

const nothingAsked = { asked: false } as const;

/** Of a repeat nobody knows, unless the attempt before said that it had come to nothing. */
function mayHaveAsked(): boolean {
  const info = asyncLocalStorage.getStore()?.info;
  const details: unknown = info?.heartbeatDetails;
  const told = isRecord(details) && details['asked'] === false;
  return (info?.attempt ?? 1) > 1 && !told;
}

async function create(
  { tickets }: ConnectionParts,
  order: IssueOrder,
  later: () => Promise<Ensured | undefined>,
): Promise<Ensured> {
  try {
    const { issueId, key } = await tickets.createIssue(order);
    return { issueId, issueKey: key, created: true };
  } catch (error) {
    if (!unknownOutcomes.includes(failureType(error))) throw error;
    const adopted = await later();
    if (adopted) return adopted;
    throw error;
  }
}

/** The oldest of ours: a younger twin is one that a lost answer made. */
async function find({ tickets, name }: ConnectionParts, caseId: string): Promise<Ensured | undefined> {
  const marked = await tickets.findMarked(labelOf(name, caseId));
  const own = marked.find(({ mark }) => mark.caseId === caseId && mark.connection === name);
  return own && { issueId: own.issueId, issueKey: own.key, created: false };
}

async function findLater(parts: ConnectionParts, caseId: string, pause: (ms: number) => Promise<void>) {
  for (const ms of laterLooksMs) {
    await pause(ms);
    const found = await find(parts, caseId);
    if (found) return found;
  }
  return undefined;
}

async function toOrder(
  parts: ConnectionParts,
  { caseId, workflowId }: Pick<Input, 'caseId' | 'workflowId'>,
): Promise<{ order: IssueOrder; facts: string }> {
  const one = await parts.cases.getCase(caseId);
  const route = routeOf(parts.routes, one);
  if (!route.sync)
    throw createFailure('PolicyViolation', `case ${caseId}: the route ${route.name} gives it no issue`);
  const textOf = (name: 'title' | 'description') => String(one.fields[name] ?? '');
  return {
    facts: toFacts(one),
    order: {
      ...{ project: route.project, issueType: route.issueType, priority: route.priority },
      ...{ securityLevel: route.securityLevel, components: route.components },
      assigneeAccountId: route.assigneeAccountId,
      summary: textOf('title') || `AWS case ${caseId}`,
      description: textOf('description'),
      fields: {},
      label: labelOf(parts.name, caseId),
      mark: { workflowId, connection: parts.name, caseId },
    },
  };
}
