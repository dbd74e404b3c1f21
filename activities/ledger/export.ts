import { replaceSmallObject } from '../s3/small-object.ts';
import type { Bucket } from '../s3/bucket.ts';
import type { CallContext } from '../sts/aws-call.ts';
import type { LedgerPort } from './port.ts';
import { readDay } from './read-ledger.ts';
import { toChangeRow, toGapRow, toTicketRows, type Row } from './rows.ts';
import type { LedgerTable } from './table-calls.ts';

export interface ExportOptions {
  readonly table: LedgerTable;
  readonly bucket: Bucket;
  /** Ends with `/`, or is empty. */
  readonly prefix: string;
  readonly context: () => CallContext;
}

/**
 * The ledger for Athena: JSON lines, an object for each kind and day, such as `changes/day=2026-11-23/part-0.jsonl`. An object is written
 * as a whole and again whenever it is asked for: the same ledger gives the same bytes, and a repeat does no harm.
 */
export function createLedgerExport({
  table,
  bucket,
  prefix,
  context,
}: ExportOptions): LedgerPort['exportDays'] {
  async function write(kind: string, day: string, rows: readonly Row[]): Promise<void> {
    const body = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    const key = `${prefix}${kind}/day=${day}/part-0.jsonl`;
    await replaceSmallObject(bucket, key, { body, type: 'application/jsonl' }, context());
  }

  return async ({ days }) => {
    const total = { objects: 0, changes: 0 };
    for (const day of days) {
      const { changes, tickets, gaps } = await readDay(table, day);
      const kinds = [
        ['changes', changes.map(toChangeRow)],
        ['tickets', tickets.flatMap(toTicketRows)],
        ['gaps', gaps.map(toGapRow)],
      ] as const;
      // a day with nothing has nothing to take back either: the ledger forgets nothing
      for (const [kind, rows] of kinds)
        if (rows.length > 0) {
          await write(kind, day, rows.toSorted(byTime));
          total.objects += 1;
        }
      total.changes += changes.length;
      context().heartbeat({ day, ...total });
    }
    return total;
  };
}

function byTime(one: Row, other: Row): number {
  const key = ({ event_time, at, event_id, issue_id, secret }: Row) =>
    [event_time ?? at, event_id ?? issue_id, secret].map((part) => String(part ?? '')).join('\n');
  const [first, second] = [key(one), key(other)];
  return first < second ? -1 : first > second ? 1 : 0;
}
