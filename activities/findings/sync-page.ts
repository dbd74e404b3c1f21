import { asyncLocalStorage, sleep } from '@temporalio/activity';
import type { PageInput, PageResult } from '../../workflows/halo-sync/messages.ts';
import type { FindingTicket } from '../../workflows/halo-sync/ticket.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import type { FindingTickets } from '../jira/findings/port.ts';
import type { PageContext } from './context.ts';
import { listActiveIds, syncMissing, syncParked } from './missing.ts';
import { locate, mayLookAhead, syncFindings, type LocatedFindings } from './page.ts';
import { heartbeatProgress, readProgress } from './progress.ts';
import { remind } from './remind.ts';
import type { FindingPage, FindingSource } from './source.ts';
import { forgetful, type SeenIds } from './seen.ts';
import { createTally, keepWrites } from './tally.ts';

export interface FindingsOptions {
  /** By the name of the source in the configuration. */
  readonly sources: Readonly<Record<string, FindingSource>>;
  readonly tickets: Readonly<Record<string, FindingTickets>>;
  /** A person's Jira account by the name in the configuration. */
  readonly accountOf: (person: string) => string | undefined;
  /** Whether people accepted the risk that a ticket's mark speaks of: see activities/decisions. Left out: nobody ever did. */
  readonly checkAcceptance?: (ticket: FindingTicket) => Promise<boolean>;
  /** ms since 1970 */
  readonly now: () => number;
  /** Between two looks for a ticket that Jira may have created; the tests' own. Default: really waits. */
  readonly pause?: (ms: number) => Promise<void>;
  /** What a reconcile has listed, so that its last stage need not list it again. Left out: it does. */
  readonly seen?: SeenIds;
}

/**
 * Pages of findings until `pageSize` of them are done. Each vendor page is heartbeaten when it is written, so that a repeat goes
 * on after it; the page that was broken off is looked at again by what Jira has, not by what search says.
 */
export async function syncPage(options: FindingsOptions, input: PageInput): Promise<PageResult> {
  const page = openPage(options, input);
  const resumed = readProgress();
  let cursor = resumed ? resumed.cursor : input.cursor;
  const start = page.tally.snapshot().counts.listed;
  const isFull = () => page.tally.snapshot().counts.listed - start >= input.policy.pageSize;
  const step = openStage(page, input);
  do {
    const before = page.tally.snapshot();
    try {
      const { flooded, next } = await step(cursor);
      if (flooded > 0) return toResult(page, cursor, flooded);
      cursor = next;
    } catch (error) {
      heartbeatProgress({
        cursor,
        tally: keepWrites(before, page.tally.snapshot()),
        clean: page.unsettled === 0,
      });
      throw error;
    }
    page.isRepeat = false;
    page.mustSettle = false;
    heartbeatProgress({ cursor, tally: page.tally.snapshot(), clean: false });
  } while (cursor !== null && !isFull());
  return toResult(page, cursor, 0);
}

function toResult({ tally }: PageContext, cursor: string | null, flooded: number): PageResult {
  const { written, ...rest } = tally.snapshot();
  return { cursor, flooded, created: written, ...rest };
}

/** A page on its way: its list, and what is looked up for it once that is there. */
interface Reading {
  readonly cursor: string | null;
  readonly listed: Promise<FindingPage>;
  /** Undefined: only when its turn comes. */
  readonly located: Promise<LocatedFindings> | undefined;
}

type Step = (cursor: string | null) => Promise<{ next: string | null; flooded: number }>;

function openStage(page: PageContext, input: PageInput): Step {
  if (input.stage === 'missing') return missingStep(page);
  if (input.stage === 'due') return dueStep(page);
  if (input.stage === 'parked')
    return async () => {
      await syncParked(page, input.ids ?? []);
      return { next: null, flooded: 0 };
    };
  return listStep(page, input, input.stage);
}

/** The next page is listed while this one is looked up, and looked up while this one is written. */
function listStep(page: PageContext, input: PageInput, status: 'active' | 'resolved'): Step {
  const { policy, since } = input;
  const query = { status, since, criticalOnly: policy.criticalOnly, filters: policy.filters };
  const aheadToo = mayLookAhead(page);
  let ahead: Reading | undefined;
  function read(cursor: string | null): Reading {
    const listed = page.source.list(query, cursor);
    const located = aheadToo ? listed.then(({ findings }) => locate(page, findings)) : undefined;
    // their failures are met when that page's turn comes
    listed.catch(() => undefined);
    located?.catch(() => undefined);
    return { cursor, listed, located };
  }
  return async (cursor) => {
    const reading = ahead?.cursor === cursor ? ahead : read(cursor);
    const { findings, faults, next } = await reading.listed;
    ahead = next === null ? undefined : read(next);
    const located = await (reading.located ?? locate(page, findings));
    const flooded = await syncFindings(page, located);
    if (flooded > 0) return { next, flooded };
    page.seen.add(cursor, next, {
      ids: [...findings.map(({ id }) => id), ...faults.map(({ findingId }) => findingId)],
      // not a group's: it stands for members that may be gone
      issueIds: findings.flatMap(({ id }) => (located.found.get(id) ?? []).map(({ issueId }) => issueId)),
    });
    for (const { findingId, reason } of faults) page.tally.parkFor(findingId, reason);
    return { next, flooded };
  };
}

function dueStep(page: PageContext): Step {
  return async (cursor) => {
    if (!page.input.policy.remindAt?.length) return { next: null, flooded: 0 };
    const { tickets, next } = await page.tickets.listDue(cursor);
    await remind(page, tickets);
    return { next, flooded: 0 };
  };
}

function missingStep(page: PageContext): Step {
  let active: ReadonlySet<string> | undefined;
  return async (cursor) => {
    if (page.input.policy.missing === 'keep') return { next: null, flooded: 0 };
    const listed = page.seen.all();
    active ??= listed?.ids ?? (await listActiveIds(page));
    const { tickets, next } = await page.tickets.listOpen(cursor, listed?.issueIds);
    await syncMissing(page, tickets, active);
    return { next, flooded: 0 };
  };
}

function openPage(options: FindingsOptions, input: PageInput): PageContext {
  const { sources, tickets, accountOf, now, pause = sleep, checkAcceptance = nobody } = options;
  const name = input.policy.source;
  const source = sources[name];
  const site = tickets[name];
  if (!source || !site)
    throw createFailure('InvalidInput', `source: this worker has none of the name ${name}`, {
      details: { expected: Object.keys(sources).join(', '), found: name },
    });
  const resumed = readProgress();
  const isRepeat = (asyncLocalStorage.getStore()?.info.attempt ?? 1) > 1;
  const written = [...input.recent, ...(resumed?.tally.written ?? [])];
  return {
    input,
    source,
    tickets: site,
    tally: createTally(now, resumed?.tally),
    checkAcceptance,
    accountOf,
    now,
    startedAt: now(),
    pause: async (ms) => void (await pause(ms)),
    recent: new Map(written.map(({ hash, issueId }) => [hash, issueId])),
    isRepeat,
    // an attempt that ended in order knows what it created
    mustSettle: isRepeat && resumed?.clean !== true,
    unsettled: 0,
    seen: options.seen?.of(input) ?? forgetful,
  };
}

const nobody = () => Promise.resolve(false);
