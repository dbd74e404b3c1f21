import type { LedgerChange, LedgerVerdict } from '../../workflows/secret-audit/messages.ts';
import { mapBounded } from '../bounded.ts';
import { changeKey, dayKey, eventSort, verdictPrefix, type Item, type Kind } from './items.ts';
import { ChangeItem, GapItem, TicketItem, VersionItem } from './schema.ts';
import { indexes } from './table.ts';
import type { LedgerTable } from './table-calls.ts';

const callsAtOnce = 8;

/** Everything that the ledger has of one day (UTC), by when it happened. */
export interface LedgerDay {
  readonly changes: readonly LedgerChange[];
  /** Tickets as they stood after what changed of them on that day. */
  readonly tickets: readonly TicketItem[];
  readonly gaps: readonly GapItem[];
}

/** @param day `2026-11-23` */
export async function readDay(table: LedgerTable, day: string): Promise<LedgerDay> {
  const of = (kind: Kind) =>
    table.query({
      IndexName: indexes.byDay,
      KeyConditionExpression: '#day = :day',
      ExpressionAttributeNames: { '#day': 'day' },
      ExpressionAttributeValues: { ':day': dayKey(kind, day) },
    });
  const [changes, tickets, gaps] = await Promise.all([of('change'), of('ticket'), of('gap')]);
  return {
    changes: await mapBounded(changes, callsAtOnce, (item) => withVerdict(table, item)),
    tickets: tickets.map((item) => TicketItem.parse(item)),
    gaps: gaps.map((item) => GapItem.parse(item)),
  };
}

/** @returns null: there is no such change */
export async function readOne(table: LedgerTable, eventId: string): Promise<LedgerChange | null> {
  const [item] = await table.query({
    KeyConditionExpression: 'pk = :pk AND sk = :sk',
    ExpressionAttributeValues: { ':pk': changeKey(eventId), ':sk': eventSort },
    most: 1,
  });
  return item ? withVerdict(table, item) : null;
}

/** Every version of what is said of a change, the first first. */
export function readVersions(table: LedgerTable, eventId: string): Promise<LedgerVerdict[]> {
  return query(table, eventId, true);
}

export async function readNewest(table: LedgerTable, eventId: string): Promise<LedgerVerdict | null> {
  const [newest] = await query(table, eventId, false, 1);
  return newest ?? null;
}

async function query(
  table: LedgerTable,
  eventId: string,
  isForward: boolean,
  most = Infinity,
): Promise<LedgerVerdict[]> {
  const items = await table.query({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
    ExpressionAttributeValues: { ':pk': changeKey(eventId), ':sk': verdictPrefix },
    ...{ ScanIndexForward: isForward, most },
  });
  return items.map((item) => VersionItem.parse(item));
}

/** @param item a change */
export async function withVerdict(table: LedgerTable, item: Item): Promise<LedgerChange> {
  const { event, found_by: foundBy, recorded_at: recordedAt } = ChangeItem.parse(item);
  return { event, foundBy, recordedAt, verdict: await readNewest(table, event.eventId) };
}
