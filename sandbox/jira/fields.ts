import type { SandboxPerson } from '../shared/people.ts';
import { defaultPriority } from './configuration.ts';
import {
  parseComponents,
  parseLabels,
  parsePriority,
  parseRichText,
  parseShortText,
  parseSummary,
  parseUser,
  type FieldContext,
} from './field-values.ts';
import type { AdfNode, Component, FieldId, IssueValues } from './model.ts';
import { componentJson, priorityJson, userJson, type Rendering } from './rendering.ts';
import { toWiki } from './wiki.ts';

const customTypes = 'com.atlassian.jira.plugin.system.customfieldtypes';

/** How one settable field is named, read from a request, shown, and written into the changelog. */
export interface FieldDefinition<T> {
  readonly name: string;
  readonly schema: Readonly<Record<string, string | number>>;
  readonly operations: readonly string[];
  /** Throws an Error with Jira's complaint. */
  readonly parse: (value: unknown, context: FieldContext) => T;
  readonly toJson: (value: T, rendering: Rendering) => unknown;
  /** As the changelog and search have it. */
  readonly toText: (value: T) => string | null;
  readonly toId: (value: T) => string | null;
  /** For a field whose changelog names each value that comes or goes, in an item of its own. */
  readonly each?: { readonly field: string; readonly of: (value: T) => readonly Component[] };
}

type Handling<T> = Omit<FieldDefinition<T>, 'name' | 'schema'>;

const user: Handling<SandboxPerson | null> = {
  operations: ['set'],
  parse: parseUser,
  toJson: (value, rendering) => value && userJson(value, rendering),
  toText: (value) => value?.displayName ?? null,
  toId: (value) => value?.jira.accountId ?? null,
};

/** Wiki text is what stands in changelogs and in the v2 API. */
const richText: Handling<AdfNode | null> = {
  operations: ['set'],
  parse: parseRichText,
  toJson: (value, rendering) => (value && rendering.api === 2 ? toWiki(value) : value),
  toText: (value) => value && toWiki(value),
  toId: () => null,
};

/** A custom field of one line, up to 255 characters. */
const shortText = (name: string, customId: number): FieldDefinition<string | null> => ({
  name,
  schema: { type: 'string', custom: `${customTypes}:textfield`, customId },
  operations: ['set'],
  parse: parseShortText,
  toJson: (value) => value,
  toText: (value) => value,
  toId: () => null,
});

/** A custom field of many lines. */
const longText = (name: string, customId: number): FieldDefinition<AdfNode | null> => ({
  name,
  schema: { type: 'string', custom: `${customTypes}:textarea`, customId },
  ...richText,
});

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
  description: { name: 'Description', schema: { type: 'string', system: 'description' }, ...richText },
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
  components: {
    name: 'Components',
    schema: { type: 'array', items: 'component', system: 'components' },
    operations: ['add', 'set', 'remove'],
    parse: parseComponents,
    toJson: (value, rendering) => value.map((component) => componentJson(component, rendering)),
    toText: (value) => value.map(({ name }) => name).join(', '),
    toId: () => null,
    each: { field: 'Component', of: (value) => value },
  },
  customfield_10050: shortText('Agent-Version', 10_050),
  customfield_10061: shortText('Environment', 10_061),
  customfield_10062: shortText('Project', 10_062),
  customfield_10063: shortText('Build job', 10_063),
  customfield_10064: shortText('Build number', 10_064),
  customfield_10065: shortText('Branch', 10_065),
  customfield_10066: shortText('Commit SHA', 10_066),
  customfield_10067: shortText('Deploy action', 10_067),
  customfield_10068: shortText('Scan status', 10_068),
  customfield_10069: shortText('Evidence digest', 10_069),
  customfield_10070: longText('Rollback plan', 10_070),
  customfield_10071: longText('Justification', 10_071),
};

export const fieldIds = Object.keys(fieldDefinitions) as FieldId[];

export const isCustom = (id: FieldId) => id.startsWith('customfield_');

/** What a new issue has before anybody fills it. */
export function blankValues(reporter: SandboxPerson): IssueValues {
  return {
    summary: '',
    description: null,
    labels: [],
    priority: defaultPriority,
    assignee: null,
    reporter,
    components: [],
    customfield_10050: null,
    customfield_10061: null,
    customfield_10062: null,
    customfield_10063: null,
    customfield_10064: null,
    customfield_10065: null,
    customfield_10066: null,
    customfield_10067: null,
    customfield_10068: null,
    customfield_10069: null,
    customfield_10070: null,
    customfield_10071: null,
  };
}

/** One field of a request as a partial set of values. */
export function parseValue(id: FieldId, value: unknown, context: FieldContext): Partial<IssueValues> {
  return { [id]: fieldDefinitions[id].parse(value, context) };
}

export function fieldsJson(values: Readonly<IssueValues>, ids: readonly FieldId[], rendering: Rendering) {
  return Object.fromEntries(ids.map((id) => [id, toJson(id, values, rendering)]));
}

function toJson<K extends FieldId>(id: K, values: Readonly<IssueValues>, rendering: Rendering): unknown {
  return fieldDefinitions[id].toJson(values[id], rendering);
}

/** null: the field is empty. */
export function textOf<K extends FieldId>(id: K, values: Readonly<IssueValues>): string | null {
  const definition: FieldDefinition<IssueValues[K]> = fieldDefinitions[id];
  return definition.toText(values[id]);
}
