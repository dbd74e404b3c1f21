import { addWatcher } from '../api.ts';
import { failureType } from '../../../workflows/shared/failures.ts';
import type { OpenIncidents } from './open-incidents.ts';
import { findAccount } from './people.ts';
import { readWatchers } from './read-issue.ts';

/** Adding somebody twice changes nothing: a repeat is safe. Nobody is ever taken off. */
export async function addWatchers(
  open: OpenIncidents,
  issueId: string,
  emails: readonly string[],
): Promise<{ added: number; unknown: number }> {
  const bot = await open.botAccountId();
  const there = await readWatchers(open, issueId);
  const known = new Set(there.map(({ emailAddress }) => emailAddress?.toLowerCase()));
  const watching = new Set(there.map(({ accountId }) => accountId));
  let added = 0;
  let unknown = 0;
  for (const email of new Set(emails.map((one) => one.trim().toLowerCase()))) {
    if (known.has(email)) continue;
    const accountId = await findAccount(open, email);
    if (accountId !== null && (watching.has(accountId) || accountId === bot)) continue;
    if (accountId !== null && (await add(open, issueId, accountId))) added += 1;
    else unknown += 1;
  }
  return { added, unknown };
}

/** @returns false: Jira knows no such person, or he may not see the issue */
async function add(open: OpenIncidents, issueId: string, accountId: string): Promise<boolean> {
  // jira.js calls the body a record; Jira takes the bare id
  const body = accountId as unknown as Record<string, unknown>;
  try {
    await open.call(`add a watcher to issue ${issueId}`, () =>
      addWatcher(open.client, { issueIdOrKey: issueId, body }),
    );
    return true;
  } catch (error) {
    if (['InvalidInput', 'NotFound'].includes(failureType(error))) return false;
    throw error;
  }
}
