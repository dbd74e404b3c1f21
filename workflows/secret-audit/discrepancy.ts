import { nameOf } from './arn.ts';
import { restorableUntil } from './deletion.ts';
import type { Actor, FindingChange, SecretEvent, Verdict, VerdictName } from './messages.ts';

/** Verdicts that a person has to explain. A late approval is an answer already; it is counted apart. */
const unexplained: readonly VerdictName[] = [
  'unapproved',
  'wrong-ticket',
  'no-ticket',
  'self-approved',
  'break-glass',
];

export function needsExplanation(verdict: VerdictName): boolean {
  return unexplained.includes(verdict);
}

/** Verdicts that a ticket which is seen later may change. */
const open: readonly VerdictName[] = ['pending', 'late-approval', ...unexplained];

export function mayChange(verdict: VerdictName): boolean {
  return verdict !== 'break-glass' && open.includes(verdict);
}

/** Characters: a signal with a longer text is refused. */
const longest = 300;

/** What a finding says of a change. */
export function toFindingChange(
  event: SecretEvent,
  { verdict, ticket, reasons }: Verdict,
  people: { readonly changer: string | null; readonly owners: readonly string[] },
): FindingChange {
  const { eventId, eventTime, eventName, account, region, secret, actor } = event;
  return {
    ...{ eventId, eventTime, eventName, account, region, verdict, ticket },
    secret: (secret === null ? 'a secret that CloudTrail does not name' : nameOf(secret)).slice(0, longest),
    actor: describeActor(actor).slice(0, longest),
    changer: people.changer,
    owners: people.owners,
    reason: (reasons[0] ?? '').slice(0, 300),
    restorableUntil: restorableUntil(event),
  };
}

/** Who did it, as CloudTrail says it. */
export function describeActor({ arn, userName, invokedBy, type }: Actor): string {
  return arn ?? userName ?? invokedBy ?? type ?? 'whoever did it';
}

/** What a change is of, as lists show it: a name, or the account where nothing else is known. */
export function toTarget({ secret, account }: SecretEvent): string {
  return secret ? nameOf(secret).slice(0, 200) : account;
}
