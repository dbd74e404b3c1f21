import { fieldDefinitions, isCustom } from './fields.ts';
import type { FieldId } from './model.ts';

/** A field that Jira keeps itself or that is on no screen here; `GET /field` lists it all the same. */
export interface SystemField {
  readonly id: string;
  readonly name: string;
  readonly clauseNames: readonly string[];
  readonly schema?: Readonly<Record<string, string>>;
}

const system = (id: string, name: string, type: string, clauseNames: readonly string[]): SystemField => ({
  ...{ id, name, clauseNames },
  schema: { type, system: id },
});

/** Every site has an Environment and a Project of Jira's own, whatever custom fields bear the same name. */
export const systemFields: readonly SystemField[] = [
  { id: 'issuekey', name: 'Key', clauseNames: ['id', 'issue', 'issuekey', 'key'] },
  system('project', 'Project', 'project', ['project']),
  system('issuetype', 'Issue Type', 'issuetype', ['issuetype', 'type']),
  system('status', 'Status', 'status', ['status']),
  { id: 'statusCategory', name: 'Status Category', clauseNames: ['statusCategory'] },
  system('environment', 'Environment', 'string', ['environment']),
  system('creator', 'Creator', 'user', ['creator']),
  system('created', 'Created', 'datetime', ['created', 'createdDate']),
  system('updated', 'Updated', 'datetime', ['updated', 'updatedDate']),
  system('resolution', 'Resolution', 'resolution', ['resolution']),
  system('resolutiondate', 'Resolved', 'datetime', ['resolutiondate', 'resolved']),
  system('statuscategorychangedate', 'Status Category Changed', 'datetime', ['statusCategoryChangedDate']),
  { id: 'attachment', name: 'Attachment', clauseNames: ['attachments'] },
  { id: 'issuelinks', name: 'Linked Issues', clauseNames: ['issueLink'] },
  { id: 'comment', name: 'Comment', clauseNames: ['comment'] },
];

const taken = new Set(
  systemFields.flatMap(({ clauseNames }) => clauseNames).map((name) => name.toLowerCase()),
);

/** What JQL calls a settable field by. A custom field whose name is a system field's answers to its id alone. */
export function clauseNames(id: FieldId): readonly string[] {
  const { name, schema } = fieldDefinitions[id];
  if (id === 'components') return ['component'];
  if (id === 'duedate') return ['due', 'duedate'];
  if (id === 'security') return ['level'];
  if (!isCustom(id)) return [id];
  const byId = `cf[${schema['customId']}]`;
  if (taken.has(name.toLowerCase())) return [byId];
  const kind = kinds[String(schema['custom']).split(':')[1] ?? ''] ?? 'Short text';
  return [byId, name, `${name}[${kind}]`];
}

const kinds: Readonly<Record<string, string>> = {
  textarea: 'Paragraph',
  labels: 'Labels',
  select: 'Dropdown',
  datetime: 'Time stamp',
};
