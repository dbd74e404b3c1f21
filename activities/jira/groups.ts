import { getUsersFromGroup } from './api.ts';
import { readPages } from './pages.ts';
import { MemberPage } from './schema.ts';
import { openSite, type JiraSite } from './site.ts';

/** Account ids of the active members of a group, by its name. */
export type JiraGroups = (name: string) => Promise<readonly string[]>;

/**
 * A read, asked afresh each time: who decides is judged by who is a member then. Needs the global permission Browse users and
 * groups. @throws NotFound when there is no such group; the caller counts nobody
 */
export function createJiraGroups(site: JiraSite): JiraGroups {
  const { client, call } = openSite(site);
  return async (groupname) => {
    const members = await readPages(async (startAt) => {
      const page = await call(`read members of group ${groupname}`, async () =>
        // 50 is Jira's own limit of this list
        MemberPage.parse(await getUsersFromGroup(client, { groupname, startAt, maxResults: 50 })),
      );
      return { items: page.values, total: page.total, isLast: page.isLast };
    });
    return members.filter(({ active }) => active !== false).map(({ accountId }) => accountId);
  };
}
