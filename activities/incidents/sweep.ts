import { asyncLocalStorage } from '@temporalio/activity';
import type { ConnectionParts } from './parts.ts';
import type { CaseSweep, IncidentPort } from './port.ts';
import { whyNot } from './tie.ts';

/** All pages, in one activity with a heartbeat each: a page that fails fails it all, so that nothing is taken for gone. */
export async function sweepCases(
  { cases }: ConnectionParts,
  { since }: Parameters<IncidentPort['sweepCases']>[0],
): Promise<CaseSweep> {
  const changed: CaseSweep['changed'][number][] = [];
  let [open, listed, calls] = [0, 0, 0];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof cases.listCases>> = await cases.listCases(cursor);
    calls += 1;
    for (const { caseId, status, updatedAt } of page.items) {
      const closed = status === 'Closed';
      listed += 1;
      if (!closed) open += 1;
      // of what was closed before the first pass nobody has to hear
      if (since === null ? !closed : Date.parse(updatedAt) >= Date.parse(since))
        changed.push({ caseId, updatedAt, closed });
    }
    cursor = page.cursor;
    asyncLocalStorage.getStore()?.heartbeat({ listed });
  } while (cursor !== null);
  return { changed, open, listed, calls };
}

export async function sweepIssues(
  parts: ConnectionParts,
  { changedWithinMinutes }: Parameters<IncidentPort['sweepIssues']>[0],
): ReturnType<IncidentPort['sweepIssues']> {
  const found = await parts.tickets.findChanged(changedWithinMinutes);
  return {
    issues: found.map(({ issueId, key, mark, issueType, labels, updatedAt }) => ({
      ...{ issueId, issueKey: key, found: true, caseId: mark?.caseId ?? null, updatedAt },
      // the door reads the issue itself before it acts
      notEligible: whyNot(parts, {
        issueType,
        labels,
        project: parts.project,
        done: false,
        reporterIsBot: false,
      }),
    })),
  };
}
