import { getAllStatuses } from './api.ts';
import { z } from 'zod';
import { failureType } from '../../workflows/shared/failures.ts';
import { openSite, type JiraSite } from './site.ts';

/** The statuses of a project, by issue type. */
export const StatusTypes = z.array(
  z.object({ name: z.string(), statuses: z.array(z.object({ name: z.string(), id: z.string() })) }),
);

/**
 * What of a site's configuration Jira itself contradicts: a status that is called otherwise is named, never guessed. A site
 * that does not answer contradicts nothing: the worker starts, and its calls are repeated.
 */
export async function findSiteFaults(site: JiraSite): Promise<readonly string[]> {
  const { client, call } = openSite(site);
  try {
    const types = await call(`read statuses of ${site.project}`, async () =>
      StatusTypes.parse(await getAllStatuses(client, { projectIdOrKey: site.project })),
    );
    const type = types.find(({ name }) => name === site.issueType);
    if (!type) return [`issueType: ${site.project} has no issue type "${site.issueType}"`];
    return missingStatuses(site, type.statuses);
  } catch (error) {
    if (failureType(error) === 'NotFound')
      return [`project: there is no project ${site.project} that the bot may see`];
    return [];
  }
}

function missingStatuses(site: JiraSite, known: readonly { name: string; id: string }[]): string[] {
  const names = known.map(({ name }) => name);
  return Object.entries(site.statuses)
    .filter(([, status]) => !known.some(({ name, id }) => name === status || id === status))
    .map(
      ([meaning, status]) =>
        `statuses.${meaning}: the site has no status "${status}", but ${names.join(', ')}`,
    );
}
