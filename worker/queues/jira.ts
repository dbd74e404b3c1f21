import { createJiraActivities } from '../../activities/jira/activities.ts';
import { createJiraClient } from '../../activities/jira/client.ts';
import { findSiteFaults } from '../../activities/jira/site-faults.ts';
import type { JiraSite } from '../../activities/jira/site.ts';
import type { ConfigFault } from '../../config/fault.ts';
import type { Config } from '../../config/parse-config.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { revealSecret } from './reveal-secret.ts';

export function createJiraQueue(config: Config): object {
  return createJiraActivities(
    createJiraClient({ sites: toSites(config), onCall: () => onCallAccount(config) }),
  );
}

/** Asked once at the start: a wrong name would otherwise show with the first ticket. */
export async function findJiraFaults(config: Config): Promise<readonly ConfigFault[]> {
  const found = await Promise.all(toSites(config).map(findSiteFaults));
  return found.flatMap((problems, index) =>
    problems.map((problem) => ({
      path: `jira.sites[${index}]`,
      problem,
      fix: 'map the site’s own name in jira.sites[].statuses, or correct project and issueType',
    })),
  );
}

function toSites(config: Config): JiraSite[] {
  const email = revealSecret(config, 'jiraEmail');
  const apiToken = revealSecret(config, 'jiraApiToken');
  return config.jira.sites.map((site) => ({
    name: site.name,
    baseUrl: site.baseUrl,
    email,
    apiToken,
    project: site.project,
    issueType: site.issueType,
    agentVersionField: site.fields.agentVersion,
    statuses: site.statuses,
  }));
}

/** Resolved at the time of use, so that a failed ticket goes to whoever is on call then. */
function onCallAccount(config: Config): string {
  const person = config.people.find((candidate) => candidate.name === config.onCall);
  if (person?.jira) return person.jira;
  throw createFailure('InvalidInput', `onCall: ${config.onCall} has no Jira account id; set people[].jira`);
}
