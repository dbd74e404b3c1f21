import { createHash } from 'node:crypto';
import { isRecord, text } from '../../../workflows/shared/guards.ts';
import { changeIntakeId, workflowTypes } from '../../../workflows/shared/names.ts';
import { attributes } from '../../../workflows/shared/search-attributes.ts';
import type { Handled, WebhookContext } from '../delivery.ts';
import { WebhookRefusal } from '../refusal.ts';
import { authorOf } from './author.ts';

/** Change tickets of a site. */
export interface ChangeScope {
  /** Name of the site in the configuration. */
  readonly site: string;
  /** Project key. */
  readonly project: string;
  readonly botAccountId: string | undefined;
}

export type ChangeEvent =
  | { readonly kind: 'intake'; readonly site: string; readonly issueId: string; readonly key: string }
  | { readonly kind: 'ignore'; readonly reason: string }
  | { readonly kind: 'malformed'; readonly reason: string };

/** Each of these is a hint to read the ticket; what it says is not looked at. */
const heard: readonly string[] = [
  'jira:issue_created',
  'jira:issue_updated',
  'jira:issue_deleted',
  'comment_created',
  'comment_updated',
];

/** @returns undefined: it is about no change ticket */
export function decideChangeEvent(body: unknown, scope: ChangeScope | undefined): ChangeEvent | undefined {
  const issue = isRecord(body) ? body['issue'] : undefined;
  const key = text(issue, 'key');
  const event = text(body, 'webhookEvent');
  if (!scope || key?.startsWith(`${scope.project}-`) !== true || event === undefined) return undefined;
  const issueId = text(issue, 'id');
  if (issueId === undefined || !/^[0-9]{1,19}$/.test(issueId))
    return { kind: 'malformed', reason: 'issue.id: a numeric id is expected' };
  if (!heard.includes(event)) return { kind: 'ignore', reason: `event ${event.slice(0, 80)}` };
  // our own writes come back as events and must start nothing
  if (scope.botAccountId !== undefined && authorOf(body) === scope.botAccountId)
    return { kind: 'ignore', reason: 'written by Lockkeeper itself' };
  return { kind: 'intake', site: scope.site, issueId, key };
}

/**
 * Starts the one pass that reads the ticket: only Jira says which build it is for. The delivery is in the pass's id, so that a
 * repeated one joins it while it runs; afterwards a further look does no harm.
 */
export async function intake(
  event: ChangeEvent,
  deliveryId: string,
  { temporal, config }: Pick<WebhookContext, 'temporal' | 'config'>,
): Promise<Handled> {
  if (event.kind === 'malformed') throw new WebhookRefusal('malformed', event.reason);
  if (event.kind === 'ignore') return { result: 'ignored', reason: event.reason };
  const { site, issueId, key } = event;
  const delivery = createHash('sha256').update(deliveryId).digest('hex').slice(0, 32);
  const workflowId = changeIntakeId(site, issueId, delivery);
  await temporal.start({
    workflowType: workflowTypes.changeIntake,
    workflowId,
    taskQueue: config.temporal.taskQueue,
    input: { site, issueId },
    staticSummary: `Look at ${key}`,
    searchAttributes: [
      { key: attributes.process, value: 'change-approval' },
      { key: attributes.ticket, value: key },
    ],
  });
  return { result: 'started', workflowId };
}
