import type { Config } from '../../config/parse-config.ts';
import { toPromotionPolicy } from '../../config/promotion-policy.ts';
import { ticketChanged, type PromotionInput } from '../../workflows/agent-promotion/messages.ts';
import type { RollbackInput } from '../../workflows/promotion-rollback/messages.ts';
import {
  agentPromotionId,
  promotionPlanId,
  promotionRollbackId,
  workflowTypes,
} from '../../workflows/shared/names.ts';
import { attributes } from '../../workflows/shared/search-attributes.ts';
import type { TemporalStarter, WorkflowStart } from './temporal-starter.ts';

export interface TicketToPromote {
  readonly site: string;
  /** Jira's numeric id. */
  readonly issueId: string;
  readonly key: string;
}

/** Why the workflow should look at its ticket: the payload of `ticketChanged`. */
export interface TicketHint {
  /** The vendor's id of the delivery, the same on every retry. */
  readonly deliveryId: string;
  readonly event: string;
}

/** For an event that may begin a promotion: starts it, or tells the running one. @returns its workflow id */
export async function startOrSignalPromotion(
  temporal: Pick<TemporalStarter, 'signalWithStart'>,
  config: Config,
  ticket: TicketToPromote,
  hint: TicketHint,
): Promise<string> {
  const start = toPromotionStart(config, ticket);
  await temporal.signalWithStart(start, { name: ticketChanged.name, payload: hint });
  return start.workflowId;
}

/** For a sweep: starts the promotion unless it runs. @returns whether it was started now */
export async function startPromotion(
  temporal: Pick<TemporalStarter, 'start'>,
  config: Config,
  ticket: TicketToPromote,
): Promise<boolean> {
  return temporal.start(toPromotionStart(config, ticket));
}

/** For an event that only running workflows of the ticket care about: its promotion, and its rollback. @returns whether one runs */
export async function signalPromotion(
  temporal: Pick<TemporalStarter, 'signal'>,
  { site, issueId }: Pick<TicketToPromote, 'site' | 'issueId'>,
  hint: TicketHint,
): Promise<boolean> {
  const signal = { name: ticketChanged.name, payload: hint };
  const ids = [agentPromotionId(site, issueId), promotionRollbackId(site, issueId)];
  const told = await Promise.all(ids.map((id) => temporal.signal(id, signal)));
  return told.includes(true);
}

/** `retry --failed-only`: a run that takes up what the last one left. */
export function toRetryStart(config: Config, ticket: TicketToPromote): WorkflowStart {
  const start = toPromotionStart(config, ticket);
  const input: PromotionInput = { ...(start.input as PromotionInput), retry: 'failed-only' };
  return { ...start, input };
}

/** A dry run beside the promotion, which it leaves alone. */
export function toPlanStart(config: Config, ticket: TicketToPromote): WorkflowStart {
  const start = toPromotionStart(config, ticket);
  const input: PromotionInput = { ...(start.input as PromotionInput), dryRun: true };
  return {
    ...start,
    input,
    workflowId: promotionPlanId(ticket.site, ticket.issueId),
    staticSummary: `Dry run of a promotion · ${ticket.key}`,
    searchAttributes: [{ key: attributes.process, value: 'promotion-plan' }],
  };
}

export function toRollbackStart(
  config: Config,
  ticket: TicketToPromote,
  asked: Pick<RollbackInput, 'reason' | 'requester' | 'requestedAt' | 'toVersion'>,
): WorkflowStart {
  const { site, issueId, key } = ticket;
  const input: RollbackInput = { site, issueId, policy: toPromotionPolicy(config, site), ...asked };
  return {
    workflowType: workflowTypes.promotionRollback,
    workflowId: promotionRollbackId(site, issueId),
    taskQueue: config.temporal.taskQueue,
    input,
    staticSummary: `Roll a promotion back · ${key}`,
    searchAttributes: [
      { key: attributes.process, value: 'promotion-rollback' },
      { key: attributes.ticket, value: key },
    ],
  };
}

/** How a promotion is started: the one place that says so. A further round of a ticket has the same id (design §2). */
function toPromotionStart(config: Config, ticket: TicketToPromote): WorkflowStart {
  const { site, issueId, key } = ticket;
  const input: PromotionInput = { site, issueId, policy: toPromotionPolicy(config, site) };
  return {
    workflowType: workflowTypes.agentPromotion,
    workflowId: agentPromotionId(site, issueId),
    taskQueue: config.temporal.taskQueue,
    input,
    // the webhook's fields are hints: the version is known when the workflow has read the ticket (LkTarget)
    staticSummary: `Promote security agent · ${key}`,
    searchAttributes: [
      { key: attributes.process, value: 'agent-promotion' },
      { key: attributes.ticket, value: key },
    ],
  };
}
