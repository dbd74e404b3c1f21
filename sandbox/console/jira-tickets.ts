import { z } from 'zod';
import { jiraPropertyKey } from '../../workflows/shared/names.ts';
import type { SandboxPerson } from '../shared/people.ts';
import { callVendor } from './vendor-call.ts';

/** Agent-Version on the sandbox's site, see sandbox/jira/fields.ts. */
const agentVersionField = 'customfield_10050';

/** What a change ticket says besides: the fields of one line and of many, as sandbox/jira/fields.ts has them. */
const changeLines = [
  ['customfield_10061', 'Environment'],
  ['customfield_10062', 'Project'],
  ['customfield_10063', 'Build job'],
  ['customfield_10064', 'Build number'],
  ['customfield_10065', 'Branch'],
  ['customfield_10066', 'Commit SHA'],
  ['customfield_10067', 'Deploy action'],
  ['customfield_10068', 'Scan status'],
  ['customfield_10069', 'Evidence digest'],
] as const;
const changeTexts = [
  ['customfield_10070', 'Rollback plan'],
  ['customfield_10071', 'Justification'],
] as const;

const user = z.object({ displayName: z.string() });
const status = z.object({ name: z.string(), statusCategory: z.object({ key: z.string() }) });
const change = z.object({
  author: user,
  created: z.string(),
  items: z.array(
    z.object({ field: z.string(), fromString: z.string().nullable(), toString: z.string().nullable() }),
  ),
});
const fields = z.looseObject({
  summary: z.string(),
  issuetype: z.object({ name: z.string() }),
  status,
  creator: user,
  reporter: user.nullable(),
  assignee: user.nullable(),
  created: z.string(),
  [agentVersionField]: z.string().nullish(),
  components: z.array(z.object({ name: z.string() })).default([]),
  comment: z.object({
    total: z.number(),
    comments: z.array(z.object({ id: z.string(), author: user, created: z.string(), body: z.unknown() })),
  }),
});
const ticket = z
  .object({
    id: z.string(),
    key: z.string(),
    fields,
    properties: z.record(z.string(), z.unknown()).default({}),
    changelog: z.object({ histories: z.array(change) }).optional(),
    transitions: z.array(z.object({ id: z.string(), name: z.string(), to: status })).optional(),
  })
  .transform(({ id, key, fields: read, properties, changelog, transitions }) => ({
    ...{ id, key, ...read },
    agentVersion: read[agentVersionField] ?? '',
    /** Undefined: it is no change ticket. */
    change: read.issuetype.name === 'Change Request' ? toChange(read) : undefined,
    /** The run that the ticket says it belongs to; undefined: it says nothing. */
    workflowId: runProperty.safeParse(properties[jiraPropertyKey]).data?.workflowId,
    /** Newest first. */
    changes: changelog?.histories ?? [],
    transitions: transitions ?? [],
  }));

const runProperty = z.object({ workflowId: z.string() });

function toChange(read: z.infer<typeof fields>) {
  const line = (id: string) => (typeof read[id] === 'string' ? read[id] : '');
  return {
    lines: changeLines.map(([id, name]) => ({ name, value: line(id) })),
    components: read.components.map(({ name }) => name),
    /** Atlassian documents. */
    texts: changeTexts.map(([id, name]) => ({ name, value: read[id] })),
    /** Such as `shop/web build 41 to production`. */
    title: `${line('customfield_10062')} build ${line('customfield_10064')} to ${line('customfield_10061')}`,
  };
}

export type Ticket = z.infer<typeof ticket>;
export type TicketStatus = z.infer<typeof status>;
export type TicketChange = z.infer<typeof change>;

const projectTypes = z.array(
  z.object({ name: z.string(), statuses: z.array(z.object({ name: z.string() })) }),
);

const readFields = [
  'summary',
  'issuetype',
  'status',
  'creator',
  'reporter',
  'assignee',
  'created',
  'comment',
  'components',
  agentVersionField,
  ...[...changeLines, ...changeTexts].map(([id]) => id),
];

/** Jira's REST v3 with one person's own e-mail and API token. */
export interface JiraTickets {
  /** The newest 200 of DEVOPS, GATED and PRODCM, without changes and transitions. */
  list(): Promise<Ticket[]>;
  read(key: string): Promise<Ticket>;
  /** The names of all statuses that a ticket of this type can have in its project. */
  statuses(ticket: Pick<Ticket, 'key' | 'issuetype'>): Promise<string[]>;
  /** @returns the new ticket's key */
  file(request: { project: string; summary: string; agentVersion: string }): Promise<string>;
  perform(key: string, transitionId: string): Promise<void>;
  /** Plain text; each line is a paragraph. */
  comment(key: string, text: string): Promise<void>;
}

export function createJiraTickets(url: string, person: SandboxPerson): JiraTickets {
  const login = Buffer.from(`${person.email}:${person.jira.apiToken}`).toString('base64');
  const headers = { authorization: `Basic ${login}` };
  const get = (path: string) => callVendor({ vendor: 'Jira', url: `${url}/rest/api/3${path}`, headers });
  const post = (path: string, body: object) =>
    callVendor({ vendor: 'Jira', url: `${url}/rest/api/3${path}`, headers, method: 'POST', body });

  return {
    async list() {
      const query = {
        jql: 'project in (DEVOPS, GATED, PRODCM) ORDER BY created DESC',
        fields: readFields,
        properties: [jiraPropertyKey],
        maxResults: 200,
      };
      return z.object({ issues: z.array(ticket) }).parse(await post('/search/jql', query)).issues;
    },
    async read(key) {
      const expand = 'changelog,transitions';
      const query = `fields=${readFields.join(',')}&properties=${jiraPropertyKey}&expand=${expand}`;
      return ticket.parse(await get(`/issue/${key}?${query}`));
    },
    async statuses({ key, issuetype }) {
      const types = projectTypes.parse(await get(`/project/${key.replace(/-\d+$/, '')}/statuses`));
      return types.find(({ name }) => name === issuetype.name)?.statuses.map(({ name }) => name) ?? [];
    },
    async file({ project: projectKey, summary, agentVersion }) {
      const project = { key: projectKey };
      const issuetype = { name: 'Security Agent Deploy Request' };
      const body = { fields: { project, issuetype, summary, [agentVersionField]: agentVersion } };
      return z.object({ key: z.string() }).parse(await post('/issue', body)).key;
    },
    async perform(key, id) {
      await post(`/issue/${key}/transitions`, { transition: { id } });
    },
    async comment(key, text) {
      const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
      const content = lines.map((line) => ({ type: 'paragraph', content: [{ type: 'text', text: line }] }));
      await post(`/issue/${key}/comment`, { body: { type: 'doc', version: 1, content } });
    },
  };
}

/** An administrator's move to any status, listed or not. Jira's REST has no such call: it is the sandbox's control. */
export async function forceStatus(options: { url: string; control: string; key: string; status: string }) {
  const { url, control, key, status: wanted } = options;
  await callVendor({
    ...{ vendor: 'Jira', url: `${url}/_sandbox/force`, method: 'POST' },
    headers: { 'x-sandbox-token': control },
    body: { as: 'ann', issue: key, status: wanted },
  });
}
