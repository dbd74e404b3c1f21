import { createHash } from 'node:crypto';
import { secretAuditOf, toSecretOrder, toSecretPolicy } from '../../config/secret-policy.ts';
import type { Config } from '../../config/parse-config.ts';
import { nameOf } from '../../workflows/secret-audit/arn.ts';
import { describeActor, toTarget } from '../../workflows/secret-audit/discrepancy.ts';
import {
  discrepancy,
  lookAgain,
  ticketHint,
  type FindingChange,
  type FoundBy,
  type SecretChangeInput,
  type SecretEvent,
  type SecretFindingInput,
  type SecretTicketInput,
} from '../../workflows/secret-audit/messages.ts';
import {
  secretChangeId,
  secretFindingId,
  secretTicketId,
  workflowTypes,
} from '../../workflows/shared/names.ts';
import { attributes } from '../../workflows/shared/search-attributes.ts';
import type { TemporalStarter, WorkflowStart } from './temporal-starter.ts';

const longestId = 200;

/**
 * Begins the audit of one change. Its id is the event's: a second delivery finds it begun, or over.
 * @returns false when it was begun before
 */
export async function startSecretChange(
  starter: Pick<TemporalStarter, 'start'>,
  config: Config,
  { event, foundBy }: { readonly event: SecretEvent; readonly foundBy: FoundBy },
): Promise<boolean> {
  return starter.start({ ...toChangeStart(config, { eventId: event.eventId, event, foundBy }), once: true });
}

/** Has a change decided again; one that has ended is read from the ledger. Safe to repeat: the same facts give the same verdict. */
export async function tellSecretChange(
  starter: Pick<TemporalStarter, 'signalWithStart'>,
  config: Config,
  { eventId, deliveryId }: { readonly eventId: string; readonly deliveryId: string },
): Promise<void> {
  const start = toChangeStart(config, { eventId, event: null, foundBy: 'event' });
  await starter.signalWithStart(start, { name: lookAgain.name, payload: { deliveryId } });
}

function toChangeStart(
  config: Config,
  part: Pick<SecretChangeInput, 'eventId' | 'event' | 'foundBy'>,
): WorkflowStart {
  const input: SecretChangeInput = {
    ...part,
    policy: toSecretPolicy(config),
    site: secretAuditOf(config).site,
  };
  return {
    ...{ workflowType: workflowTypes.secretChange, workflowId: secretChangeId(part.eventId) },
    ...{ taskQueue: config.temporal.taskQueue, input, staticSummary: summaryOf(part) },
    searchAttributes: [
      { key: attributes.process, value: 'secret-change' },
      { key: attributes.phase, value: 'decide' },
      ...(part.event ? [{ key: attributes.target, value: toTarget(part.event) }] : []),
    ],
  };
}

/** Names only: a value has no place in an event. */
function summaryOf({ event, eventId }: Pick<SecretChangeInput, 'event' | 'eventId'>): string {
  if (event === null) return `Decide again about ${eventId}`.slice(0, 200);
  const secret = event.secret === null ? 'a secret' : nameOf(event.secret);
  return `${event.eventName} of ${secret} by ${describeActor(event.actor)}`.slice(0, 200);
}

export interface TicketHint {
  /** Numeric id; or a key where nothing else is known: that run only tells the one of the id. */
  readonly issueId: string;
  readonly deliveryId: string;
  readonly event: string;
}

/** Has somebody look at a ticket that approves changes. Safe to repeat. @returns its workflow id */
export async function tellSecretTicket(
  starter: Pick<TemporalStarter, 'signalWithStart'>,
  config: Config,
  { issueId, deliveryId, event }: TicketHint,
): Promise<string> {
  const start = toTicketStart(config, issueId);
  const payload = { deliveryId: deliveryId.slice(0, longestId), event: event.slice(0, 80) };
  await starter.signalWithStart(start, { name: ticketHint.name, payload });
  return start.workflowId;
}

export function toTicketStart(config: Config, issueId: string): WorkflowStart {
  const policy = toSecretPolicy(config);
  const { site } = toSecretOrder(config);
  const input: SecretTicketInput = { site, issueId, policy };
  return {
    ...{ workflowType: workflowTypes.secretTicket, workflowId: secretTicketId(site, issueId) },
    ...{ taskQueue: config.temporal.taskQueue, input },
    staticSummary: `Approval of ticket ${issueId}: who used it`,
    searchAttributes: [{ key: attributes.process, value: 'secret-ticket' }],
  };
}

/** Has whoever made the change asked about it. @returns its workflow id */
export async function reportDiscrepancy(
  starter: Pick<TemporalStarter, 'signalWithStart'>,
  config: Config,
  change: FindingChange,
): Promise<string> {
  const input: SecretFindingInput = { order: toSecretOrder(config), actor: change.actor };
  const workflowId = findingIdOf(change);
  await starter.signalWithStart(
    {
      ...{ workflowType: workflowTypes.secretFinding, workflowId },
      ...{ taskQueue: config.temporal.taskQueue, input },
      staticSummary: `Changes of secrets without approval by ${change.actor}`.slice(0, 200),
      searchAttributes: [{ key: attributes.process, value: 'secret-finding' }],
    },
    { name: discrepancy.name, payload: change },
  );
  return workflowId;
}

/** One of a principal at a time: what he did at once is one finding. */
export function findingIdOf({ account, actor }: Pick<FindingChange, 'account' | 'actor'>): string {
  return secretFindingId(account, createHash('sha256').update(actor).digest('hex').slice(0, 16));
}
