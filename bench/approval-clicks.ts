import { setTimeout as sleep } from 'node:timers/promises';
import { slackPerson, type SlackMessageView } from '../sandbox/drive/slack-person.ts';
import type { LoggedRequest } from '../sandbox/shared/logged-request.ts';
import { waitUntil } from '../scripts/wait-until.ts';
import type { OpenReview } from './approval-reviews.ts';
import type { BenchStack } from './bench-stack.ts';

/** One click, in milliseconds from the click on. */
export interface Click {
  /** The app answered Slack. */
  readonly acknowledged: number;
  /** The vendor's message shows the decision and no button. */
  readonly updated: number;
  /** The message changed for the last time. */
  readonly settled: number;
}

/** A click makes two updates, and Slack takes one a second after the first twenty: that wait is not ours to measure. */
const paceMs = 1_500;
const patienceMs = 30_000;
const lookMs = 20;

/** Approves each with its button, one at a time, as `sue`. @throws Error when a decision did not count or is not shown */
export async function clickAll(stack: BenchStack, reviews: readonly OpenReview[]): Promise<Click[]> {
  const clicks: Click[] = [];
  for (const review of reviews) {
    const next = sleep(paceMs);
    clicks.push(await clickOnce(stack, review));
    await next;
  }
  await requireShown(stack, reviews);
  return clicks;
}

/** Times are those of the vendor's own log, which is in this process: looking at it is no load. */
async function clickOnce({ vendors, endpoints, temporal }: BenchStack, review: OpenReview): Promise<Click> {
  const { workflowId } = review;
  const clickedAt = Date.now();
  const { status, error } = await slackPerson(endpoints, 'sue').press(review, 'lk_approve');
  const acknowledged = Date.now() - clickedAt;
  if (status !== 200) throw new Error(`the click on ${workflowId} was answered ${status} ${error ?? ''}`);
  const updates = () => vendors.slack.requests.filter((request) => isUpdate(request, review));
  const first = await untilFound(`the message of ${workflowId}`, () => updates().find(showsApproval));
  await waitUntil(`${workflowId} to end`, patienceMs, async () => {
    const { status: run } = await temporal.workflow.getHandle(workflowId).describe();
    return run.name === 'RUNNING' ? undefined : run.name;
  });
  const last = updates().at(-1) ?? first;
  return { acknowledged, updated: endOf(first) - clickedAt, settled: endOf(last) - clickedAt };
}

function isUpdate({ path, status, body }: LoggedRequest, { channel, ts }: OpenReview): boolean {
  const { channel: where, ts: which } = (body ?? {}) as { channel?: string; ts?: string };
  return path === '/api/chat.update' && status === 200 && where === channel && which === ts;
}

function showsApproval({ body }: LoggedRequest): boolean {
  const words = JSON.stringify(body);
  return /\*sue\* approved/.test(words) && !words.includes('lk_approve');
}

function endOf({ at, ms = 0 }: LoggedRequest): number {
  return Date.parse(at) + ms;
}

async function untilFound<T>(what: string, find: () => T | undefined): Promise<T> {
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await sleep(lookMs)) {
    const found = find();
    if (found !== undefined) return found;
  }
  throw new Error(`${what}: not within ${patienceMs / 1000} s`);
}

/** What people see in the end, and not only what was sent. */
async function requireShown(
  { controls, temporal }: BenchStack,
  reviews: readonly OpenReview[],
): Promise<void> {
  const messages = await controls.slack.post<SlackMessageView[]>('messages');
  for (const { workflowId, channel, ts } of reviews) {
    const message = messages.find((one) => one.channel === channel && one.ts === ts);
    const words = JSON.stringify(message?.blocks ?? []);
    if (!/\*sue\* approved/.test(words) || words.includes('lk_approve'))
      throw new Error(`the message of ${workflowId} does not show the approval`);
    const result: unknown = await temporal.workflow.getHandle(workflowId).result();
    if ((result as { outcome?: string }).outcome !== 'reviewed')
      throw new Error(`${workflowId} ended otherwise: ${JSON.stringify(result)}`);
  }
}
