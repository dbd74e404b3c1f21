import { nameOf } from '../../workflows/secret-audit/arn.ts';
import { ticketAt } from '../../workflows/secret-audit/ticket-at.ts';
import type {
  CoverageGap,
  FoundBy,
  LedgerVerdict,
  SecretEvent,
  SecretRef,
  TicketFacts,
} from '../../workflows/secret-audit/messages.ts';

/** The ledger's items: their keys, and what stands in them for people who read the table. See docs/secret-ledger.md. */

export type Item = Readonly<Record<string, unknown>>;
export type Kind = 'change' | 'ticket' | 'gap';

export const changeKey = (eventId: string) => `change#${eventId}`;
export const eventSort = 'event';
export const verdictPrefix = 'verdict#';

/** @param day `2026-11-23`, UTC */
export function dayKey(kind: Kind, day: string): string {
  return `${kind}#${day}`;
}

const suffixForm = /-[A-Za-z0-9]{6}$/;

/**
 * By which the changes of a secret are found, whether its name came with the suffix of an ARN or without: a name may itself end like
 * one. What is found is compared again, since two secrets may meet under one key.
 */
export function secretKey(secret: SecretRef): string {
  let name = nameOf(secret);
  while (suffixForm.test(name)) name = name.replace(suffixForm, '');
  return `${secret.account}/${secret.region}/${name}`;
}

/** A change; it is put once and never written again. */
export function toChangeItem(event: SecretEvent, foundBy: FoundBy, recordedAt: string): Item {
  const { eventId, eventTime, eventName, account, region, secret, actor } = event;
  return {
    ...{ pk: changeKey(eventId), sk: eventSort, kind: 'change' },
    ...{ day: dayKey('change', eventTime.slice(0, 10)), at: eventTime },
    ...(secret ? { secret_key: secretKey(secret), secret_arn: secret.arn, secret_name: nameOf(secret) } : {}),
    ...{ event_id: eventId, event_name: eventName, account, region, actor_arn: actor.arn },
    ...{ found_by: foundBy, recorded_at: recordedAt, event },
  };
}

/** One version of what is said of a change. */
export function toVersionItem(eventId: string, version: LedgerVerdict): Item {
  const sk = `${verdictPrefix}${String(version.version).padStart(6, '0')}`;
  return { pk: changeKey(eventId), sk, kind: 'verdict', ...version };
}

/** A ticket as it stood after each of its changes. */
export function toTicketItems(site: string, ticket: TicketFacts): readonly Item[] {
  const moments = [...new Set([ticket.createdAt, ...ticket.changes.map(({ at }) => at)])];
  return moments.flatMap((at) => {
    const then = ticketAt(ticket, Date.parse(at));
    if (!then) return [];
    const { status, secrets, actions, windowStart, windowEnd } = then.fields;
    return [
      {
        ...{ pk: `ticket#${site}#${ticket.issueId}`, sk: `state#${at}`, kind: 'ticket' },
        ...{ day: dayKey('ticket', at.slice(0, 10)), at, site, issue_id: ticket.issueId, ticket: ticket.key },
        ...{ requester: ticket.requester, status, status_by: then.statusBy, status_since: then.statusSince },
        ...{ secrets: secrets.split('\n').filter((line) => line !== ''), actions },
        ...{ window_start: windowStart, window_end: windowEnd, is_consistent: then.isConsistent },
      },
    ];
  });
}

export function toGapItem(gap: CoverageGap, foundAt: string): Item {
  const { kind, account, region, eventId, secretArn, at } = gap;
  return {
    ...{ pk: `gap#${account}#${region}`, sk: `${at}#${kind}#${eventId ?? secretArn ?? ''}`, kind: 'gap' },
    ...{ day: dayKey('gap', at.slice(0, 10)), at, gap: kind, account, region },
    ...{ event_id: eventId, secret_arn: secretArn, found_at: foundAt },
  };
}
