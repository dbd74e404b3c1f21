import { createIncidentActivities } from '../../activities/incidents/activities.ts';
import type { CaseRoute, ConnectionParts } from '../../activities/incidents/parts.ts';
import { createIncidentTickets } from '../../activities/jira/incidents/client.ts';
import { openAccess, type OpenAccess } from '../../activities/jira/site.ts';
import { openCaseSystem } from '../../activities/security-ir/open-cases.ts';
import type { ConfigFault } from '../../config/fault.ts';
import { toConnectionForms } from '../../config/incident-forms.ts';
import { toIncidentPolicy } from '../../config/incident-policy.ts';
import type { ConnectionConfig } from '../../config/incident-schema.ts';
import type { Config } from '../../config/parse-config.ts';
import { findPerson } from '../../config/people.ts';
import type { SecretName } from '../../config/secrets.ts';
import { failureMessage, failureType } from '../../workflows/shared/failures.ts';
import { revealSecret } from './reveal-secret.ts';

/** None while the process is off: then nobody has to have them. */
export function incidentSecrets({ processes: { incidents } }: Config): readonly SecretName[] {
  return incidents ? ['jiraEmail', 'jiraApiToken'] : [];
}

/** @returns nothing while the process is off */
export function createIncidentQueue(config: Config): object {
  const { incidents } = config.processes;
  if (!incidents) return {};
  const sites = createSites(config);
  const parts = incidents.connections.map((one) => [one.name, toParts(config, one, sites)] as const);
  return createIncidentActivities(new Map(parts));
}

/** What Jira lacks of what the connections name, as faults of the configuration; a site that does not answer is none. */
export async function findIncidentFormFaults(config: Config): Promise<readonly ConfigFault[]> {
  const sites = createSites(config);
  const connections = config.processes.incidents?.connections ?? [];
  const found = await Promise.all(
    connections.map(async (connection, index) => {
      const path = `processes.incidents.connections[${index}]`;
      const fix = 'correct it here or in Jira';
      try {
        const problems = await toParts(config, connection, sites).tickets.findFormFaults();
        return problems.map((problem) => ({ path, problem, fix }));
      } catch (error) {
        const isOutage = ['Unavailable', 'RateLimited', 'Unknown'].includes(failureType(error));
        return isOutage ? [] : [{ path, problem: failureMessage(error), fix }];
      }
    }),
  );
  return found.flat();
}

type Sites = (name: string) => OpenAccess;

/** One client a site: Jira counts the calls of an account. */
function createSites(config: Config): Sites {
  const opened = new Map<string, OpenAccess>();
  return (name) => {
    const known = opened.get(name);
    if (known) return known;
    const site = config.jira.sites.find((one) => one.name === name);
    if (!site) throw new Error(`no Jira site "${name}" in the configuration`);
    const rates = (config.processes.incidents?.connections ?? [])
      .filter((one) => one.site === name)
      .map(({ jiraCallsPerSecond }) => jiraCallsPerSecond);
    const botAccountId = findPerson(config, { name: site.bot })?.jira;
    const access = openAccess({
      ...{ name, baseUrl: site.baseUrl, callsPerSecond: Math.min(...rates) },
      email: revealSecret(config, 'jiraEmail'),
      apiToken: revealSecret(config, 'jiraApiToken'),
      ...(botAccountId === undefined ? {} : { botAccountId }),
    });
    opened.set(name, access);
    return access;
  };
}

function toParts(config: Config, connection: ConnectionConfig, sites: Sites): ConnectionParts {
  const { name, project, region, role, externalId, internalPrefix, maxAttachmentMb, intake } = connection;
  const { endpoints, deployment } = config;
  const { fields, issueLinkBase } = toIncidentPolicy(config, name);
  return {
    ...{ name, project, internalPrefix, maxAttachmentBytes: maxAttachmentMb * 1024 * 1024 },
    cases: openCaseSystem({
      ...{ region, role, externalId, sessionName: `lockkeeper-${deployment}` },
      callsPerSecond: connection.caseCallsPerSecond,
      ...{ endpoint: endpoints.securityIr, stsEndpoint: endpoints.aws },
    }),
    tickets: createIncidentTickets({
      ...{ access: sites(connection.site), connection: name, project },
      ...toConnectionForms(connection),
    }),
    routes: toRoutes(config, connection),
    intake: intake ? { ...intake, watchers: intake.watchers.map(withoutUndefined) } : null,
    ...{ fields, issueLinkBase },
  };
}

type WatcherRule = NonNullable<ConnectionConfig['intake']>['watchers'][number];

function withoutUndefined({ email, name, jobTitle }: WatcherRule) {
  return { email, ...(name === undefined ? {} : { name }), ...(jobTitle === undefined ? {} : { jobTitle }) };
}

/** The last takes what no other does: the connection's own project and type. */
function toRoutes(config: Config, { routes, project, issueType }: ConnectionConfig): CaseRoute[] {
  const accountOf = (person: string | undefined) =>
    person === undefined ? null : (findPerson(config, { name: person })?.jira ?? null);
  const own = routes.map((route) => ({
    ...{ name: route.name, when: route.when, sync: route.sync, severe: route.severe },
    ...{ project: route.project ?? project, issueType: route.issueType ?? issueType },
    ...{ priority: route.priority ?? null, securityLevel: route.securityLevel ?? null },
    ...{ components: route.components, assigneeAccountId: accountOf(route.assignee) },
  }));
  const rest = { priority: null, securityLevel: null, components: [], assigneeAccountId: null };
  return [...own, { name: 'default', when: {}, project, issueType, ...rest, sync: true, severe: false }];
}
