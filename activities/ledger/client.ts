import { isSameSecret } from '../../workflows/secret-audit/arn.ts';
import type { LedgerChange, LedgerVerdict } from '../../workflows/secret-audit/messages.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { mapBounded } from '../bounded.ts';
import {
  changeKey,
  eventSort,
  secretKey,
  toChangeItem,
  toGapItem,
  toTicketItems,
  toVersionItem,
} from './items.ts';
import type { LedgerPort } from './port.ts';
import { readNewest, readOne, withVerdict } from './read-ledger.ts';
import { ChangeItem } from './schema.ts';
import { indexes } from './table.ts';
import type { LedgerTable } from './table-calls.ts';

export interface LedgerOptions {
  readonly table: LedgerTable;
  /** ms since 1970 */
  readonly now: () => number;
  /** Left out: nothing is exported. */
  readonly exportDays?: LedgerPort['exportDays'];
}

const callsAtOnce = 8;
const mostChanges = 1_000;
const mostBriefs = 5_000;
/** Writers of one change are few: its run, and a finding. */
const mostRaces = 10;

type Addition = Omit<LedgerVerdict, 'version' | 'decidedAt' | 'explanation' | 'deletion'> &
  Partial<Pick<LedgerVerdict, 'explanation' | 'deletion'>>;

/** The ledger in DynamoDB. Every put is on condition that the item is not there, so that a repeat after a lost answer finds its own. */
export function createLedger({ table, now, exportDays = exportNothing }: LedgerOptions): LedgerPort {
  const toNow = () => new Date(now()).toISOString();

  /** @returns null: there is nothing to add */
  async function add(
    eventId: string,
    toNext: (last: LedgerVerdict | null) => Addition | null,
    isFirst = false,
  ): Promise<{ version: number; added: boolean }> {
    for (let race = 0; race < mostRaces; race += 1) {
      const last = isFirst && race === 0 ? null : await readNewest(table, eventId);
      const next = toNext(last);
      if (!next || (last && isSame(last, next))) return { version: last?.version ?? 0, added: false };
      const version: LedgerVerdict = {
        ...{ explanation: last?.explanation ?? null, deletion: last?.deletion ?? null, ...next },
        ...{ version: (last?.version ?? 0) + 1, decidedAt: toNow() },
      };
      if (await table.putNew(toVersionItem(eventId, version)))
        return { version: version.version, added: true };
    }
    throw createFailure('Unavailable', `dynamodb: others write versions of ${eventId} all the time`, {
      details: { system: 'dynamodb', action: `add a version of ${eventId}` },
    });
  }

  async function changesOf({ secret, from, to }: Parameters<LedgerPort['changesOf']>[0]) {
    const items = await table.query({
      IndexName: indexes.bySecret,
      KeyConditionExpression: 'secret_key = :key AND #at BETWEEN :from AND :to',
      ExpressionAttributeNames: { '#at': 'at' },
      ExpressionAttributeValues: { ':key': secretKey(secret), ':from': toSecond(from), ':to': toSecond(to) },
      ...{ ScanIndexForward: false, most: mostChanges },
    });
    const own = items.filter((item) => isOneOf(secret, ChangeItem.parse(item).event.secret));
    return mapBounded(own, callsAtOnce, (item) => withVerdict(table, item));
  }

  return {
    async recordChange({ event, foundBy }) {
      const isNew = await table.putNew(toChangeItem(event, foundBy, toNow()));
      return isNew ? null : readOne(table, event.eventId);
    },
    readSecretChange: ({ eventId }) => readOne(table, eventId),
    recordVerdict({ eventId, verdict, isFinal, isFirst, explanation, deletion }) {
      const next: Addition = {
        ...{ verdict: verdict.verdict, ticket: verdict.ticket, approver: verdict.approver, isFinal },
        ...{ approvedAt: verdict.approvedAt, reasons: verdict.reasons },
        ...(explanation ? { explanation } : {}),
        ...(deletion ? { deletion } : {}),
      };
      return add(eventId, () => next, isFirst);
    },
    async explainChanges({ eventIds, explanation }) {
      await mapBounded(eventIds, callsAtOnce, (eventId) =>
        add(eventId, (last) => last && { ...last, explanation }),
      );
    },
    changesOf: (window) => changesOf(window),
    async briefsOf({ secrets, ...window }) {
      const found = await mapBounded(secrets, callsAtOnce, (secret) => changesOf({ secret, ...window }));
      const all = new Map(found.flat().map((change) => [change.event.eventId, change]));
      return [...all.values()].slice(0, mostBriefs).map(({ event, verdict }) => ({
        ...{ eventId: event.eventId, eventTime: event.eventTime },
        ...{ verdict: verdict?.verdict ?? null, ticket: verdict?.ticket ?? null },
      }));
    },
    async recordTicket({ site, ticket }) {
      await mapBounded(toTicketItems(site, ticket), callsAtOnce, (item) => table.putNew(item));
    },
    async findMissing({ eventIds }) {
      const keys = [...new Set(eventIds)].map((eventId) => ({ pk: changeKey(eventId), sk: eventSort }));
      const known = await table.have(keys);
      return eventIds.filter((eventId) => !known.has(changeKey(eventId)));
    },
    async recordGaps({ gaps }) {
      const added = await mapBounded(gaps, callsAtOnce, (gap) => table.putNew(toGapItem(gap, toNow())));
      return gaps.filter((_, index) => added[index]);
    },
    exportDays,
  };
}

/** Which of the two came with the suffix is not known: either may be the line. */
function isOneOf(one: LedgerChange['event']['secret'], other: LedgerChange['event']['secret']): boolean {
  return one !== null && other !== null && (isSameSecret(one, other) || isSameSecret(other, one));
}

/** Events have whole seconds: `…:05Z` would sort after `…:05.000Z`. */
function toSecond(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 19)}Z`;
}

function isSame(last: LedgerVerdict, next: Addition): boolean {
  const said = ({ verdict, ticket, approver, approvedAt, reasons, isFinal }: Addition) =>
    JSON.stringify([verdict, ticket, approver, approvedAt, reasons, isFinal]);
  return (
    said(last) === said(next) &&
    isEqual(last.explanation, next.explanation) &&
    (next.deletion === undefined || next.deletion === last.deletion)
  );
}

function isEqual(
  last: LedgerVerdict['explanation'],
  next: LedgerVerdict['explanation'] | undefined,
): boolean {
  if (next === undefined) return true;
  if (last === null || next === null) return last === next;
  const said = ({ kind, by, at, text, finding }: NonNullable<LedgerVerdict['explanation']>) =>
    JSON.stringify([kind, by, at, text, finding]);
  return said(last) === said(next);
}

function exportNothing(): never {
  throw createFailure('InvalidInput', 'processes.secrets: export and role are needed to export');
}
