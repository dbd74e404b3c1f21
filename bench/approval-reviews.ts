import { setTimeout as sleep } from 'node:timers/promises';
import { toApprovalPolicy } from '../config/approval-policy.ts';
import { waitUntil } from '../scripts/wait-until.ts';
import { findInbox } from '../starters/decisions/inbox.ts';
import type { ReviewInput } from '../workflows/approval/review.ts';
import { overrideReviewId, workflowTypes } from '../workflows/shared/names.ts';
import type { BenchStack } from './bench-stack.ts';

/** A request that people are asked in Slack: where its message is. */
export interface OpenReview {
  readonly workflowId: string;
  readonly channel: string;
  readonly ts: string;
}

interface ShownMessage {
  readonly channel: string;
  readonly ts: string;
  readonly metadata?: { readonly event_payload: { readonly key?: string } };
}

/** Slack lets an app post one message a second and channel: slower than that, nobody waits for it. */
const channels = ['approvals', 'soc', 'devops'] as const;
const paceMs = 350;
const patienceMs = 60_000;

/**
 * Starts reviews of break-glass decisions, each a workflow of its own that asks people at once and needs no ticket, within
 * Slack's rate.
 * @param name of this lot: part of their ids
 * @returns when every message is in Slack
 */
export async function openReviews(stack: BenchStack, name: string, count: number): Promise<OpenReview[]> {
  const ids = Array.from({ length: count }, (_, index) => overrideReviewId(`${name}-${index}`));
  for (const [index, workflowId] of ids.entries()) {
    const next = sleep(paceMs);
    await stack.temporal.workflow.start(workflowTypes.overrideReview, {
      workflowId,
      taskQueue: stack.config.temporal.taskQueue,
      args: [toInput(stack, name, index)],
    });
    await next;
  }
  return waitUntil(`${count} messages in Slack`, patienceMs, async () => {
    const found = await findMessages(stack, ids);
    return found.length === count ? found : undefined;
  });
}

function toInput({ config }: BenchStack, name: string, index: number): ReviewInput {
  const channel = channels[index % channels.length] ?? channels[0];
  return {
    workflowId: `agent-promotion:gated:${10_000 + index}`,
    runLink: `${config.temporal.uiUrl}/namespaces/default/workflows`,
    requestId: `${name}-${index}`,
    title: `Promote agent 5.0.${index} to prod-a, prod-b, prod-c (GATED-${index})`,
    facts: ['prod-a', 'prod-b', 'prod-c'].map((label) => ({ label, value: `5.0.${index}` })),
    links: [],
    policy: { ...toApprovalPolicy(config, 'production'), channel },
    reviewers: 'security',
    reviewWithinMinutes: 1440,
    overriddenBy: 'lee',
    reason: 'database incident',
    overriddenAt: new Date().toISOString(),
  };
}

async function findMessages({ controls }: BenchStack, ids: readonly string[]): Promise<OpenReview[]> {
  const messages = await controls.slack.post<ShownMessage[]>('messages');
  const byRun = new Map(
    messages.map((message) => [message.metadata?.event_payload.key?.split('/')[0], message]),
  );
  return ids.flatMap((workflowId) => {
    const message = byRun.get(workflowId);
    return message ? [{ workflowId, channel: message.channel, ts: message.ts }] : [];
  });
}

/** @throws Error unless so many runs wait for people, as everybody's inbox shows it */
export async function requireOpen({ temporal }: BenchStack, count: number): Promise<void> {
  let open = 0;
  const enough = async () => (open = (await findInbox(temporal, undefined)).length) === count || undefined;
  await waitUntil('the inbox', 10_000, enough).catch(() => {
    throw new Error(`${open} runs wait for people, not ${count}`);
  });
}

/** Events in the history of each. */
export function historyLengths({ temporal }: BenchStack, reviews: readonly OpenReview[]): Promise<number[]> {
  return inTurn(reviews, async ({ workflowId }) => {
    const { historyLength } = await temporal.workflow.getHandle(workflowId).describe();
    return historyLength;
  });
}

/** Asks every run what it asks people: the worker replays those that it does not have in memory. */
export async function askAll({ temporal }: BenchStack, reviews: readonly OpenReview[]): Promise<void> {
  await inTurn(reviews, ({ workflowId }) => temporal.workflow.getHandle(workflowId).query('requests'));
}

async function inTurn<T>(
  reviews: readonly OpenReview[],
  ask: (review: OpenReview) => Promise<T>,
): Promise<T[]> {
  const answers: T[] = [];
  for (let at = 0; at < reviews.length; at += 10)
    answers.push(...(await Promise.all(reviews.slice(at, at + 10).map(ask))));
  return answers;
}
