import { canonicalJson } from './canonical-json.ts';
import { findDuplicates } from './duplicates.ts';
import { undefinedName, type ConfigFault } from './fault.ts';
import { findFieldFaults } from './incident-field-references.ts';
import type { ConnectionOutline } from './incident-outline.ts';
import { findRouteFaults } from './incident-route-references.ts';
import { findStatusFaults, findStatusWarnings } from './incident-status-references.ts';
import type { Outline } from './outline.ts';

/** The connections of incidents: sites, people, channels and approvals that are known; one meaning for each status, one writer for each value. */
export function findIncidentFaults(outline: Outline): ConfigFault[] {
  const { connections } = outline.incidents;
  return [
    ...findDuplicates('processes.incidents.connections', 'name', connections),
    ...connections.flatMap((connection) => [
      ...findSiteFaults(connection, outline),
      ...findTakenTypes(connection, outline),
      ...findChannelFaults(connection, outline),
      ...findRoleFaults(connection),
      ...findReminderFaults(connection),
      ...findReopenedFaults(connection),
      ...findFieldFaults(connection),
      ...findStatusFaults(connection),
      ...findRouteFaults(connection, outline),
    ]),
    ...findSamePairs(outline),
    ...findSecondIntakes(outline),
    ...findSharedTopics(outline),
  ];
}

/** What is allowed and easily meant otherwise. */
export function findIncidentWarnings({ incidents }: Outline): ConfigFault[] {
  return incidents.connections.flatMap(findStatusWarnings);
}

function findSiteFaults({ path, site }: ConnectionOutline, { sites }: Outline): ConfigFault[] {
  const known = sites.flatMap(({ name }) => name ?? []);
  if (site === undefined || known.includes(site)) return [];
  return [undefinedName(`${path}.site`, site, 'jira.sites', known)];
}

function findChannelFaults({ channels }: ConnectionOutline, outline: Outline): ConfigFault[] {
  return channels.flatMap(({ path, name }) =>
    name === undefined || outline.channels.includes(name)
      ? []
      : [undefinedName(path, name, 'slack.channels', outline.channels)],
  );
}

function findRoleFaults({ path, hasRole, hasExternalId }: ConnectionOutline): ConfigFault[] {
  if (hasRole || !hasExternalId) return [];
  return [
    {
      path: `${path}.externalId`,
      problem: 'is of no role',
      fix: 'set role to the ARN of the role that asks for it, or remove it',
    },
  ];
}

function findReminderFaults({ path, pendingMinutes }: ConnectionOutline): ConfigFault[] {
  return pendingMinutes.flatMap((after, index) => {
    const before = pendingMinutes[index - 1];
    if (typeof after !== 'number' || typeof before !== 'number' || after > before) return [];
    const problem = 'is not later than the one before it';
    return [{ path: `${path}.pendingMinutes[${index}]`, problem, fix: 'list minutes in rising order' }];
  });
}

/** A case needs values that only the intake knows. */
function findReopenedFaults({ path, reopened, intake }: ConnectionOutline): ConfigFault[] {
  if (reopened !== 'new-case' || intake) return [];
  const problem = 'is new-case, and the connection has no intake to make cases by';
  return [{ path: `${path}.reopened`, problem, fix: 'set intake, or set it to alert' }];
}

/** Sites are entries of one project; where they are is what tells them apart. */
function urlOf(site: string | undefined, { sites }: Outline): string | undefined {
  const { baseUrl } = sites.find(({ name }) => name === site) ?? {};
  return baseUrl?.replace(/\/+$/, '').toLowerCase();
}

function projectsOf({ project, routes }: ConnectionOutline): (string | undefined)[] {
  return [project, ...routes.flatMap((route) => route.project ?? [])];
}

