import { ticketChanged } from '../../../workflows/agent-promotion/messages.ts';
import { text } from '../../../workflows/shared/guards.ts';
import { promotionRollbackId } from '../../../workflows/shared/names.ts';
import { signalPromotion, startOrSignalPromotion } from '../../../activities/temporal/start-promotion.ts';
import { deliveryIdOf, type Handled, type WebhookContext, type WebhookHandler } from '../delivery.ts';
import { areEqualSecrets } from '../equal-secrets.ts';
import { parseBody } from '../parse-body.ts';
import { WebhookRefusal } from '../refusal.ts';
import { tellAcceptances } from './acceptances.ts';
import { decideAutomationEvent } from './automation.ts';
import { decideChangeEvent, intake } from './changes.ts';
import { decideJiraEvent, ownWords, type JiraDecision } from './events.ts';
import { tellIntakes, tellIntakesOfRule } from './incidents.ts';
import { tellSecretTickets } from './secrets.ts';
import { verifyJiraSignature, verifyJiraTimestamp } from './signature.ts';
import { findSite, toChangeScope, toScope } from './sites.ts';

/** A signed admin webhook of Jira. */
export const handleJiraWebhook: WebhookHandler = async (delivery, context) => {
  const { rawBody, headers } = delivery;
  const secret = context.secrets.jiraWebhookSecret;
  if (!secret) throw new WebhookRefusal('not-configured', 'LOCKKEEPER_JIRA_WEBHOOK_SECRET is not set');
  verifyJiraSignature({ rawBody, header: headers['x-hub-signature'], secret });
  const body = parseBody(rawBody);
  verifyJiraTimestamp(body['timestamp'], context.now());
  const site = findSite(context.config, delivery.site, body);
  const deliveryId = deliveryIdOf(headers['x-atlassian-webhook-identifier'], rawBody);
  const told =
    (await tellSecretTickets(body, site, deliveryId, context)) ??
    (await tellIntakes(body, site, deliveryId, context));
  return prefer(told, async () => {
    const change = decideChangeEvent(body, toChangeScope(context.config, site));
    if (change) return intake(change, deliveryId, context);
    const decision = decideJiraEvent(body, toScope(context.config, site));
    if (decision.kind === 'ignore' && decision.reason !== ownWords) {
      const answered = await tellAcceptances(body, deliveryId, context);
      if (answered) return answered;
    }
    return act(decision, site.name, deliveryId, context);
  });
};

/**
 * An issue of incidents may lie in a project of other processes: those hear of it as before. Where they have no use for it, the answer is
 * what incidents made of it.
 */
async function prefer(told: Handled | undefined, others: () => Promise<Handled>): Promise<Handled> {
  if (!told) return others();
  try {
    const handled = await others();
    return ['started', 'signalled'].includes(handled.result) ? handled : told;
  } catch (error) {
    if (error instanceof WebhookRefusal && error.kind === 'malformed') return told;
    throw error;
  }
}

/** Jira Automation's web request: unsigned, so that a secret header stands for it. */
export const handleJiraAutomation: WebhookHandler = async (delivery, context) => {
  const { rawBody, headers } = delivery;
  const token = context.secrets.jiraAutomationToken;
  if (!token) throw new WebhookRefusal('not-configured', 'LOCKKEEPER_JIRA_AUTOMATION_TOKEN is not set');
  const given = headers['x-lockkeeper-token'];
  if (!given) throw new WebhookRefusal('unsigned', 'X-Lockkeeper-Token is missing');
  if (!areEqualSecrets(given, token.reveal()))
    throw new WebhookRefusal('forged', 'X-Lockkeeper-Token does not fit');
  const body = parseBody(rawBody);
  const site = findSite(context.config, delivery.site, body);
  const sentAt = text(body, 'sentAt');
  const deliveryId = deliveryIdOf(sentAt && `${text(body, 'rule') ?? 'rule'}@${sentAt}`, rawBody);
  const told = await tellIntakesOfRule(body, site, deliveryId, context);
  return prefer(told, async () => {
    const decision = decideAutomationEvent(body, toScope(context.config, site));
    return act(decision, site.name, deliveryId, context);
  });
};

async function act(
  decision: JiraDecision,
  site: string,
  deliveryId: string,
  { temporal, config }: WebhookContext,
): Promise<Handled> {
  if (decision.kind === 'malformed') throw new WebhookRefusal('malformed', decision.reason);
  if (decision.kind === 'ignore') return { result: 'ignored', reason: decision.reason };
  const { issueId, event } = decision;
  const hint = { deliveryId, event };
  if (decision.kind === 'start') {
    const ticket = { site, issueId, key: decision.key };
    return { result: 'started', workflowId: await startOrSignalPromotion(temporal, config, ticket, hint) };
  }
  const runs = await signalPromotion(temporal, { site, issueId }, hint);
  if (decision.kind !== 'answer') return { result: runs ? 'signalled' : 'not-running' };
  const signal = { name: ticketChanged.name, payload: hint };
  const rollsBack = await temporal.signal(promotionRollbackId(site, issueId), signal);
  return { result: runs || rollsBack ? 'signalled' : 'not-running' };
}
