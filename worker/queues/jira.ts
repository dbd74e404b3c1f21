import { createMembership } from '../../activities/decisions/membership.ts';
import { signDecision } from '../../activities/decisions/envelope.ts';
import { createJiraActivities } from '../../activities/jira/activities.ts';
import type { Attestation } from '../../activities/jira/attest.ts';
import { createJiraChangesActivities } from '../../activities/jira/changes/activities.ts';
import { createJiraChangesClient } from '../../activities/jira/changes/client.ts';
import { createJiraClient } from '../../activities/jira/client.ts';
import { createJiraGroups } from '../../activities/jira/groups.ts';
import { findSiteFaults } from '../../activities/jira/site-faults.ts';
import type { JiraSite } from '../../activities/jira/site.ts';
import { digestOf } from '../../config/canonical-json.ts';
import type { ConfigFault } from '../../config/fault.ts';
import type { Config } from '../../config/parse-config.ts';
import { findPerson } from '../../config/people.ts';
import { parsePrivateKeys, signingKeyOf } from '../../config/signing-keys.ts';
import { createFailure } from '../../workflows/shared/failures.ts';
import { toChangeGuard } from './change-guard.ts';
import { revealSecret } from './reveal-secret.ts';

export function createJiraQueue(config: Config): object {
  const sites = toSites(config);
  const personOf = (accountId: string) => findPerson(config, { jira: accountId })?.name;
  const attest = config.decisions ? { attest: toAttestation(config, sites, personOf) } : {};
  const promotion = createJiraActivities(
    createJiraClient({ sites, onCall: () => onCallAccount(config), personOf, ...attest }),
  );
  const { change } = config.processes;
  if (!change) return promotion;
  const client = createJiraChangesClient({ sites, scheme: change, personOf, guard: toChangeGuard(config) });
  return { ...promotion, ...createJiraChangesActivities(client) };
}

/**
 * Makes a signed decision of a person's comment. This queue has no Slack token: in Jira a Slack user group has no members.
 * Groups of Jira are those of the first site.
 */
function toAttestation(
  config: Config,
  [first]: readonly JiraSite[],
  personOf: Attestation['personOf'],
): Attestation {
  const key = signingKeyOf(parsePrivateKeys(revealSecret(config, 'jiraAttestationKeys')) ?? [], 'jira');
  // readSecrets has refused a set without a key for Jira
  if (!key) throw new Error('LOCKKEEPER_JIRA_ATTESTATION_KEYS holds no key to sign with');
  const { standing } = createMembership(
    config,
    first ? { jiraGroup: createJiraGroups(first) } : {},
    Date.now,
  );
  return {
    namespace: config.temporal.namespace,
    sign: (claims) => signDecision(claims, key),
    personOf,
    standing: (person, groups) => standing({ person, groups }),
    digestOf,
  };
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
    ...changeStatusesOf(config, site.name),
  }));
}

/** A person's move of a change ticket is an answer, too. */
function changeStatusesOf({ processes: { change } }: Config, site: string): Pick<JiraSite, 'changeStatuses'> {
  if (change?.site !== site) return {};
  const { approved, declined } = change.statuses;
  return { changeStatuses: { approved, declined } };
}

/** Resolved at the time of use, so that a failed ticket goes to whoever is on call then. */
function onCallAccount(config: Config): string {
  const person = config.people.find((candidate) => candidate.name === config.onCall);
  if (person?.jira) return person.jira;
  throw createFailure('InvalidInput', `onCall: ${config.onCall} has no Jira account id; set people[].jira`);
}
