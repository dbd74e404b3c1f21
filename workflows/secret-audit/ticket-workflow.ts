import {
  allHandlersFinished,
  condition,
  continueAsNew,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import type { NamedTicket, SecretTicketsPort } from '../../activities/jira/secrets/port.ts';
import type { LedgerPort } from '../../activities/ledger/port.ts';
import type { SecretCallsPort } from '../../activities/temporal/port.ts';
import { resume, status } from '../agent-promotion/messages.ts';
import { activitiesOf } from '../shared/activities.ts';
import { isRecord, text } from '../shared/guards.ts';
import { createPatience } from '../shared/patience.ts';
import { createProgress } from '../shared/run-progress.ts';
import { versioned } from '../shared/versioning.ts';
import { addClaim, holderOf, isEarlier } from './claims.ts';
import { mayChange } from './discrepancy.ts';
import {
  claims as claimsQuery,
  claimTicket,
  ticketHint,
  type Claim,
  type ClaimAnswer,
  type SecretTicketInput,
} from './messages.ts';

const stepNames = { read: 'Read the ticket', keep: 'Keep who used the approval' } as const;
const dayMs = 86_400_000;
const mostToldAtOnce = 100;
/** Jira tells of one edit several times. */
const unusedMs = 1_000;

/**
 * One ticket that approves changes of secrets. Who asks first gets the approval (`claimTicket`), until an earlier change asks: the one
 * that loses it decides again. Told by Jira (`ticketHint`) it reads the ticket, puts it into the ledger, and has the changes decided
 * again that it may be about. Ends when nobody used it, or the days of grace after the last claim are over; who used it is in the
 * ledger, from which the next run learns it.
 */
export async function secretTicket(input: SecretTicketInput): Promise<{ readonly claims: readonly Claim[] }> {
  const { issueId, policy } = input;
  const progress = createProgress('secret-ticket', stepNames);
  const patience = createPatience((code) => progress.waitFor(code));
  const ledger = activitiesOf<LedgerPort>('aws-audit', 'write');
  const tickets = activitiesOf<SecretTicketsPort>('aws-audit', 'write');
  const calls = activitiesOf<SecretCallsPort>('temporal', 'write');
  let claims: readonly Claim[] = input.claims ?? [];
  let isLoaded = input.claims !== undefined;
  let losers: readonly string[] = [];
  let hints: readonly string[] = [];
  let told = 0;
  setHandler(status, () => progress.report());
  setHandler(resume, () => patience.resume());
  setHandler(claimsQuery, () => claims);
  setHandler(ticketHint, (payload) => void (hints = [...hints, text(payload, 'deliveryId') ?? 'none']));
  setHandler(claimTicket, take, {
    validator(payload) {
      if (!readClaim(payload)) throw new Error('claim: {eventId, eventTime} are expected');
    },
  });

  if (!isLoaded) await load();
  for (;;) {
    while (isBusy()) await work();
    if (workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished);
      if (!isBusy()) await continueAsNew<typeof secretTicket>({ ...input, claims });
      continue;
    }
    const lifeMs = claims.length > 0 ? policy.graceDays * dayMs : unusedMs;
    const count = claims.length;
    const summary = 'keep who used the approval';
    if (!(await condition(() => isBusy() || claims.length > count, lifeMs, { summary }))) break;
  }
  progress.end(claims.length > 0 ? 'used' : 'unused');
  return { claims };

  function isBusy(): boolean {
    return losers.length > 0 || hints.length > 0;
  }

  async function take(payload: unknown): Promise<ClaimAnswer> {
    await condition(() => isLoaded);
    const claim = readClaim(payload);
    if (!claim) return { earlier: null };
    const { claims: after, loser } = addClaim(claims, claim);
    claims = after;
    if (loser) losers = [...losers, loser.eventId];
    const holder = holderOf(claims);
    return { earlier: holder && isEarlier(holder, claim) ? holder.eventId : null };
  }

  /** Before the first claim is answered: a run before this one may have ended. */
  async function load(): Promise<void> {
    progress.start('read');
    const [hint] = hints;
    hints = [];
    const ticket = await patience.call('jira', () => tickets.recordSecretTicket({ issueId }));
    if (ticket) {
      progress.describe({ ticket: ticket.key });
      for (const { eventId, eventTime, verdict, ticket: key } of await briefsOf(ticket))
        if (verdict === 'authorised' && key === ticket.key)
          claims = addClaim(claims, { eventId, eventTime }).claims;
    }
    isLoaded = true;
    progress.finish('read');
    progress.start('keep');
    if (ticket && hint !== undefined) await follow(ticket, hint);
  }

  async function work(): Promise<void> {
    const [lost, hinted] = [losers, hints];
    losers = [];
    hints = [];
    if (lost.length > 0) await tell(lost);
    if (hinted.length > 0) await look(hinted[0] ?? 'none');
  }

  async function look(deliveryId: string): Promise<void> {
    const ticket = await patience.call('jira', () => tickets.recordSecretTicket({ issueId }));
    if (ticket) await follow(ticket, deliveryId);
  }

  async function follow(ticket: NamedTicket, deliveryId: string): Promise<void> {
    // of a key only Jira knows the number
    if (ticket.issueId !== issueId)
      return patience.call('temporal', () =>
        calls.tellSecretTicket({ issueId: ticket.issueId, deliveryId, event: 'key' }),
      );
    await tellChangesOf(ticket);
  }

  async function tellChangesOf(ticket: NamedTicket): Promise<void> {
    const all = await briefsOf(ticket);
    await tell(
      all.filter(({ verdict }) => verdict === null || mayChange(verdict)).map(({ eventId }) => eventId),
    );
  }

  function briefsOf({ secrets }: NamedTicket) {
    const from = new Date(Date.now() - policy.graceDays * dayMs).toISOString();
    const to = new Date(Date.now()).toISOString();
    return patience.call('aws', () => ledger.briefsOf({ secrets, from, to }));
  }

  async function tell(eventIds: readonly string[]): Promise<void> {
    const { workflowId, runId } = workflowInfo();
    for (let from = 0; from < eventIds.length; from += mostToldAtOnce) {
      told += 1;
      const part = eventIds.slice(from, from + mostToldAtOnce);
      const deliveryId = `${workflowId}/${runId}/${told}`;
      await patience.call('temporal', () => calls.tellSecretChanges({ eventIds: part, deliveryId }));
    }
  }
}

function readClaim(payload: unknown): Claim | undefined {
  const [eventId, eventTime] = [text(payload, 'eventId'), text(payload, 'eventTime')];
  if (!isRecord(payload) || !eventId || !eventTime || Number.isNaN(Date.parse(eventTime))) return undefined;
  return { eventId, eventTime };
}

setWorkflowOptions(versioned('AUTO_UPGRADE'), secretTicket);