/** An event of one ticket is for one process: a promotion's or a change's is no incident. */
function findTakenTypes(connection: ConnectionOutline, outline: Outline): ConfigFault[] {
  const { sites, change } = outline;
  const url = urlOf(connection.site, outline);
  if (url === undefined) return [];
  const others = [
    ...sites.map((site, index) => ({ ...site, path: `jira.sites[${index}]` })),
    { ...change, name: change.site, path: 'processes.change' },
  ].filter(({ name }) => urlOf(name, outline) === url);
  return placesOf(connection).flatMap(({ path, project, issueType }) => {
    if (project === undefined || issueType === undefined) return [];
    const taken = others.find((one) => one.project === project && one.issueType === issueType);
    if (!taken) return [];
    const problem = `has the project and the issue type of ${taken.path}`;
    return [{ path, problem, fix: 'give incidents a project or an issue type of their own' }];
  });
}

/** Where issues are made, and where they are taken from. */
function placesOf(connection: ConnectionOutline) {
  const { path, project, issueType, routes, intake } = connection;
  const made = routes
    .filter(({ sync }) => sync)
    .map((route) => ({
      ...{ path: route.path, project: route.project ?? project },
      issueType: route.issueType ?? issueType,
    }));
  const taken = projectsOf(connection).flatMap((one) =>
    (intake?.issueTypes ?? []).map((type, index) => ({
      ...{ path: `${path}.intake.issueTypes[${index}]`, project: one, issueType: type },
    })),
  );
  return [{ path, project, issueType }, ...made, ...taken];
}

/** Two writers of one pair of case and issue would undo each other's work for ever. */
function findSamePairs(outline: Outline): ConfigFault[] {
  const { connections } = outline.incidents;
  const keys = connections.map(({ site, project, account, region }) =>
    [site, project, account, region].includes(undefined)
      ? null
      : canonicalJson([urlOf(site, outline) ?? site, project, account, region]),
  );
  return connections.flatMap(({ path }, index) => {
    const first = keys.indexOf(keys[index] ?? null);
    if (keys[index] === null || first === index) return [];
    const problem = `has the site, project, account and region of ${connections[first]?.path ?? ''}`;
    return [{ path, problem, fix: 'make them one connection, with routes' }];
  });
}

/** An issue that two connections take in would become two cases. */
function findSecondIntakes(outline: Outline): ConfigFault[] {
  const { connections } = outline.incidents;
  return connections.flatMap((connection, index) => {
    const first = connections.slice(0, index).find((other) => takeTheSame(other, connection, outline));
    if (!first) return [];
    const problem = `takes in issues that ${first.path} takes in: each would become two cases`;
    const fix = 'give each intake its own project, issue types or labels';
    return [{ path: `${connection.path}.intake`, problem, fix }];
  });
}

function takeTheSame(left: ConnectionOutline, right: ConnectionOutline, outline: Outline): boolean {
  if (!left.intake || !right.intake) return false;
  const url = urlOf(left.site, outline);
  if (url === undefined || url !== urlOf(right.site, outline)) return false;
  const anyLabel = left.intake.labels.length === 0 || right.intake.labels.length === 0;
  return (
    share(projectsOf(left), projectsOf(right)) &&
    share(left.intake.issueTypes, right.intake.issueTypes) &&
    (anyLabel || share(left.intake.labels, right.intake.labels))
  );
}

function share(left: readonly (string | undefined)[], right: readonly (string | undefined)[]): boolean {
  return left.some((one) => one !== undefined && right.includes(one));
}

/** A message of Jira Automation names an issue by its key (S-98): whose it is, only the topic tells. */
function findSharedTopics(outline: Outline): ConfigFault[] {
  const { connections } = outline.incidents;
  return connections.flatMap((connection, index) =>
    connection.topics.flatMap((topic, position) => {
      const other = connections
        .slice(0, index)
        .find(
          (one) =>
            topic !== undefined &&
            one.topics.includes(topic) &&
            urlOf(one.site, outline) !== urlOf(connection.site, outline),
        );
      if (!other) return [];
      const problem = `is a topic of ${other.path}, which is of another site`;
      return [{ path: `${connection.path}.topics[${position}]`, problem, fix: 'make a topic for each site' }];
    }),
  );
}
