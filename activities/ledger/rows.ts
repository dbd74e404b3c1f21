import { nameOf } from '../../workflows/secret-audit/arn.ts';
import type { LedgerChange } from '../../workflows/secret-audit/messages.ts';
import type { GapItem, TicketItem } from './schema.ts';

/** What Athena reads: flat rows, their columns named as in deploy/aws/athena. */
export type Row = Readonly<Record<string, string | number | boolean | null>>;

/** One change with the newest of its verdicts. */
export function toChangeRow({ event, foundBy, verdict }: LedgerChange): Row {
  const { actor, secret } = event;
  const explanation = verdict?.explanation ?? null;
  return {
    ...{ event_id: event.eventId, event_time: event.eventTime, event_name: event.eventName },
    ...{ action: event.action, kind: event.kind, account: event.account, region: event.region },
    ...{ secret_name: secret ? nameOf(secret) : null, secret_arn: secret?.arn ?? null },
    ...{ actor: actor.arn, actor_type: actor.type, source_identity: actor.sourceIdentity },
    ...{ error_code: event.errorCode, found_by: foundBy },
    ...{ verdict: verdict?.verdict ?? 'none', ticket: verdict?.ticket ?? null },
    ...{ approver: verdict?.approver ?? null, approved_at: verdict?.approvedAt ?? null },
    reasons: (verdict?.reasons ?? []).join(' | '),
    ...{ versions: verdict?.version ?? 0, is_final: verdict?.isFinal ?? false },
    ...{ explanation: explanation?.kind ?? null, explained_by: explanation?.by ?? null },
    ...{ explained_at: explanation?.at ?? null, finding: explanation?.finding ?? null },
    deletion: verdict?.deletion ?? null,
  };
}

/** A ticket as it stood from `at` on; one row for each secret that it names, and one where it names none. */
export function toTicketRows(ticket: TicketItem): readonly Row[] {
  const secrets = ticket.secrets.length > 0 ? ticket.secrets : [null];
  return secrets.map((secret) => ({
    ...{ ticket: ticket.ticket, issue_id: ticket.issue_id, site: ticket.site, at: ticket.at },
    ...{ requester: ticket.requester, status: ticket.status, status_by: ticket.status_by },
    ...{ status_since: ticket.status_since, secret, actions: ticket.actions.join(',') },
    ...{ window_start: ticket.window_start, window_end: ticket.window_end },
    is_consistent: ticket.is_consistent,
  }));
}

export function toGapRow({ gap, account, region, event_id, secret_arn, at, found_at }: GapItem): Row {
  return { gap, account, region, event_id, secret_arn, at, found_at };
}
