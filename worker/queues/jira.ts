import { createJiraActivities } from '../../activities/jira/activities.ts';
import { createJiraClient } from '../../activities/jira/client.ts';
import type { Config } from '../../config/parse-config.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { revealSecret } from './reveal-secret.ts';

export function createJiraQueue(config: Config): object {
  const email = revealSecret(config, 'jiraEmail');
  const apiToken = revealSecret(config, 'jiraApiToken');
  const sites = config.jira.sites.map((site) => ({
    name: site.name,
    baseUrl: site.baseUrl,
    email,
    apiToken,
    project: site.project,
    issueType: site.issueType,
    agentVersionField: site.fields.agentVersion,
    statuses: site.statuses,
  }));
  return createJiraActivities(createJiraClient({ sites, onCall: () => onCallAccount(config) }));
}

/** Resolved at the time of use, so that a failed ticket goes to whoever is on call then. */
function onCallAccount(config: Config): string {
  const person = config.people.find((candidate) => candidate.name === config.onCall);
  if (person?.jira) return person.jira;
  throw createFailure('InvalidInput', `onCall: ${config.onCall} has no Jira account id; set people[].jira`);
}
