import { matchesWildcard } from '../shared/wildcard.ts';
import { isSameSecret, nameOf, readLines } from './arn.ts';
import { describeActor } from './discrepancy.ts';
import type { SecretEvent, SecretPolicy, TicketFacts, Verdict, VerdictName } from './messages.ts';
import { isOneOf, nextStatus, secretsEverNamed, ticketAt, type TicketAt } from './ticket-at.ts';

export interface VerdictFacts {
  readonly event: SecretEvent;
  /** Every ticket that may cover it, and the one that the session names. */
  readonly tickets: readonly TicketFacts[];
  /** The changer by name in the configuration; null: nobody knows who that is. */
  readonly changer: string | null;
  /** Key that the caller's source identity or session carries; null: none. */
  readonly namedTicket: string | null;
  /** Issue ids of approvals that an earlier change has used up. */
  readonly usedBefore: readonly string[];
  readonly policy: SecretPolicy;
  readonly nowMs: number;
}

/**
 * What stood when it happened, by event time alone: the order in which events and tickets arrive changes nothing. Pure, so
 * that a verdict can be worked out again from its evidence.
 */
export function decideVerdict(facts: VerdictFacts): Verdict {
  return decideExempt(facts.event, facts.policy) ?? byTickets(facts);
}

function plain(verdict: VerdictName, ...reasons: readonly string[]): Verdict {
  return { verdict, ticket: null, approver: null, approvedAt: null, reasons };
}

/** What needs no ticket. A person's RotateSecret is none of these: only who rotates by role, or AWS itself, is. */
export function decideExempt(event: SecretEvent, policy: SecretPolicy): Verdict | null {
  const { secret, errorCode, actor, account } = event;
  if (policy.accounts.length > 0 && !policy.accounts.includes(account))
    return plain('out-of-scope', `account ${account} is not audited`);
  const name = secret && nameOf(secret);
  const quiet =
    name === null ? undefined : policy.outOfScope.find((pattern) => matchesWildcard(name, pattern));
  if (quiet !== undefined) return plain('out-of-scope', `${name} is not audited (${quiet})`);
  if (errorCode !== null) return plain('attempt', `AWS refused it: ${errorCode}`);
  if (event.kind === 'service') return plain('rotation', `AWS did it: ${event.eventName}`);
  const role = actor.roleArn ?? '';
  if (isRole(role, policy.breakGlassRoles)) return plain('break-glass', `${role} is a role for emergencies`);
  if (isRotation(event, policy)) return plain('rotation', `${role || actor.invokedBy} rotates`);
  if (isRole(role, policy.pipelineRoles)) return plain('pipeline', `${role} is a pipeline`);
  return null;
}

const rotating: readonly SecretEvent['action'][] = ['value', 'stage', 'update'];

/** The function that rotates writes versions; it never asks for a rotation. */
function isRotation({ action, actor }: SecretEvent, { rotationRoles }: SecretPolicy): boolean {
  const isService = actor.invokedBy === 'secretsmanager.amazonaws.com';
  return rotating.includes(action) && (isService || isRole(actor.roleArn ?? '', rotationRoles));
}

function isRole(arn: string, patterns: readonly string[]): boolean {
  return arn !== '' && patterns.some((pattern) => matchesWildcard(arn, pattern));
}

/** The best first: it is what counts when several tickets cover a change. */
const rank: readonly VerdictName[] = [
  'authorised',
  'late-approval',
  'self-approved',
  'unapproved',
  'wrong-ticket',
];

function byTickets(facts: VerdictFacts): Verdict {
  const { namedTicket, tickets, nowMs, event, policy } = facts;
  const named = tickets.filter(({ key }) => key === namedTicket);
  const [first, ...others] = (named.length > 0 ? named : tickets)
    .flatMap((ticket) => judge(ticket, facts) ?? [])
    .sort((one, other) => rank.indexOf(one.verdict) - rank.indexOf(other.verdict));
  const found = first ?? plain('no-ticket', 'no ticket names this secret');
  const verdict = { ...found, reasons: [...found.reasons, ...others.slice(0, 5).flatMap(toAside)] };
  const graceEndsMs = Date.parse(event.eventTime) + policy.graceMinutes * 60_000;
  if (verdict.verdict === 'authorised' || nowMs >= graceEndsMs) return verdict;
  return { ...verdict, verdict: 'pending', reasons: [`until ${toIso(graceEndsMs)}`, ...verdict.reasons] };
}

