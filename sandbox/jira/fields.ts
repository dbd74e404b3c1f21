import type { SandboxPerson } from '../shared/people.ts';
import { unpackAdf } from './adf.ts';
import { engagementTypes, ownerTeams } from './configuration.ts';
import {
  parseComponents,
  parseDay,
  parseLabels,
  parseMoment,
  parseOption,
  parsePriority,
  parseRichText,
  parseSecurityLevel,
  parseShortText,
  parseSummary,
  parseUser,
  type FieldContext,
} from './field-values.ts';
import type { Component, FieldId, IssueValues, Option, PackedAdf } from './model.ts';
import {
  componentJson,
  optionJson,
  priorityJson,
  securityLevelJson,
  userJson,
  type Rendering,
} from './rendering.ts';
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
  /** Of a select field: all that can be chosen. */
  readonly options?: readonly Option[];
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
const richText: Handling<PackedAdf | null> = {
  operations: ['set'],
  parse: parseRichText,
  toJson: (value, { api }) => value && (api === 2 ? toWiki(unpackAdf(value)) : unpackAdf(value)),
  toText: (value) => value && toWiki(unpackAdf(value)),
  toId: () => null,
};

/** A day or a moment, kept as it is shown. */
function moment(parse: (value: unknown) => string | null): Handling<string | null> {
  const same = (value: string | null) => value;
  return { operations: ['set'], parse, toJson: same, toText: same, toId: same };
}

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
const longText = (name: string, customId: number): FieldDefinition<PackedAdf | null> => ({
  name,
  schema: { type: 'string', custom: `${customTypes}:textarea`, customId },
  ...richText,
});

/** A custom field with one of several values. */
const select = (
  name: string,
  customId: number,
  options: readonly Option[],
): FieldDefinition<Option | null> => ({
  name,
  schema: { type: 'option', custom: `${customTypes}:select`, customId },
  operations: ['set'],
  options,
  parse: (value) => parseOption(name, options, value),
  toJson: (value, rendering) => value && optionJson(value, rendering),
  toText: (value) => value?.value ?? null,
  toId: (value) => value?.id ?? null,
});

/** Words without blanks: Jira's own labels, and custom fields of the same kind. */
const labels: Handling<readonly string[]> = {
  operations: ['add', 'set', 'remove'],
  parse: parseLabels,
  toJson: (value) => value,
  toText: (value) => value.join(' '),
  toId: () => '',
};

const customLabels = (name: string, customId: number): FieldDefinition<readonly string[]> => ({
  name,
  schema: { type: 'array', items: 'string', custom: `${customTypes}:labels`, customId },
  ...labels,
});

const dateTime = (name: string, customId: number): FieldDefinition<string | null> => ({
  name,
  schema: { type: 'datetime', custom: `${customTypes}:datetime`, customId },
  ...moment(parseMoment),
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
  labels: { name: 'Labels', schema: { type: 'array', items: 'string', system: 'labels' }, ...labels },
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
  duedate: { name: 'Due date', schema: { type: 'date', system: 'duedate' }, ...moment(parseDay) },
  customfield_10080: shortText('Halo Issue ID', 10_080),
  customfield_10081: shortText('Halo Rule Key', 10_081),
  customfield_10082: shortText('Halo Critical', 10_082),
  customfield_10083: shortText('Asset Group Path', 10_083),
  customfield_10084: shortText('Server Hostname', 10_084),
  customfield_10085: select('Owner Team', 10_085, ownerTeams),
  customfield_10086: dateTime('First Seen', 10_086),
  security: {
    name: 'Security Level',
    schema: { type: 'securitylevel', system: 'security' },
    operations: ['set'],
    parse: parseSecurityLevel,
    toJson: (value, rendering) => value && securityLevelJson(value, rendering),
    toText: (value) => value?.name ?? null,
    toId: (value) => value?.id ?? null,
  },
  customfield_10090: shortText('Case ARN', 10_090),
  customfield_10091: customLabels('Impacted accounts', 10_091),
  customfield_10092: select('Engagement type', 10_092, engagementTypes),
  customfield_10093: shortText('Pending action', 10_093),
  customfield_10100: longText('Secret ARN', 10_100),
  customfield_10101: customLabels('Actions', 10_101),
  customfield_10102: dateTime('Window start', 10_102),
  customfield_10103: dateTime('Window end', 10_103),
};

export const fieldIds = Object.keys(fieldDefinitions) as FieldId[];

export const isCustom = (id: FieldId) => id.startsWith('customfield_');

/** One field of a request as a partial set of values. */
export function parseValue(id: FieldId, value: unknown, context: FieldContext): Partial<IssueValues> {
  return { [id]: fieldDefinitions[id].parse(value, context) };
}

export function fieldJson<K extends FieldId>(
  id: K,
  values: Readonly<IssueValues>,
  rendering: Rendering,
): unknown {
  return fieldDefinitions[id].toJson(values[id], rendering);
}

/** null: the field is empty. */
export function textOf<K extends FieldId>(id: K, values: Readonly<IssueValues>): string | null {
  const definition: FieldDefinition<IssueValues[K]> = fieldDefinitions[id];
  return definition.toText(values[id]);
}
