import type { SandboxPerson } from '../shared/people.ts';
import { adfFault, plainText } from './adf.ts';
import { priorities } from './configuration.ts';
import type { AdfNode, ChangeItem, FieldId, IssueValues } from './model.ts';
import { priorityJson, userJson, type Rendering } from './rendering.ts';
import { isJsonObject } from './router.ts';
import { toWiki } from './wiki.ts';

/** How one settable field is named, read from a request, shown, and written into the changelog. */
interface FieldDefinition<T> {
  readonly name: string;
  readonly schema: Readonly<Record<string, string | number>>;
  readonly operations: readonly string[];
  /** Throws an Error with Jira's complaint. */
  readonly parse: (value: unknown, people: readonly SandboxPerson[]) => T;
  readonly toJson: (value: T, rendering: Rendering) => unknown;
  readonly toText: (value: T) => string | null;
  readonly toId: (value: T) => string | null;
}

const user: Pick<
  FieldDefinition<SandboxPerson | null>,
  'parse' | 'toJson' | 'toText' | 'toId' | 'operations'
> = {
  operations: ['set'],
  parse: (value, people) => (value === null ? null : parseUser(value, people)),
  toJson: (value, rendering) => value && userJson(value, rendering),
  toText: (value) => value?.displayName ?? null,
  toId: (value) => value?.jira.accountId ?? null,
};

/** The one table behind create, edit, views, create metadata and changelog: a new field is one entry. */
export const fieldDefinitions: { readonly [K in FieldId]: FieldDefinition<IssueValues[K]> } = {
  summary: {
    name: 'Summary',
    schema: { type: 'string', system: 'summary' },
    operations: ['set'],
    parse: parseSummary,
    toJson: (value) => value,
    toText: (value) => value,
    toId: () => null,
  },
  description: {
    name: 'Description',
    schema: { type: 'string', system: 'description' },
    operations: ['set'],
    parse: parseRichText,
    toJson: (value, rendering) => (value && rendering.api === 2 ? toWiki(value) : value),
    toText: (value) => value && plainText(value),
    toId: () => null,
  },
  labels: {
    name: 'Labels',
    schema: { type: 'array', items: 'string', system: 'labels' },
    operations: ['add', 'set', 'remove'],
    parse: parseLabels,
    toJson: (value) => value,
    toText: (value) => value.join(' '),
    toId: () => '',
  },
  priority: {
    name: 'Priority',
    schema: { type: 'priority', system: 'priority' },
    operations: ['set'],
    parse: parsePriority,
    toJson: priorityJson,
    toText: (value) => value.name,
    toId: (value) => value.id,
  },
  assignee: { name: 'Assignee', schema: { type: 'user', system: 'assignee' }, ...user },
  reporter: { name: 'Reporter', schema: { type: 'user', system: 'reporter' }, ...user },
  customfield_10050: {
    name: 'Agent-Version',
    schema: {
      type: 'string',
      custom: 'com.atlassian.jira.plugin.system.customfieldtypes:textfield',
      customId: 10050,
    },
    operations: ['set'],
    parse: parseShortText,
    toJson: (value) => value,
    toText: (value) => value,
    toId: () => null,
  },
};

export const fieldIds = Object.keys(fieldDefinitions) as FieldId[];

export const isCustom = (id: FieldId) => id.startsWith('customfield_');

/** One field of a request as a partial set of values. */
export function parseValue<K extends FieldId>(
  id: K,
  value: unknown,
  people: readonly SandboxPerson[],
): Partial<IssueValues> {
  return { [id]: fieldDefinitions[id].parse(value, people) };
}

export function fieldsJson(values: Readonly<IssueValues>, ids: readonly FieldId[], rendering: Rendering) {
  return Object.fromEntries(ids.map((id) => [id, toJson(id, values, rendering)]));
}

function toJson<K extends FieldId>(id: K, values: Readonly<IssueValues>, rendering: Rendering): unknown {
  return fieldDefinitions[id].toJson(values[id], rendering);
}

/** The changelog items that lead from one set of values to another. */
export function diffValues(before: Readonly<IssueValues>, after: Readonly<IssueValues>): ChangeItem[] {
  return fieldIds.map((id) => diffValue(id, before, after)).filter((item) => item !== undefined);
}

function diffValue<K extends FieldId>(
  id: K,
  before: Readonly<IssueValues>,
  after: Readonly<IssueValues>,
): ChangeItem | undefined {
  const definition: FieldDefinition<IssueValues[K]> = fieldDefinitions[id];
  const side = (values: Readonly<IssueValues>) => ({
    id: definition.toId(values[id]),
    text: definition.toText(values[id]),
  });
  const [from, to] = [side(before), side(after)];
  if (from.text === to.text && from.id === to.id) return undefined;
  return {
    field: isCustom(id) ? definition.name : id,
    fieldtype: isCustom(id) ? 'custom' : 'jira',
    fieldId: id,
    from: from.id,
    fromString: from.text,
    to: to.id,
    toString: to.text,
  };
}

function parseSummary(value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '')
    throw new Error('You must specify a summary of the issue.');
  if (/[\r\n]/.test(value)) throw new Error('The summary is invalid because it contains newline characters.');
  if (value.length > 255) throw new Error('Summary must be less than 255 characters.');
  return value;
}

function parseRichText(value: unknown): AdfNode | null {
  if (value === null) return null;
  const fault = adfFault(value);
  if (fault) throw new Error(fault);
  return value as AdfNode;
}

// A label given twice counts once.
function parseLabels(value: unknown): string[] {
  if (!Array.isArray(value)) throw new Error('data was not an array');
  return [...new Set(value.map(parseLabel))];
}

export function parseLabel(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new Error('string expected at index 0');
  if (/\s/.test(value)) throw new Error(`The label '${value}' contains spaces which is invalid.`);
  return value;
}

function parsePriority(value: unknown) {
  const found =
    isJsonObject(value) && priorities.find((one) => one.id === value['id'] || one.name === value['name']);
  if (!found) throw new Error('The priority selected is invalid.');
  return found;
}

/** Any string goes: what a version looks like is the product's business (P-10), not this field's. */
function parseShortText(value: unknown): string | null {
  if (value === null || value === '') return null;
  if (typeof value !== 'string') throw new Error('Operation value must be a string');
  if (value.length > 255)
    throw new Error('The entered text is too long. It exceeds the allowed limit of 255 characters.');
  return value;
}

// Cloud knows people by accountId only; names and e-mails are refused.
function parseUser(value: unknown, people: readonly SandboxPerson[]): SandboxPerson {
  const accountId = isJsonObject(value) ? (value['accountId'] ?? value['id']) : undefined;
  const person = people.find((candidate) => candidate.jira.accountId === accountId);
  if (!person) throw new Error('Specify a valid value for a user: accountId is missing or unknown');
  return person;
}
