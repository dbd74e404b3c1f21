import type { Vendor } from '../shared/front.ts';
import { badRequest } from './answers.ts';
import { findProject } from './configuration.ts';
import type { Deliveries } from './deliveries.ts';
import { diffValues } from './field-changes.ts';
import { changeStatus, recordChange, statusItem, systemItem } from './issue-change.ts';
import { parseDraft } from './issue-draft.ts';
import { addIssue } from './issues.ts';
import type { ChangeItem, Issue, Project, Status } from './model.ts';
import { isJsonObject, type JsonObject } from './router.ts';
import type { SearchIndex } from './search.ts';
import { isAdministrator, personNamed, type Site } from './site.ts';

/** What a scenario does to the site besides REST: `POST /_sandbox/<verb>`. People are given by name. */
export function createControls(
  site: Site,
  index: SearchIndex,
  deliveries: Deliveries,
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
    /** {as, issue, project}: the key changes, the id stays; type and status change if the project lacks them. */
    move(input) {
      const body = toObject(input);
      const issue = issueIn(body);
      const project = findProject(text(body, 'project'));
      if (!project || project === issue.project)
        throw badRequest('project: another project’s key, DEVOPS or OPS');
      const items = moveIssue(site, issue, project);
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
    deliveries: () => deliveries.list(),
    redeliver: (input) => deliveries.redeliver(text(toObject(input), 'identifier')),
  };
}

/**
 * {issues: [{as?, fields, properties?, status?}], quiet?}: issues in the shape of Jira's own create call, made by
 * `as` (default sam); project and type default to DEVOPS and its first type. `quiet` sends no webhooks.
 */
export function seedIssues(site: Site, fixtures: unknown): object {
  const { issues, quiet } = toObject(fixtures);
  if (!Array.isArray(issues)) throw badRequest('issues: a list is expected');
  return { issues: issues.map((fixture: unknown) => seedIssue(site, toObject(fixture), quiet === true)) };
}

function seedIssue(site: Site, fixture: JsonObject, quiet: boolean): object {
  const creator = personNamed(site, fixture['as'] ?? 'sam');
  const fields = toObject(fixture['fields']);
  const project = projectOf(fields);
  const type = { id: project?.types[0]?.id };
  const body = { ...fixture, fields: { project: { key: project?.key }, issuetype: type, ...fields } };
  const issue = addIssue(site, parseDraft(body, creator, site), creator, quiet);
  if (typeof fixture['status'] === 'string') {
    issue.status = statusNamed(issue, fixture['status']);
    site.issues.save(issue, site.now());
  }
  return { id: issue.id, key: issue.key };
}

/**
 * Jira keeps type, status and components where the target project knows them, otherwise takes the target's first type
 * and its initial status, and drops the components.
 */
function moveIssue(site: Site, issue: Issue, project: Project): ChangeItem[] {
  const before = { project: issue.project, key: issue.key, type: issue.type, status: issue.status };
  site.issues.moveTo(issue, project);
  issue.type = project.types.find((type) => type.id === before.type.id) ?? project.types[0] ?? before.type;
  const { statuses, initial } = issue.type.workflow;
  issue.status = statuses.find((status) => status.id === before.status.id) ?? initial;
  const names = issue.values.components.map(({ name }) => name);
  const components = project.components.filter(({ name }) => names.includes(name));
  const values = { ...issue.values, components };
  const regrouped = diffValues(issue.values, values);
  issue.values = values;
  return [
    systemItem('project', [before.project.id, before.project.name], [project.id, project.name]),
    systemItem('Key', [null, before.key], [null, issue.key]),
    ...(issue.type === before.type
      ? []
      : [systemItem('issuetype', [before.type.id, before.type.name], [issue.type.id, issue.type.name])]),
    ...(issue.status === before.status ? [] : [statusItem(before.status, issue.status)]),
    ...regrouped,
  ];
}

function statusNamed(issue: Issue, name: string): Status {
  const { statuses } = issue.type.workflow;
  const found = statuses.find((status) => status.name === name);
  if (found) return found;
  throw badRequest(`status: one of ${statuses.map((status) => status.name).join(', ')}`);
}

function projectOf(fields: JsonObject): Project | undefined {
  const { key, id } = toObject(fields['project']);
  return [key, id, 'DEVOPS'].flatMap((ref) => (typeof ref === 'string' ? [findProject(ref)] : []))[0];
}

const toObject = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});

function text(body: JsonObject, key: string): string {
  const value = body[key];
  if (typeof value === 'string' && value !== '') return value;
  throw badRequest(`${key}: a string is expected`);
}
