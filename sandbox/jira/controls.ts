import type { Vendor } from '../shared/front.ts';
import { badRequest } from './answers.ts';
import { findProject } from './configuration.ts';
import type { Deliveries } from './deliveries.ts';
import { diffValues } from './field-changes.ts';
import { changeStatus, enter, recordChange, resolutionItem, statusItem, systemItem } from './issue-change.ts';
import type { ChangeItem, Issue, Project, Status } from './model.ts';
import { isJsonObject, type JsonObject } from './router.ts';
import type { SearchDelay } from './search.ts';
import { isAdministrator, personNamed, type Site } from './site.ts';

/** What a scenario does to the site besides REST: `POST /_sandbox/<verb>`. People are given by name. */
export function createControls(
  site: Site,
  index: SearchDelay,
  { deliveries, switchWebhooks }: { deliveries: Deliveries; switchWebhooks: (on: boolean) => void },
): NonNullable<Vendor['controls']> {
  const issueIn = (body: JsonObject) => site.issues.get(text(body, 'issue'));

  return {
    /** {as, issue, status}: an administrator's move to any status of the workflow, listed or not. */
    force(input) {
      const body = toObject(input);
      const person = personNamed(site, body['as']);
      if (!isAdministrator(person)) throw badRequest(`as: ${person.name} is no Jira administrator; ann is`);
      const issue = issueIn(body);
      changeStatus(site, issue, person, statusNamed(issue, text(body, 'status')));
      return { id: issue.id, key: issue.key, status: issue.status.name };
    },
    /**
     * {as, issue, project?, type?}: the key changes with the project, the id stays; the type is the one named, else the project's
     * own of that name, else its first; a status that it lacks becomes its initial one.
     */
    move(input) {
      const body = toObject(input);
      const issue = issueIn(body);
      const project = body['project'] === undefined ? issue.project : findProject(text(body, 'project'));
      const type = project?.types.find(({ name }) => name === (body['type'] ?? issue.type.name));
      if (body['type'] !== undefined && !type) throw badRequest('type: the name of a type of that project');
      if (!project || (project === issue.project && type === issue.type))
        throw badRequest('project: another project’s key, or type: another type');
      const items = moveIssue(site, issue, project, type);
      recordChange(site, issue, personNamed(site, body['as']), items, 'issue_moved');
      return { id: issue.id, key: issue.key };
    },
    /** {ms}: how late search knows of a change from now on. */
    'late-index'(input) {
      const { ms } = toObject(input);
      if (typeof ms !== 'number' || ms < 0) throw badRequest('ms: a number of milliseconds is expected');
      index.delayMs = ms;
      return { ms };
    },
    /** {on}: off, what happens is told to nobody; for a hundred thousand issues that no receiver waits for. */
    webhooks(input) {
      const { on } = toObject(input);
      if (typeof on !== 'boolean') throw badRequest('on: true or false is expected');
      switchWebhooks(on);
      return { on };
    },
    /** {as, project, on}: takes the right to browse a project away from somebody, or gives it back: to him its issues are 404. */
    browse(input) {
      const body = toObject(input);
      const project = findProject(text(body, 'project'));
      if (!project || typeof body['on'] !== 'boolean') throw badRequest('project: a key; on: true or false');
      site.access.setBrowse(personNamed(site, body['as']), project, body['on']);
      return { project: project.key, on: body['on'] };
    },
    /** {as, email}: whether others are shown somebody's e-mail. */
    privacy(input) {
      const { as, email } = toObject(input);
      if (typeof email !== 'boolean') throw badRequest('email: true or false is expected');
      site.access.setEmail(personNamed(site, as), email);
      return { email };
    },
    deliveries: () => deliveries.list(),
    redeliver: (input) => deliveries.redeliver(text(toObject(input), 'identifier')),
  };
}

/**
 * Jira keeps type, status and components where the target project knows them, otherwise takes the target's first type
 * and its initial status, and drops the components.
 */
function moveIssue(site: Site, issue: Issue, project: Project, type = project.types[0]): ChangeItem[] {
  const before = { ...issue };
  if (project !== before.project) site.issues.moveTo(issue, project);
  issue.type = type ?? before.type;
  const { statuses, initial } = issue.type.workflow;
  enter(issue, statuses.find((status) => status.id === before.status.id) ?? initial, site.now());
  const names = issue.values.components.map(({ name }) => name);
  const components = project.components.filter(({ name }) => names.includes(name));
  const values = { ...issue.values, components };
  const regrouped = diffValues(issue.values, values);
  issue.values = values;
  return [
    ...(issue.key === before.key
      ? []
      : [
          systemItem('project', [before.project.id, before.project.name], [project.id, project.name]),
          systemItem('Key', [null, before.key], [null, issue.key]),
        ]),
    ...(issue.type === before.type
      ? []
      : [systemItem('issuetype', [before.type.id, before.type.name], [issue.type.id, issue.type.name])]),
    ...resolutionItem(before.resolution, issue.resolution),
    ...(issue.status === before.status ? [] : [statusItem(before.status, issue.status)]),
    ...regrouped,
  ];
}

export function statusNamed(issue: Issue, name: string): Status {
  const { statuses } = issue.type.workflow;
  const found = statuses.find((status) => status.name === name);
  if (found) return found;
  throw badRequest(`status: one of ${statuses.map((status) => status.name).join(', ')}`);
}

const toObject = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});

function text(body: JsonObject, key: string): string {
  const value = body[key];
  if (typeof value === 'string' && value !== '') return value;
  throw badRequest(`${key}: a string is expected`);
}
