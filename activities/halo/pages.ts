import { createFailure } from '../../workflows/shared/failures.ts';
import type { FindingPage } from '../findings/source.ts';
import { readRow, type ReadRow } from './rows.ts';
import { HaloPage } from './schema.ts';

export interface HaloList {
  readonly baseUrl: string;
  /** Such as `/v3/issues`. */
  readonly path: string;
}

interface ReadPage extends Pick<FindingPage, 'faults' | 'next'> {
  readonly read: readonly ReadRow[];
}

/**
 * @param page path and query that were asked
 * @throws UnsupportedResponse when it is no page, or the next one is elsewhere or the same: a page is never taken for the last in error
 */
export function readPage(body: unknown, page: string, list: HaloList): ReadPage {
  const parsed = HaloPage.safeParse(body);
  if (!parsed.success)
    throw unsupported(`${parsed.error.issues[0]?.path.join('.') || 'page'}: not as expected`);
  const { issues, pagination } = parsed.data;
  // pages of v1 are counted off: a row may come twice, and the later one is newer
  const read = new Map<string, ReadRow>();
  const faults: FindingPage['faults'][number][] = [];
  for (const row of issues) {
    const one = readRow(row);
    if ('fault' in one) faults.push(one.fault);
    else read.set(one.finding.id, one);
  }
  const next = pagination?.next ? toCursor(pagination.next, list) : null;
  if (next === page) throw unsupported('the next page is the page itself');
  return { read: [...read.values()], faults, next };
}

/** Path and query of a page's URL, which has to be one of this very list: no answer sends the token to another host or place. */
export function toCursor(next: string, { baseUrl, path }: HaloList): string {
  const own = new URL(path, baseUrl);
  const url = URL.parse(next, own.href);
  if (!url || url.origin !== own.origin || url.pathname !== own.pathname || url.username || url.password)
    throw unsupported('the next page is not one of this list');
  return url.pathname + url.search;
}

function unsupported(problem: string): Error {
  return createFailure('UnsupportedResponse', `halo: list issues: ${problem}`, {
    details: { system: 'halo', action: 'list issues' },
  });
}
