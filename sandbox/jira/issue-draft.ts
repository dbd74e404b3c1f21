import type { SandboxPerson } from '../shared/people.ts';
import { JiraError, badFields, badRequest } from './answers.ts';
import { findProject } from './configuration.ts';
import { parseComponent, parseLabel, type FieldContext } from './field-values.ts';
import { blankValues, fieldDefinitions, fieldIds, isCustom, parseValue } from './fields.ts';
import type { EntityProperty, FieldId, Issue, IssueType, IssueValues, Project } from './model.ts';
import { isJsonObject, type JsonObject } from './router.ts';
import type { Site } from './site.ts';

/** A checked create call. */
export interface IssueDraft {
  readonly project: Project;
  readonly type: IssueType;
  readonly values: IssueValues;
  readonly properties: readonly EntityProperty[];
}

/** Reads the body of a create; every fault of every field is answered at once, as Jira does. */
export function parseDraft(body: JsonObject, actor: SandboxPerson, site: Site): IssueDraft {
  const fields = isJsonObject(body['fields']) ? body['fields'] : {};
  const { project: projectRef, issuetype: typeRef, ...others } = fields;
  const project = findProject(textOf(projectRef, 'key') ?? textOf(projectRef, 'id') ?? '');
  if (!project) throw badFields({ project: 'Specify a valid project ID or key' });
  const type = findType(project, typeRef);
  if (!type) throw badFields({ issuetype: 'Specify a valid issue type' });
  const context = { people: site.people, project };
  const values = { ...blankValues(actor), ...parseFields(others, type, context, type.required) };
  return { project, type, values, properties: parseProperties(body['properties']) };
}

/** Reads `fields` and `update` of an edit. Required fields may be left out, but not emptied. */
export function parseEdit(body: JsonObject, issue: Issue, site: Site): Partial<IssueValues> {
  const fields = isJsonObject(body['fields']) ? body['fields'] : {};
  const update = isJsonObject(body['update']) ? body['update'] : {};
  const sets: Record<string, unknown> = { ...fields };
  for (const [id, operations] of Object.entries(update)) {
    if (id in fields) throw badFields({ [id]: `Field '${id}' appears in both 'fields' and 'update'` });
    sets[id] = applyOperations(id, operations, issue);
  }
  const emptied = issue.type.required.filter((id) => id in sets);
  return parseFields(sets, issue.type, { people: site.people, project: issue.project }, emptied);
}

// Collects every fault before it throws: a person fixes a form once.
function parseFields(
  fields: JsonObject,
  type: IssueType,
  context: FieldContext,
  required: readonly FieldId[],
): Partial<IssueValues> {
  const faults: Record<string, string> = {};
  let values: Partial<IssueValues> = {};
  for (const [id, value] of Object.entries(fields)) {
    const known = fieldIds.find((candidate) => candidate === id);
    if (!known || !type.fields.includes(known)) {
      faults[id] = `Field '${id}' cannot be set. It is not on the appropriate screen, or unknown.`;
      continue;
    }
    try {
      values = { ...values, ...parseValue(known, value, context) };
    } catch (error) {
      faults[id] = (error as Error).message;
    }
  }
  for (const id of required) if ((values[id] ?? null) === null) faults[id] ??= missing(id);
  if (Object.keys(faults).length > 0) throw badFields(faults);
  return values;
}

function missing(id: FieldId): string {
  return isCustom(id)
    ? `${fieldDefinitions[id].name} is required.`
    : 'You must specify a summary of the issue.';
}

/** `update`: operations in order, on top of the present labels or components; other fields know `set` only. */
function applyOperations(id: string, operations: unknown, issue: Issue): unknown {
  if (!Array.isArray(operations)) throw badFields({ [id]: 'an array of operations is expected' });
  let value: unknown = id === 'labels' || id === 'components' ? issue.values[id] : undefined;
  try {
    for (const operation of operations) value = applyOperation(id, operation, value, issue);
  } catch (error) {
    throw error instanceof JiraError ? error : badFields({ [id]: (error as Error).message });
  }
  return value;
}

function applyOperation(id: string, operation: unknown, value: unknown, issue: Issue): unknown {
  const [verb, operand] = Object.entries(isJsonObject(operation) ? operation : {})[0] ?? [];
  if (verb === 'set') return operand;
  const list = Array.isArray(value) ? (value as readonly unknown[]) : [];
  if (id === 'labels' && verb === 'add') return [...list, parseLabel(operand)];
  if (id === 'labels' && verb === 'remove') return list.filter((label) => label !== operand);
  if (id === 'components' && verb === 'add') return [...list, parseComponent(operand, issue.project)];
  if (id === 'components' && verb === 'remove') {
    const gone = parseComponent(operand, issue.project);
    return list.filter((ref) => parseComponent(ref, issue.project) !== gone);
  }
  throw badFields({ [id]: `Field with id '${id}' does not support operation '${verb ?? ''}'` });
}

/** `properties` of a create, for issues and comments alike: [{key, value}]. */
export function parseProperties(value: unknown): EntityProperty[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw badRequest('properties: a list of {key, value} is expected');
  return value.map((one: unknown) => {
    if (!isJsonObject(one) || typeof one['key'] !== 'string' || one['key'] === '')
      throw badRequest('properties: each one needs a key');
    return { key: one['key'], value: one['value'] };
  });
}

function findType(project: Project, ref: unknown): IssueType | undefined {
  const [id, name] = [textOf(ref, 'id'), textOf(ref, 'name')];
  return project.types.find((type) => type.id === id || type.name === name);
}

function textOf(value: unknown, key: string): string | undefined {
  const text = isJsonObject(value) ? value[key] : undefined;
  return typeof text === 'string' ? text : undefined;
}
