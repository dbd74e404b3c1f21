import { createIssues } from '../api.ts';
import { CancelledFailure } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { createFailure, failureMessage, failureType } from '../../../workflows/shared/failures.ts';
import { findingLabel } from '../../../workflows/shared/names.ts';
import { idHash } from '../../findings/hash.ts';
import { toAdf } from '../adf.ts';
import { toLabel, toLine } from '../field-values.ts';
import { markProperty } from './mark.ts';
import { toFieldValues } from './named-fields.ts';
import type { OpenFindings } from './open-findings.ts';
import type { CreateOutcome, FindingTicketOrder } from './port.ts';
import { bodyOfRefusal, toReason } from '../refusals.ts';
import { BulkAnswer } from './schema.ts';

/** Jira's own limit of one call; and ours in bytes, since its is not written down. */
const ticketsPerCall = 50;
const bytesPerCall = 4_000_000;

interface Draft {
  readonly index: number;
  readonly order: FindingTicketOrder;
  readonly issue: {
    readonly fields: Record<string, unknown>;
    readonly properties: ReturnType<typeof markProperty>[];
  };
}

/**
 * The create call has no idempotency key, so it is made once and never repeated here: after a lost answer, a time-out or a 5xx
 * nobody knows what was made, and the failure says so; each ticket carries its label and its mark from its first moment, by which
 * `findLabelled` tells. A call that Jira refused as a whole made nothing: its halves are tried, down to the order it cannot take.
 */
export async function createMany(
  open: OpenFindings,
  orders: readonly FindingTicketOrder[],
): Promise<readonly CreateOutcome[]> {
  const outcomes: (CreateOutcome | undefined)[] = [];
  const drafts: Draft[] = [];
  for (const [index, order] of orders.entries()) {
    const issue = await toIssue(open, order);
    if ('state' in issue) outcomes[index] = issue;
    else drafts.push({ index, order, issue });
  }
  const waiting = toCalls(drafts);
  for (let call = waiting.shift(); call; call = waiting.shift()) {
    const made = await createCall(open, call).catch((error: unknown) => {
      throw outcomes.some((outcome) => outcome?.state === 'created') ? partlyDone(error) : error;
    });
    if (made === 'refused') waiting.unshift(...halves(call));
    else call.forEach(({ index }, at) => (outcomes[index] = made[at]));
  }
  return orders.map((_, index) => outcomes[index] ?? { state: 'refused', reason: 'it was not sent' });
}

async function toIssue(
  open: OpenFindings,
  order: FindingTicketOrder,
): Promise<Draft['issue'] | Extract<CreateOutcome, { state: 'refused' }>> {
  const { project, issueType, mark } = order;
  const { id: idField } = await open.idField();
  try {
    const mapped = await toFieldValues(open, order.fields, { project, issueType });
    const label = findingLabel(idHash(mark.findingId));
    const labels = [label, ...order.labels.map(toLabel), ...listIn(mapped, 'labels')];
    const components = [...order.components.map((name) => ({ name })), ...listIn(mapped, 'components')];
    const { priority, assigneeAccountId, dueDate, description } = order;
    const fields = {
      summary: toLine(order.summary),
      description: toAdf(description),
      ...(priority === null ? {} : { priority: { name: priority } }),
      ...(assigneeAccountId === null ? {} : { assignee: { accountId: assigneeAccountId } }),
      ...(dueDate === null ? {} : { duedate: dueDate }),
      ...Object.fromEntries(mapped),
      ...(components.length === 0 ? {} : { components }),
      project: { key: project },
      issuetype: { name: issueType },
      labels: [...new Set(labels)],
      // never cut or cleaned: it is compared with the finding's id, sign by sign
      [idField]: mark.findingId,
    };
    return { fields, properties: [markProperty(mark)] };
  } catch (error) {
    if (!['InvalidInput', 'NotFound'].includes(failureType(error))) throw error;
    return { state: 'refused', reason: failureMessage(error) };
  }
}

function listIn(values: ReadonlyMap<string, unknown>, id: string): unknown[] {
  const value: unknown = values.get(id);
  return Array.isArray(value) ? value : [];
}

function toCalls(drafts: readonly Draft[]): Draft[][] {
  const calls: Draft[][] = [];
  let bytes = Infinity;
  for (const draft of drafts) {
    const size = Buffer.byteLength(JSON.stringify(draft.issue));
    const last = calls.at(-1);
    if (last && last.length < ticketsPerCall && bytes + size <= bytesPerCall) last.push(draft);
    else calls.push([draft]);
    bytes = calls.at(-1) === last ? bytes + size : size;
  }
  return calls;
}

function halves(call: readonly Draft[]): Draft[][] {
  const middle = Math.ceil(call.length / 2);
  return [call.slice(0, middle), call.slice(middle)];
}

/** @returns `refused`: the whole call, with more than one order in it */
async function createCall(open: OpenFindings, call: readonly Draft[]): Promise<CreateOutcome[] | 'refused'> {
  try {
    const answer = await open.call(`create ${call.length} tickets`, () => post(open, call));
    return toOutcomes(open, call, answer);
  } catch (error) {
    if (failureType(error) !== 'InvalidInput') throw error;
    return call.length > 1 ? 'refused' : [{ state: 'refused', reason: failureMessage(error) }];
  }
}

/** Jira answers 400 when every single one was refused; the reasons are in its body all the same. */
async function post({ client }: OpenFindings, call: readonly Draft[]): Promise<BulkAnswer> {
  try {
    return BulkAnswer.parse(await createIssues(client, { issueUpdates: call.map(({ issue }) => issue) }));
  } catch (error) {
    const refused = BulkAnswer.safeParse(bodyOfRefusal(error)).data;
    if (refused && !refused.issues?.length && refused.errors?.length === call.length) return refused;
    throw error;
  }
}

/** What was created stands in the order of what was asked for, without what failed. */
function toOutcomes(open: OpenFindings, call: readonly Draft[], answer: BulkAnswer): CreateOutcome[] {
  const failed = new Map((answer.errors ?? []).map((error) => [error.failedElementNumber, error]));
  const created = [...(answer.issues ?? [])];
  if (created.length + failed.size !== call.length || [...failed.keys()].some((at) => at >= call.length))
    throw createFailure('UnsupportedResponse', 'jira: create tickets: the answer does not fit the orders', {
      details: {
        system: 'jira',
        expected: `${call.length} answers`,
        found: `${created.length} and ${failed.size}`,
      },
    });
  return call.map(({ order }, at): CreateOutcome => {
    const error = failed.get(at);
    const made = error ? undefined : created.shift();
    if (!made) return { state: 'refused', reason: toReason(error?.elementErrors ?? {}, open.fields) };
    const form = { project: order.project, issueType: order.issueType };
    const status = open.places.initial(form) ?? null;
    open.places.set(made.id, { ...form, key: made.key, status, mark: order.mark });
    return { state: 'created', issueId: made.id, key: made.key };
  });
}

/** An earlier call of the same orders was answered: only looking by label tells the caller of its tickets. */
function partlyDone(error: unknown): unknown {
  if (error instanceof CancelledFailure || !(error instanceof ApplicationFailure)) return error;
  const wait = Number(error.nextRetryDelay ?? 0);
  return createFailure('Unavailable', `${error.message}; tickets of the same page had been created`, {
    cause: error,
    ...(wait > 0 ? { retryAfterMs: wait } : {}),
  });
}
