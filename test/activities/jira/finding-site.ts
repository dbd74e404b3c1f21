import { installHttp } from '../../../activities/http.ts';
import { createFindingTickets } from '../../../activities/jira/findings/client.ts';
import { idHash } from '../../../activities/findings/hash.ts';
import type { FindingTicketOrder, FindingTickets } from '../../../activities/jira/findings/port.ts';
import { paragraph } from '../../../workflows/shared/comment.ts';
import { findingLabel } from '../../../workflows/shared/names.ts';
import type { TicketMark } from '../../../workflows/halo-sync/ticket.ts';
import { siteAt } from '../../support/jira-site.ts';
import type { Expected, Reply, Respond } from '../../support/loopback.ts';

export const idField = 'customfield_10080';
const types = 'com.atlassian.jira.plugin.system.customfieldtypes';
const custom = (id: number, name: string, type: string, kind: string, items?: string) => ({
  ...{ id: `customfield_${id}`, name },
  schema: { type, custom: `${types}:${kind}`, customId: id, ...(items ? { items } : {}) },
});

/** Two projects have a field `Severity` of their own. */
export const siteFields = [
  { id: 'summary', name: 'Summary', schema: { type: 'string', system: 'summary' } },
  { id: 'description', name: 'Description', schema: { type: 'string', system: 'description' } },
  { id: 'labels', name: 'Labels', schema: { type: 'array', items: 'string', system: 'labels' } },
  {
    id: 'components',
    name: 'Components',
    schema: { type: 'array', items: 'component', system: 'components' },
  },
  { id: 'project', name: 'Project', schema: { type: 'project', system: 'project' } },
  custom(10080, 'Halo Issue ID', 'string', 'textfield'),
  custom(10081, 'Halo Rule Key', 'string', 'textfield'),
  custom(10085, 'Owner Team', 'option', 'select'),
  custom(10086, 'First Seen', 'datetime', 'datetime'),
  custom(10090, 'Score', 'number', 'float'),
  custom(10093, 'Notes', 'string', 'textarea'),
  custom(10091, 'Severity', 'string', 'textfield'),
  custom(10092, 'Severity', 'string', 'textfield'),
];

export const markOf = (findingId: string, own: Partial<TicketMark> = {}): TicketMark => ({
  ...{ source: 'halo', findingId, contentHash: 'c1', latestHash: null, left: 'open', reopened: 0 },
  at: '2026-11-22T10:00:00.000Z',
  ...own,
});

export function ticketsAt(url: string, now?: () => number): FindingTickets {
  return createFindingTickets({
    ...{ access: siteAt(url), source: 'halo', idField: 'Halo Issue ID' },
    ...(now ? { now } : {}),
  });
}

export const reply = (method: string, path: string, respond: Respond): Expected => ({
  ...{ method, path: `/rest/api/3/${path}`, respond },
});
export const fieldsAre = (listed: readonly object[] = siteFields) => reply('GET', 'field', { body: listed });
export const search = (...issues: object[]) => searchWith({ body: { issues, nextPageToken: null } });
export const searchWith = (respond: Respond) => reply('POST', 'search/jql', respond);

interface Shown {
  readonly creator?: string;
  readonly mark?: unknown;
  readonly created?: string;
  readonly status?: string;
  readonly project?: string;
  readonly duedate?: string;
}

const categories: Readonly<Record<string, string>> = { 'To Do': 'new', Done: 'done', "Won't Fix": 'done' };
const statusIds: Readonly<Record<string, string>> = { 'To Do': '1', 'In Progress': '2', Done: '3' };
export const statusOf = (name: string) => ({
  ...{ id: statusIds[name] ?? '99', name },
  statusCategory: { id: 2, key: categories[name] ?? 'indeterminate' },
});

/** As search and reads show a ticket of a finding. */
export function issueOf(id: string, findingId: string | null, shown: Shown = {}): object {
  const { creator = 'bot-1', status = 'To Do', project = 'SEC' } = shown;
  const mark = 'mark' in shown ? shown.mark : markOf(findingId ?? '');
  return {
    ...{ id, key: `${project}-${id}` },
    fields: {
      ...{ status: statusOf(status), project: { key: project }, issuetype: { name: 'Security Finding' } },
      ...{ created: shown.created ?? `2026-11-22T10:00:00.${id.slice(-3)}+0000` },
      ...{ creator: { accountId: creator }, statuscategorychangedate: '2026-11-22T11:00:00.000+0000' },
      ...(shown.duedate === undefined ? {} : { duedate: shown.duedate }),
      [idField]: findingId,
    },
    properties: mark === undefined ? {} : { lockkeeper: { version: 1, finding: mark } },
  };
}

export const issueReply = (id: string, findingId: string, shown: Shown = {}): Reply => ({
  body: issueOf(id, findingId, shown),
});

export const labelOf = (findingId: string) => findingLabel(idHash(findingId));

export const orderOf = (findingId: string, own: Partial<FindingTicketOrder> = {}): FindingTicketOrder => ({
  ...{ project: 'SEC', issueType: 'Security Finding', summary: `Finding ${findingId}` },
  ...{ description: [paragraph('It is there.')], fields: [], priority: null, components: [] },
  ...{ assigneeAccountId: null, dueDate: null, labels: [], mark: markOf(findingId) },
  ...own,
});

/** Create metadata of SEC. */
export const formTypes = reply('GET', 'issue/createmeta/SEC/issuetypes', {
  body: {
    ...{ startAt: 0, maxResults: 50, total: 2 },
    issueTypes: [
      { id: '10006', name: 'Security Finding' },
      { id: '10007', name: 'Task' },
    ],
  },
});

const teams = ['platform', 'payments', 'data'].map((value, index) => ({ id: String(10_200 + index), value }));
const onForm = [
  'summary',
  'description',
  'labels',
  'customfield_10080',
  'customfield_10085',
  'customfield_10091',
];

export function formFields(
  required: readonly string[] = ['summary'],
  shown: readonly string[] = onForm,
  defaults: readonly string[] = [],
): Expected {
  const fields = siteFields
    .filter(({ id }) => shown.includes(id))
    .map(({ id, name, schema }) => ({
      ...{ fieldId: id, key: id, name, schema, operations: ['set'], required: required.includes(id) },
      hasDefaultValue: defaults.includes(id),
      ...(id === 'customfield_10085' ? { allowedValues: teams } : {}),
    }));
  const body = { startAt: 0, maxResults: 50, total: fields.length, fields };
  return reply('GET', 'issue/createmeta/SEC/issuetypes/10006', { body });
}

/** Limits of the calls of one describe: short ones only where no answer is awaited, since machines can be busy. */
export function useHttp(timeoutMs = 10_000): void {
  let http: ReturnType<typeof installHttp>;
  before(() => (http = installHttp({ timeoutMs })));
  after(() => http.close());
}
