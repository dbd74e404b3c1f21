import type { SandboxPerson } from '../shared/people.ts';
import { badRequest } from './answers.ts';
import { allStatuses, findProject, priorities, projects } from './configuration.ts';
import { fieldIds, isCustom, textOf } from './fields.ts';
import { jqlError } from './jql.ts';
import type { Operator } from './jql.ts';
import type { Issue } from './model.ts';
import { statusCategories } from './rendering.ts';
import { clauseNames } from './system-fields.ts';

/** Who asks and when: for `currentUser()`, relative dates and keys that must exist. */
export interface JqlContext {
  readonly actor: SandboxPerson;
  readonly now: Date;
  readonly idOf: (idOrKey: string) => string | undefined;
}

export interface JqlField {
  readonly operators: readonly Operator[];
  /** The issue's values in comparable form; none = EMPTY. */
  readonly of: (issue: Issue) => readonly (string | number)[];
  /** Every form in which a written value may match; throws Jira's 400 for a value that cannot exist. */
  readonly resolve: (value: string, context: JqlContext) => readonly (string | number)[];
}

// What each kind of field can be asked; text fields know no equality, a trap of real Jira.
const equality: readonly Operator[] = ['=', '!=', 'in', 'not in', 'is', 'is not'];
const ordering: readonly Operator[] = ['=', '!=', '>', '>=', '<', '<=', 'in', 'not in'];
const text: readonly Operator[] = ['~', '!~', 'is', 'is not'];

/** By key, id or name. */
const project: JqlField = {
  operators: equality,
  of: (issue) => [issue.project.id],
  resolve: (value) => {
    const found = findProject(value) ?? projects.find((one) => sameText(one.name, value));
    return [found?.id ?? unknownValue('project', value)];
  },
};

/** One name may mean several types: each project has its own Task. */
const issueType: JqlField = {
  operators: equality,
  of: (issue) => [issue.type.id],
  resolve: (value) => {
    const types = projects.flatMap((one) => one.types);
    const found = types.filter((type) => type.id === value || sameText(type.name, value));
    return found.length > 0 ? found.map((type) => type.id) : [unknownValue('issuetype', value)];
  },
};

/** One name may mean several statuses: In Progress of any workflow. */
const status: JqlField = {
  operators: equality,
  of: (issue) => [issue.status.id],
  resolve: (value) => {
    const found = allStatuses().filter((one) => one.id === value || sameText(one.name, value));
    return found.length > 0 ? found.map((one) => one.id) : [unknownValue('status', value)];
  },
};

/** By key (`done`), name or id. */
const statusCategory: JqlField = {
  operators: equality,
  of: (issue) => [issue.status.category],
  resolve: (value) => {
    const found = Object.entries(statusCategories).find(
      ([category, { id, name }]) =>
        sameText(category, value) || sameText(name, value) || String(id) === value,
    );
    return [found?.[0] ?? unknownValue('statusCategory', value)];
  },
};

const priority: JqlField = {
  operators: equality,
  of: (issue) => [issue.values.priority.id],
  resolve: (value) => {
    const found = priorities.find(({ id, name }) => id === value || sameText(name, value));
    return [found?.id ?? unknownValue('priority', value)];
  },
};

/** One name may mean components of several projects. */
const component: JqlField = {
  operators: equality,
  of: (issue) => issue.values.components.map(({ id }) => id),
  resolve: (value) => {
    const found = projects
      .flatMap(({ components }) => components)
      .filter(({ id, name }) => id === value || sameText(name, value));
    return found.length > 0 ? found.map(({ id }) => id) : [unknownValue('component', value)];
  },
};

/** Keys are compared by the age of their issues: DEVOPS-9 comes before DEVOPS-10. */
const key: JqlField = {
  operators: ordering,
  of: (issue) => [Number(issue.id)],
  resolve: (value, { idOf }) => {
    const id = idOf(value);
    if (id === undefined) throw badRequest(`An issue with key '${value}' does not exist for field 'key'.`);
    return [Number(id)];
  },
};

const labels: JqlField = {
  operators: equality,
  of: (issue) => issue.values.labels,
  resolve: (value) => [value],
};

const person = (of: (issue: Issue) => SandboxPerson | null): JqlField => ({
  operators: equality,
  of: (issue) => {
    const found = of(issue);
    return found ? [found.jira.accountId] : [];
  },
  // An account that nobody has matches nothing: Jira does not refuse it.
  resolve: (value, { actor }) => [value === 'currentUser()' ? actor.jira.accountId : value],
});

const date = (of: (issue: Issue) => Date): JqlField => ({
  operators: ordering,
  of: (issue) => [of(issue).getTime()],
  resolve: (value, { now }) => [parseDate(value, now)],
});

const words = (of: (issue: Issue) => string | null): JqlField => ({
  operators: text,
  of: (issue) => {
    const found = of(issue);
    return found === null || found === '' ? [] : [found];
  },
  resolve: (value) => [value],
});

const created = date((issue) => issue.created);
const updated = date((issue) => issue.updated);

const fields: Readonly<Record<string, JqlField>> = {
  project,
  issuetype: issueType,
  type: issueType,
  status,
  key,
  issuekey: key,
  issue: key,
  id: key,
  labels,
  assignee: person((issue) => issue.values.assignee),
  reporter: person((issue) => issue.values.reporter),
  creator: person((issue) => issue.creator),
  created,
  createddate: created,
  updated,
  updateddate: updated,
  priority,
  component,
  statuscategory: statusCategory,
  summary: words((issue) => issue.values.summary),
  description: words((issue) => textOf('description', issue.values)),
  // Jira's own field, which nobody fills here: a custom field of this name is reached by its id.
  environment: words(() => null),
  ...customFields(),
};

/** Texts by each of their names in JQL. */
function customFields(): Record<string, JqlField> {
  const named = fieldIds.filter(isCustom).flatMap((id) => clauseNames(id).map((name) => ({ id, name })));
  return Object.fromEntries(
    named.map(({ id, name }) => [name.toLowerCase(), words((issue) => textOf(id, issue.values))]),
  );
}

/** By lower-case name, or Jira's 400. */
export function jqlField(name: string): JqlField {
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field) return field;
  throw badRequest(`Field '${name}' does not exist or you do not have permission to view it.`);
}

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** `2026-11-04`, `2026-11-04 09:36`, `2026/11/04 09:36`, epoch ms, or `-5m`, `-2h`, `-1d`, `-1w`. Everybody here lives in UTC. */
function parseDate(value: string, now: Date): number {
  const relative = /^([-+]?\d+)([mhdw])$/.exec(value);
  if (relative) return now.getTime() + Number(relative[1]) * (unitMs[relative[2] ?? ''] ?? 0);
  if (/^\d{11,}$/.test(value)) return Number(value);
  const absolute = /^(\d{4})[-/](\d{2})[-/](\d{2})(?: (\d{2}):(\d{2}))?$/.exec(value);
  if (!absolute)
    throw jqlError(`the date value '${value}' is invalid; use 'yyyy-MM-dd HH:mm' or a period such as -5d`);
  const [year, month, day, hour = 0, minute = 0] = absolute.slice(1).map((part) => Number(part ?? 0));
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute);
}

const sameText = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

function unknownValue(field: string, value: string): never {
  throw badRequest(`The value '${value}' does not exist for the field '${field}'.`);
}
