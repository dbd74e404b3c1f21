import { findUsers } from '../api.ts';
import type { OpenAccess } from '../site.ts';
import { AccountList } from './schema.ts';

/**
 * The one active person with exactly this e-mail. Jira's search goes by beginnings and finds people whose e-mail it does not show:
 * whose it is cannot be checked then, and nobody is taken by likeness.
 * @returns the account id; null: nobody, several, or not to be told
 */
export async function findAccount(open: OpenAccess, email: string): Promise<string | null> {
  const wanted = email.trim().toLowerCase();
  const found = await open.call('look for a person by e-mail', async () =>
    AccountList.parse(await findUsers(open.client, { query: wanted, maxResults: 50 })),
  );
  const [only, ...others] = found.filter(
    ({ emailAddress, active, accountType }) =>
      emailAddress?.toLowerCase() === wanted &&
      active !== false &&
      (accountType ?? 'atlassian') === 'atlassian',
  );
  return only && others.length === 0 ? only.accountId : null;
}
