import type { SandboxPerson } from '../shared/people.ts';
import { JiraError, badFields } from './answers.ts';
import { parseComment, type CommentDraft } from './comments.ts';
import { findProject } from './configuration.ts';
import { parseComponent, parseLabel, type FieldContext } from './field-values.ts';
import { blankValues } from './blank-values.ts';
import { fieldDefinitions, fieldIds, isCustom, parseValue } from './fields.ts';
import type { EntityProperty, FieldId, Issue, IssueType, IssueValues, Project } from './model.ts';
import { parseProperties } from './properties.ts';
import { isJsonObject, type JsonObject } from './router.ts';
import type { Site } from './site.ts';

/** A checked create call. */
export interface IssueDraft {
  readonly project: Project;
  readonly type: IssueType;
  readonly values: IssueValues;
  readonly comments: readonly CommentDraft[];
  readonly properties: readonly EntityProperty[];
}

/** A checked edit. */
export type IssueEdit = Pick<IssueDraft, 'comments' | 'properties'> & {
  readonly values: Partial<IssueValues>;
};

/** What an edit starts from. */
type EditedIssue = Pick<Issue, 'type' | 'project' | 'values'>;

/** Reads the body of a create; every fault of every field is answered at once, as Jira does. */
export function parseDraft(body: JsonObject, actor: SandboxPerson, site: Site): IssueDraft {
  const { project: projectRef, issuetype: typeRef, ...others } = toObject(body['fields']);
  const project = findProject(textOf(projectRef, 'key') ?? textOf(projectRef, 'id') ?? '');
  if (!project) throw badFields({ project: 'Specify a valid project ID or key' });
  const type = findType(project, typeRef);
  if (!type) throw badFields({ issuetype: 'Specify a valid issue type' });
  const blank = { type, project, values: blankValues(actor) };
  const edit = parseChanges({ ...body, fields: others }, blank, site, type.required);
  return { project, type, ...edit, values: { ...blank.values, ...edit.values } };
}

/** Reads `fields`, `update` and `properties` of an edit. Required fields may be left out, but not emptied. */
export function parseEdit(body: JsonObject, issue: Issue, site: Site): IssueEdit {
  return parseChanges(body, issue, site, []);
}

function parseChanges(
  body: JsonObject,
  issue: EditedIssue,
  site: Site,
  required: readonly FieldId[],
): IssueEdit {
  const fields = toObject(body['fields']);
  const { comment: comments, ...update } = toObject(body['update']);
  if ('comment' in fields) throw badFields({ comment: "Field does not support update 'comment'" });
  const sets: Record<string, unknown> = { ...fields };
  for (const [id, operations] of Object.entries(update)) {
    if (id in fields) throw badFields({ [id]: `Field '${id}' appears in both 'fields' and 'update'` });
    sets[id] = applyOperations(id, operations, issue);
  }
  const emptied = issue.type.required.filter((id) => id in sets);
  const context = { people: site.people, project: issue.project };
  return {
    values: parseFields(sets, issue.type, context, [...required, ...emptied]),
    comments: parseComments(comments),
    properties: parseProperties(body['properties']),
  };
}

/** `update.comment`: [{add: {body, properties?}}]. */
export function parseComments(operations: unknown): CommentDraft[] {
  if (operations === undefined) return [];
  if (!Array.isArray(operations)) throw badFields({ comment: 'an array of operations is expected' });
  return operations.map((operation: unknown) => {
    const added = toObject(operation)['add'];
    if (isJsonObject(added)) return parseComment(added);
    throw badFields({ comment: "Field with id 'comment' supports the operation 'add' only here" });
  });
}

/** Collects every fault before it throws: a person fixes a form once. `type` names the fields of the form. */
export function parseFields(
  fields: JsonObject,
  type: Pick<IssueType, 'fields'>,
  context: FieldContext,
  required: readonly FieldId[],
): Partial<IssueValues> {
  const faults: Record<string, string> = {};
  const values: Partial<IssueValues> = {};
  for (const [id, value] of Object.entries(fields)) {
    const known = fieldIds.find((candidate) => candidate === id);
    if (!known || !type.fields.includes(known)) {
      faults[id] = `Field '${id}' cannot be set. It is not on the appropriate screen, or unknown.`;
      continue;
    }
    try {
      Object.assign(values, parseValue(known, value, context));
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
function applyOperations(id: string, operations: unknown, issue: EditedIssue): unknown {
  if (!Array.isArray(operations)) throw badFields({ [id]: 'an array of operations is expected' });
  let value: unknown = isList(id) ? issue.values[id] : undefined;
  try {
    for (const operation of operations) value = applyOperation(id, operation, value, issue);
  } catch (error) {
    throw error instanceof JiraError ? error : badFields({ [id]: (error as Error).message });
  }
  return value;
}

function applyOperation(id: string, operation: unknown, value: unknown, issue: EditedIssue): unknown {
  const [verb, operand] = Object.entries(isJsonObject(operation) ? operation : {})[0] ?? [];
  if (verb === 'set') return operand;
  const list = Array.isArray(value) ? (value as readonly unknown[]) : [];
  if (isLabels(id) && verb === 'add') return [...list, parseLabel(operand)];
  if (isLabels(id) && verb === 'remove') return list.filter((label) => label !== operand);
  if (id === 'components' && verb === 'add') return [...list, parseComponent(operand, issue.project)];
  if (id === 'components' && verb === 'remove') {
    const gone = parseComponent(operand, issue.project);
    return list.filter((ref) => parseComponent(ref, issue.project) !== gone);
  }
  throw badFields({ [id]: `Field with id '${id}' does not support operation '${verb ?? ''}'` });
}

type LabelsId = 'labels' | 'customfield_10091' | 'customfield_10101';
const isLabels = (id: string): id is LabelsId =>
  id === 'labels' || id === 'customfield_10091' || id === 'customfield_10101';
const isList = (id: string): id is LabelsId | 'components' => isLabels(id) || id === 'components';

function findType(project: Project, ref: unknown): IssueType | undefined {
  const [id, name] = [textOf(ref, 'id'), textOf(ref, 'name')];
  return project.types.find((type) => type.id === id || type.name === name);
}

function textOf(value: unknown, key: string): string | undefined {
  const text = isJsonObject(value) ? value[key] : undefined;
  return typeof text === 'string' ? text : undefined;
}

const toObject = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});
