import { z } from 'zod';
import type { SandboxPerson } from '../shared/people.ts';
import { callVendor } from './vendor-call.ts';

/** Agent-Version on the sandbox's site, see sandbox/jira/fields.ts. */
const agentVersionField = 'customfield_10050';

const user = z.object({ displayName: z.string() });
const status = z.object({ name: z.string(), statusCategory: z.object({ key: z.string() }) });
const change = z.object({
  author: user,
  created: z.string(),
  items: z.array(
    z.object({ field: z.string(), fromString: z.string().nullable(), toString: z.string().nullable() }),
  ),
});
const fields = z.object({
  summary: z.string(),
  status,
  creator: user,
  reporter: user.nullable(),
  assignee: user.nullable(),
  created: z.string(),
  [agentVersionField]: z.string().nullish(),
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
    changelog: z.object({ histories: z.array(change) }).optional(),
    transitions: z.array(z.object({ id: z.string(), name: z.string(), to: status })).optional(),
  })
  .transform(({ id, key, fields: read, changelog, transitions }) => ({
    ...{ id, key, ...read },
    agentVersion: read[agentVersionField] ?? '',
    /** Newest first. */
    changes: changelog?.histories ?? [],
    transitions: transitions ?? [],
  }));

export type Ticket = z.infer<typeof ticket>;
export type TicketStatus = z.infer<typeof status>;
export type TicketChange = z.infer<typeof change>;

const readFields = [
  'summary',
  'status',
  'creator',
  'reporter',
  'assignee',
  'created',
  'comment',
  agentVersionField,
];

/** Jira's REST v3 with one person's own e-mail and API token. */
export interface JiraTickets {
  /** The newest 200 of DEVOPS and GATED, without changes and transitions. */
  list(): Promise<Ticket[]>;
  read(key: string): Promise<Ticket>;
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
        jql: 'project in (DEVOPS, GATED) ORDER BY created DESC',
        fields: readFields,
        maxResults: 200,
      };
      return z.object({ issues: z.array(ticket) }).parse(await post('/search/jql', query)).issues;
    },
    async read(key) {
      const expand = 'changelog,transitions';
      return ticket.parse(await get(`/issue/${key}?fields=${readFields.join(',')}&expand=${expand}`));
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