function toAside({ ticket, verdict, reasons: [reason = ''] }: Verdict): string[] {
  return ticket === null ? [] : [`${ticket} would be ${verdict}: ${reason}`];
}

/** @returns null: this ticket has nothing to do with the change */
function judge(ticket: TicketFacts, facts: VerdictFacts): Verdict | null {
  const { event, policy, namedTicket } = facts;
  const eventMs = Date.parse(event.eventTime);
  const isNamed = ticket.key === namedTicket;
  const of = (
    verdict: VerdictName,
    reasons: readonly string[],
    at?: Pick<TicketAt, 'statusBy' | 'statusSince'>,
  ) => ({
    ...{ verdict, ticket: ticket.key, reasons },
    ...{ approver: at?.statusBy ?? null, approvedAt: at?.statusSince ?? null },
  });
  const then = ticketAt(ticket, eventMs);
  if (then && !then.isConsistent)
    return of('unapproved', [
      `${ticket.key}: its change log does not add up, so that nothing of then is known`,
    ]);
  if (then && isOneOf(then.fields.status, policy.approvedStatuses)) {
    const gaps = findGaps(then, facts);
    if (gaps.length === 0) return of(...judgeApprover(then, ticket, facts), then);
    return isNamed || everCovers(ticket, facts) ? of('wrong-ticket', gaps, then) : null;
  }
  const later = nextStatus(ticket, policy.approvedStatuses, eventMs);
  const approved = later && ticketAt(ticket, Date.parse(later.at));
  if (approved && findGaps(approved, facts).length === 0) {
    const [verdict, reasons] = judgeApprover(approved, ticket, facts);
    const late = `${ticket.key} was approved ${approved.statusSince}, after the change`;
    return of(verdict === 'authorised' ? 'late-approval' : verdict, [late, ...reasons], approved);
  }
  const standing = then ?? approved;
  if (!standing || !(isNamed || covers(standing, facts))) return null;
  const status = then ? `had the status ${then.fields.status}` : 'was not there yet';
  return of('unapproved', [`${ticket.key} ${status} when it happened`]);
}

/** Whether the lines of a ticket mean this secret. */
function covers({ fields }: TicketAt, { event: { secret }, policy }: VerdictFacts): boolean {
  return (
    secret !== null &&
    readLines(fields.secrets, policy.home).secrets.some((line) => isSameSecret(line, secret))
  );
}

/** Now or at any time: a line that was added afterwards is worth telling. */
function everCovers(ticket: TicketFacts, { event: { secret }, policy }: VerdictFacts): boolean {
  return secret !== null && secretsEverNamed(ticket, policy.home).some((line) => isSameSecret(line, secret));
}

/** What of the ticket, as it stood, does not fit the change. */
function findGaps(at: TicketAt, facts: VerdictFacts): string[] {
  const { event } = facts;
  const { actions, windowStart, windowEnd } = at.fields;
  const eventMs = Date.parse(event.eventTime);
  const isAllowed = actions.length === 0 || actions.some((action) => action.toLowerCase() === event.action);
  return [
    ...(covers(at, facts) ? [] : ['it did not name this secret']),
    ...(isAllowed ? [] : [`it allowed ${actions.join(', ')}, not ${event.action}`]),
    ...(windowStart !== null && eventMs < Date.parse(windowStart) ? [`its window began ${windowStart}`] : []),
    ...(windowEnd !== null && eventMs > Date.parse(windowEnd) ? [`its window ended ${windowEnd}`] : []),
  ];
}

function judgeApprover(
  at: TicketAt,
  ticket: TicketFacts,
  { changer, policy, usedBefore, event }: VerdictFacts,
): [VerdictName, string[]] {
  const { statusBy } = at;
  if (statusBy === null) return ['unapproved', [`${ticket.key} was created approved: nobody approved it`]];
  if (changer !== null && statusBy === changer)
    return ['self-approved', [`${changer} made the change and approved ${ticket.key}`]];
  if (changer === null && policy.requireKnownActor)
    return [
      'unapproved',
      [`${describeActor(event.actor)} is nobody under people: may be who approved ${ticket.key}`],
    ];
  if (policy.singleUse && usedBefore.includes(ticket.issueId))
    return ['unapproved', [`${ticket.key} was used up by an earlier change`]];
  return ['authorised', [`${ticket.key} was approved by ${statusBy} ${at.statusSince}`]];
}

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}
