import type { SandboxPerson } from '../shared/people.ts';
import { badRequest } from './answers.ts';
import { allStatuses, findProject, priorities, projects, resolutions } from './configuration.ts';
import { fieldDefinitions, fieldIds, isCustom, textOf } from './fields.ts';
import { parseJqlDate } from './jql-dates.ts';
import type { Operator } from './jql.ts';
import type { FieldId, Issue, Option } from './model.ts';
import { statusCategories } from './rendering.ts';
import { wordFields } from './search-index.ts';
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
  /** The same for a field of one value: without a list for each issue of a large site. */
  readonly one?: (issue: Issue) => string | number | undefined;
  /** Every form in which a written value may match; throws Jira's 400 for a value that cannot exist. */
  readonly resolve: (value: string, context: JqlContext) => readonly (string | number)[];
  /** What the search index can be asked for. */
  readonly indexed?: 'ids' | 'labels' | { readonly words: FieldId };
}

/** A field that has one value or none. */
function single(one: (issue: Issue) => string | number | null | undefined): Pick<JqlField, 'of' | 'one'> {
  const value = (issue: Issue) => one(issue) ?? undefined;
  return {
    one: value,
    of: (issue) => {
      const found = value(issue);
      return found === undefined ? [] : [found];
    },
  };
}

// What each kind of field can be asked; text fields know no equality, a trap of real Jira.
const equality: readonly Operator[] = ['=', '!=', 'in', 'not in', 'is', 'is not'];
const ordering: readonly Operator[] = ['=', '!=', '>', '>=', '<', '<=', 'in', 'not in', 'is', 'is not'];
const text: readonly Operator[] = ['~', '!~', 'is', 'is not'];

/** By key, id or name. */
const project: JqlField = {
  operators: equality,
  ...single((issue) => issue.project.id),
  resolve: (value) => {
    const found = findProject(value) ?? projects.find((one) => sameText(one.name, value));
    return [found?.id ?? unknownValue('project', value)];
  },
};

/** One name may mean several types: each project has its own Task. */
const issueType: JqlField = {
  operators: equality,
  ...single((issue) => issue.type.id),
  resolve: (value) => {
    const types = projects.flatMap((one) => one.types);
    const found = types.filter((type) => type.id === value || sameText(type.name, value));
    return found.length > 0 ? found.map((type) => type.id) : [unknownValue('issuetype', value)];
  },
};

/** One name may mean several statuses: In Progress of any workflow. */
const status: JqlField = {
  operators: equality,
  ...single((issue) => issue.status.id),
  resolve: (value) => {
    const found = allStatuses().filter((one) => one.id === value || sameText(one.name, value));
    return found.length > 0 ? found.map((one) => one.id) : [unknownValue('status', value)];
  },
};

/** By key (`done`), name or id. */
const statusCategory: JqlField = {
  operators: equality,
  ...single((issue) => issue.status.category),
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
  ...single((issue) => issue.values.priority.id),
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
  operators: ordering.slice(0, -2),
  indexed: 'ids',
  ...single((issue) => Number(issue.id)),
  resolve: (value, { idOf }) => {
    const id = idOf(value);
    if (id === undefined) throw badRequest(`An issue with key '${value}' does not exist for field 'key'.`);
    return [Number(id)];
  },
};

const labels: JqlField = {
  operators: equality,
  indexed: 'labels',
  of: (issue) => issue.values.labels,
  resolve: (value) => [value],
};

const person = (of: (issue: Issue) => SandboxPerson | null): JqlField => ({
  operators: equality,
  ...single((issue) => of(issue)?.jira.accountId),
  // An account that nobody has matches nothing: Jira does not refuse it.
  resolve: (value, { actor }) => [value === 'currentUser()' ? actor.jira.accountId : value],
});

/** `Unresolved` is what a resolution is before there is one. */
const resolution: JqlField = {
  operators: equality,
  ...single((issue) => issue.resolution?.id ?? 'unresolved'),
  resolve: (value) => {
    if (sameText(value, 'unresolved')) return ['unresolved'];
    const found = resolutions.find(({ id, name }) => id === value || sameText(name, value));
    return [found?.id ?? unknownValue('resolution', value)];
  },
};

function option(id: FieldId, name: string, options: readonly Option[]): JqlField {
  return {
    operators: equality,
    ...single(({ values }) => options.find((one) => one.value === textOf(id, values))?.id),
    resolve: (value) => {
      const found = options.find((one) => one.id === value || sameText(one.value, value));
      return [found?.id ?? unknownValue(name, value)];
    },
  };
}

/** Words of a custom field, each for itself. */
const wordsApart = (id: 'customfield_10091' | 'customfield_10101'): JqlField => ({
  operators: equality,
  of: ({ values }) => values[id],
  resolve: (value) => [value],
});

const date = (of: (issue: Issue) => Date | null): JqlField => ({
  operators: ordering,
  ...single((issue) => of(issue)?.getTime()),
  resolve: (value, { now }) => [parseJqlDate(value, now)],
});

const dateOf = (text: string | null) => (text === null ? null : new Date(text));

const words = (of: (issue: Issue) => string | null, id?: FieldId): JqlField => ({
  ...(id && wordFields.includes(id) ? { indexed: { words: id } } : {}),
  operators: text,
  ...single((issue) => of(issue) || null),
  resolve: (value) => [value],
});

const created = date((issue) => issue.created);
const updated = date((issue) => issue.updated);
const resolved = date((issue) => issue.resolved);
const due = date((issue) => dateOf(issue.values.duedate));

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
  statuscategorychangeddate: date((issue) => issue.moved),
  resolution,
  resolutiondate: resolved,
  resolved,
  due,
  duedate: due,
  summary: words((issue) => issue.values.summary),
  description: words((issue) => textOf('description', issue.values)),
  // Jira's own field, which nobody fills here: a custom field of this name is reached by its id.
  environment: words(() => null),
  ...customFields(),
};

/** By each of their names in JQL. */
function customFields(): Record<string, JqlField> {
  const named = fieldIds.filter(isCustom).flatMap((id) => clauseNames(id).map((name) => ({ id, name })));
  return Object.fromEntries(named.map(({ id, name }) => [name.toLowerCase(), customField(id)]));
}

function customField(id: FieldId): JqlField {
  const { name, schema, options } = fieldDefinitions[id];
  const { type } = schema;
  if (options) return option(id, name, options);
  if (id === 'customfield_10091' || id === 'customfield_10101') return wordsApart(id);
  const read = (issue: Issue) => textOf(id, issue.values);
  return type === 'datetime' ? date((issue) => dateOf(read(issue))) : words(read, id);
}

/** By lower-case name, or Jira's 400. */
export function jqlField(name: string): JqlField {
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field) return field;
  throw badRequest(`Field '${name}' does not exist or you do not have permission to view it.`);
}

const sameText = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

function unknownValue(field: string, value: string): never {
  throw badRequest(`The value '${value}' does not exist for the field '${field}'.`);
}
