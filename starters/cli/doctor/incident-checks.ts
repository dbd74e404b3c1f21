import { createIncidentTickets } from '../../../activities/jira/incidents/client.ts';
import { openAccess } from '../../../activities/jira/site.ts';
import { openCaseSystem } from '../../../activities/security-ir/open-cases.ts';
import { toConnectionForms } from '../../../config/incident-forms.ts';
import type { ConnectionConfig } from '../../../config/incident-schema.ts';
import type { Config } from '../../../config/parse-config.ts';
import { projectsOf } from '../../webhooks/jira/incidents.ts';
import { demand, openJira, type JiraSite } from '../vendors.ts';
import { CheckFailed, type CheckGroup } from './check.ts';
import { checkPermissions, incidentRights } from './jira-project.ts';
import { toQueueChecks } from './queue-checks.ts';

/** The connections of incidents; none while the process is off. */
export function toIncidentChecks(config: Config): readonly CheckGroup[] {
  const { connections = [] } = config.processes.incidents ?? {};
  return connections.flatMap((connection, index) => {
    const site = config.jira.sites.find(({ name }) => name === connection.site);
    const path = `processes.incidents.connections[${index}]`;
    return [
      ...(site ? [toJiraChecks(config, connection, site, path)] : []),
      {
        system: `incidents ${connection.name}`,
        checks: [
          { name: 'cases', run: () => checkCases(config, connection) },
          ...toQueueChecks(config, connection, 'docs/incident-troubleshooting.md'),
        ],
      },
    ];
  });
}

function toJiraChecks(
  config: Config,
  connection: ConnectionConfig,
  site: JiraSite,
  path: string,
): CheckGroup {
  // opened in the check, so that missing credentials are a finding
  const jira = () => openJira(config, site);
  return {
    system: `incidents ${connection.name} in ${site.name}`,
    checks: [
      ...projectsOf(connection).map((project) => ({
        name: `permissions in ${project}`,
        run: () => checkPermissions(jira(), project, incidentRights),
      })),
      { name: 'forms, fields and statuses', run: () => checkForms(config, connection, site, path) },
    ],
  };
}

/** With the worker's own rights, so that one that is missing is found before a case needs it. */
async function checkCases({ endpoints }: Config, connection: ConnectionConfig): Promise<string> {
  const { region, role, externalId, caseCallsPerSecond } = connection;
  const cases = openCaseSystem({
    ...{ region, role, externalId, callsPerSecond: caseCallsPerSecond, sessionName: 'lockkeeper-doctor' },
    ...{ endpoint: endpoints.securityIr, stsEndpoint: endpoints.aws },
  });
  const [{ items, cursor }, principal] = await Promise.all([cases.listCases(null), cases.ownPrincipal()]);
  const count = `${items.length}${cursor === null ? '' : ' or more'}`;
  return `${count} ${count === '1' ? 'case' : 'cases'} in ${region}, as ${principal}`;
}

async function checkForms(
  config: Config,
  connection: ConnectionConfig,
  { name, baseUrl }: JiraSite,
  path: string,
): Promise<string> {
  const { jiraEmail, jiraApiToken } = demand(config, ['jiraEmail', 'jiraApiToken']);
  const { forms, fields, statuses } = toConnectionForms(connection);
  const tickets = createIncidentTickets({
    access: openAccess({ name, baseUrl, email: jiraEmail.reveal(), apiToken: jiraApiToken.reveal() }),
    connection: connection.name,
    project: connection.project,
    ...{ forms, fields, statuses },
  });
  const faults = await tickets.findFormFaults();
  if (faults.length === 0)
    return `${forms.length} ${forms.length === 1 ? 'form' : 'forms'}, ${fields.length} fields, ${statuses.length} statuses`;
  throw new CheckFailed(
    faults.join('; '),
    `Correct issueType, fields, statuses or routes of ${path}, or the form in Jira.`,
  );
}
