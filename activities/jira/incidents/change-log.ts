import { asyncLocalStorage } from '@temporalio/activity';
import { getChangeLogs } from '../api.ts';
import { changedTo } from '../rounds.ts';
import { ChangePage, type Change, type ChangeItem } from '../schema.ts';
import { changesField, type FieldName } from '../tickets.ts';
import type { OpenIncidents } from './open-incidents.ts';

const perPage = 100;
/** Jira's clock and ours. */
const clocksApartMs = 60_000;

/** The end of a change log before a write: what comes after it, the write made, or somebody at the same time. */
export interface LogMark {
  readonly count: number;
  /** Entries before the mark that an earlier attempt of this activity may have made, its answer lost. */
  readonly earlier: readonly Change[];
}

/** One read, two in a later attempt. */
export async function markLog(open: OpenIncidents, issueId: string): Promise<LogMark> {
  const { total = 0 } = await readPage(open, issueId, 0, 1);
  const { attempt = 1, scheduledTimestampMs = 0 } = asyncLocalStorage.getStore()?.info ?? {};
  if (attempt === 1) return { count: total, earlier: [] };
  const { values } = await readPage(open, issueId, Math.max(0, total - perPage), perPage);
  const since = scheduledTimestampMs - clocksApartMs;
  return { count: total, earlier: values.filter(({ created }) => Date.parse(created) >= since) };
}

/** Entries of our own account since the mark, oldest first, after those of earlier attempts. */
export async function readOwnChanges(
  open: OpenIncidents,
  issueId: string,
  { count, earlier }: LogMark,
): Promise<readonly Change[]> {
  const bot = await open.botAccountId();
  const made: Change[] = [...earlier];
  for (let startAt = count; ;) {
    const { values, total = 0 } = await readPage(open, issueId, startAt, perPage);
    made.push(...values);
    startAt += values.length;
    if (values.length === 0 || startAt >= total) break;
  }
  return made.filter(({ author }) => author?.accountId === bot);
}

async function readPage(open: OpenIncidents, issueId: string, startAt: number, maxResults: number) {
  return open.call(`read change log of issue ${issueId}`, async () =>
    ChangePage.parse(await getChangeLogs(open.client, { issueIdOrKey: issueId, startAt, maxResults })),
  );
}

/**
 * What stood in a field before these changes of it, without what one of them wrote and the next one replaced.
 * @returns '' for nothing; undefined: none of them changed it
 */
export function valueBefore(changes: readonly Change[], field: FieldName): string | undefined {
  const items = changes.flatMap((change) => change.items).filter((item) => changesField(item, [field]));
  if (items.length === 0) return undefined;
  const replaced = items.filter((item, at) => at === 0 || replacedBy(item) !== writtenBy(items[at - 1]));
  return [...new Set(replaced.map(replacedBy))].join('\n\n');
}

/** As people read it; the id where there are no words. */
function replacedBy(item: ChangeItem): string {
  const texts = [item['fromString'], item['from']];
  return texts.find((text) => typeof text === 'string' && text !== '')?.toString() ?? '';
}

const writtenBy = (item: ChangeItem | undefined) => (item ? changedTo(item) || (item.to ?? '') : '');
