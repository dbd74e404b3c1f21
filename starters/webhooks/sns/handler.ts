import { startIntake } from '../../../activities/temporal/start-incident.ts';
import { tellSecretTicket } from '../../../activities/temporal/start-secrets.ts';
import type { ConnectionConfig } from '../../../config/incident-schema.ts';
import type { Config } from '../../../config/parse-config.ts';
import type { SecretAuditConfig } from '../../../config/secret-schema.ts';
import type { StarterAccess } from '../../aws-access.ts';
import { projectsOf } from '../jira/incidents.ts';
import type { Handled, WebhookContext, WebhookHandler } from '../delivery.ts';
import { parseBody } from '../parse-body.ts';
import { WebhookRefusal } from '../refusal.ts';
import { readEnvelope, type SnsEnvelope } from './envelope.ts';
import { readIssueReferences, type IssueReference } from './issue-references.ts';
import { pinCertificateUrl, verifySnsSignature, verifySnsTimestamp } from './signature.ts';

/** Messages of SNS topics that Jira Automation publishes to (S-25 to S-37, S-64, A-15): each names an issue to look at, and nothing else. */
export const handleSns: WebhookHandler = async (delivery, context) => {
  const { rawBody, headers } = delivery;
  const { config, now, sns } = context;
  if (headers['x-amz-sns-rawdelivery'] === 'true')
    throw new WebhookRefusal('unsigned', 'raw delivery has no signature: switch it off in the subscription');
  const envelope = readEnvelope(parseBody(rawBody));
  // before anything is fetched
  const owner = findOwner(config, envelope.topicArn);
  verifySnsTimestamp(envelope, now());
  const { sandbox, aws } = config.endpoints;
  const url = pinCertificateUrl(envelope, { sandbox: sandbox ? aws : undefined });
  verifySnsSignature(envelope, await sns.certificates(url));
  switch (envelope.type) {
    case 'Notification':
      return 'audit' in owner
        ? tellTickets(envelope, owner.audit, context)
        : tell(envelope, owner.connections, context);
    case 'SubscriptionConfirmation':
      return confirm(envelope, 'audit' in owner ? owner.audit : owner.connections[0], context);
    case 'UnsubscribeConfirmation':
      return { result: 'ignored', reason: 'somebody unsubscribed this endpoint from the topic' };
  }
};

type Owner = { readonly connections: readonly ConnectionConfig[] } | { readonly audit: SecretAuditConfig };

/** No topic has two owners: the configuration is refused. @throws WebhookRefusal nobody’s topic */
function findOwner(config: Config, topicArn: string): Owner {
  const { incidents, secrets: audit } = config.processes;
  if (audit?.topics.includes(topicArn)) return { audit };
  const connections = (incidents?.connections ?? []).filter(({ topics }) => topics.includes(topicArn));
  if (connections.length > 0) return { connections };
  throw new WebhookRefusal(
    'foreign',
    'TopicArn: the topic is not under processes.incidents or processes.secrets',
  );
}

async function confirm(
  { topicArn, token = '' }: SnsEnvelope,
  access: StarterAccess | undefined,
  { sns }: WebhookContext,
): Promise<Handled> {
  try {
    if (access) await sns.confirm(access, { topicArn, token });
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 300) : 'unknown';
    throw new WebhookRefusal('unavailable', `the subscription cannot be confirmed: ${reason}`);
  }
  return { result: 'confirmed', reason: 'subscription of a configured topic' };
}

async function tell(
  { message, messageId }: SnsEnvelope,
  connections: readonly ConnectionConfig[],
  { temporal, config }: WebhookContext,
): Promise<Handled> {
  const references = readIssueReferences(message);
  const found = references.map((one) => (one ? orders(one, connections) : []));
  const missed = found.filter((one) => one.length === 0).length;
  const asked = [...new Map(found.flat().map((one) => [`${one.connection}/${one.issueId}`, one])).values()];
  if (asked.length === 0) throw refusalOf(references);
  const hint = { deliveryId: messageId, event: 'automation' };
  const ids = await Promise.all(asked.map((one) => startIntake(temporal, config, { ...one, ...hint })));
  const [workflowId] = ids;
  return {
    result: 'started',
    ...(workflowId !== undefined && ids.length === 1 ? { workflowId } : {}),
    ...(missed > 0 ? { reason: `${missed} of ${references.length} records name no issue of ours` } : {}),
  };
}

/** Tickets that approve changes of secrets: whatever else the message says of one is Jira's to say. */
async function tellTickets(
  { message, messageId }: SnsEnvelope,
  { project }: SecretAuditConfig,
  { temporal, config }: WebhookContext,
): Promise<Handled> {
  const references = readIssueReferences(message);
  const named = references.flatMap((one) => {
    if (!one || (one.kind === 'key' && one.project !== project)) return [];
    return [one.kind === 'id' ? one.issueId : one.key];
  });
  const issues = [...new Set(named)];
  if (issues.length === 0) throw refusalOf(references);
  const hint = { deliveryId: messageId, event: 'automation' };
  const ids = await Promise.all(
    issues.map((issueId) => tellSecretTicket(temporal, config, { issueId, ...hint })),
  );
  const [workflowId] = ids;
  return { result: 'started', ...(workflowId !== undefined && ids.length === 1 ? { workflowId } : {}) };
}

/** A key says whose it is; of a numeric id only Jira knows, and the run asks. */
function orders(reference: IssueReference, connections: readonly ConnectionConfig[]) {
  const own = connections.filter(
    (one) => reference.kind === 'id' || projectsOf(one).includes(reference.project),
  );
  const issueId = reference.kind === 'id' ? reference.issueId : reference.key;
  return own.map(({ name }) => ({ connection: name, issueId }));
}

function refusalOf(references: readonly (IssueReference | undefined)[]): WebhookRefusal {
  return references.some((one) => one !== undefined)
    ? new WebhookRefusal('foreign', 'IssueId: its project is of no connection with this topic')
    : new WebhookRefusal('malformed', 'Message: {"IssueId": a key or a numeric id} is expected');
}
