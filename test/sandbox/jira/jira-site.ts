import { createCloudClient } from 'jira.js/cloud';
import { createJiraVendor, type JiraOptions } from '../../../sandbox/jira/vendor.ts';
import { startFront } from '../../../sandbox/shared/front.ts';
import { createPeople, type SandboxPerson } from '../../../sandbox/shared/people.ts';

export type JiraClient = ReturnType<typeof createCloudClient>;

/** One REST call as the contract judge wants to see it. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly requestBody: unknown;
  readonly status: number;
  readonly headers: Headers;
  /** undefined when the answer is empty. */
  readonly body: unknown;
}

export interface RunningJira {
  readonly url: string;
  person(name: string): SandboxPerson;
  /** The vendor's own client as that person; it throws when an answer does not match its schema. */
  as(name: string): JiraClient;
  /** A bare call below `/rest/api/3`, or of an absolute path; as dana unless said otherwise. */
  call(method: string, path: string, body?: unknown, name?: string): Promise<Exchange>;
  control(verb: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  /** When every webhook has been delivered or given up. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

const token = 'control';

export async function startJira(options: Partial<JiraOptions> = {}): Promise<RunningJira> {
  const people = createPeople();
  const vendor = createJiraVendor({ people, retryDelayMs: 1, ...options });
  const front = await startFront(vendor, { token });

  function person(name: string): SandboxPerson {
    const found = people.find((one) => one.name === name);
    if (!found) throw new Error(`nobody is called ${name}`);
    return found;
  }

  async function send(method: string, url: string, headers: Record<string, string>, body?: unknown) {
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(new URL(url, front.url), {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...content,
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
    };
  }

  return {
    url: front.url,
    person,
    as(name) {
      const { email, jira } = person(name);
      return createCloudClient({
        host: front.url,
        auth: { type: 'basic', email, apiToken: jira.apiToken },
        onSchemaMismatch: 'throw',
      });
    },
    async call(method, url, body, name = 'dana') {
      const { email, jira } = person(name);
      const authorization = `Basic ${Buffer.from(`${email}:${jira.apiToken}`).toString('base64')}`;
      const target = new URL(url.startsWith('/rest/') ? url : `/rest/api/3${url}`, front.url);
      const answer = await send(method, target.href, { authorization }, body);
      return { method, path: target.pathname, query: target.search, requestBody: body, ...answer };
    },
    control: (verb, body = {}) => send('POST', `/_sandbox/${verb}`, { 'x-sandbox-token': token }, body),
    settled: () => vendor.settled(),
    stop: () => front.stop(),
  };
}

/** The fields of a good deploy request; `more` replaces or adds. */
export function deployRequest(more: Record<string, unknown> = {}) {
  return {
    project: { key: 'DEVOPS' },
    issuetype: { name: 'Security Agent Deploy Request' },
    summary: 'Promote agent 1.4.2',
    customfield_10050: '1.4.2',
    ...more,
  };
}

export function paragraph(text: string) {
  return {
    type: 'doc' as const,
    version: 1 as const,
    content: [{ type: 'paragraph', content: [{ type: 'text', text }] }],
  };
}

/** Performs the transition that leads to the status, as dana; throws when there is none. */
export async function moveTo(jira: RunningJira, issue: string, status: string, name = 'dana'): Promise<void> {
  const { transitions = [] } = await jira.as(name).issues.getTransitions({ issueIdOrKey: issue });
  const id = transitions.find((transition) => transition.to?.name === status)?.id;
  if (!id) throw new Error(`${issue}: no transition to ${status}`);
  await jira.as(name).issues.doTransition({ issueIdOrKey: issue, transition: { id } });
}

/** The field ids of a change request, see sandbox/jira/fields.ts. */
export const changeFields = {
  environment: 'customfield_10061',
  project: 'customfield_10062',
  buildJob: 'customfield_10063',
  build: 'customfield_10064',
  branch: 'customfield_10065',
  sha: 'customfield_10066',
  action: 'customfield_10067',
  scanStatus: 'customfield_10068',
  evidenceDigest: 'customfield_10069',
  rollbackPlan: 'customfield_10070',
  justification: 'customfield_10071',
} as const;

/** What the site calls each of them, by id. */
export const changeFieldNames: Record<string, string> = {
  customfield_10061: 'Environment',
  customfield_10062: 'Project',
  customfield_10063: 'Build job',
  customfield_10064: 'Build number',
  customfield_10065: 'Branch',
  customfield_10066: 'Commit SHA',
  customfield_10067: 'Deploy action',
  customfield_10068: 'Scan status',
  customfield_10069: 'Evidence digest',
  customfield_10070: 'Rollback plan',
  customfield_10071: 'Justification',
};
/** Atlassian documents; the others are lines. */
export const isLongField = (id: string) =>
  id === changeFields.rollbackPlan || id === changeFields.justification;

/** The fields of a complete change request; `more` replaces or adds. */
export function changeRequest(more: Record<string, unknown> = {}) {
  return {
    project: { key: 'PRODCM' },
    issuetype: { name: 'Change Request' },
    summary: 'shop/web build 412 to production',
    components: [{ name: 'web' }],
    [changeFields.environment]: 'production',
    [changeFields.project]: 'shop/web',
    [changeFields.buildJob]: 'deploy-production',
    [changeFields.build]: '412',
    [changeFields.branch]: 'release/2.0',
    [changeFields.sha]: '8f14e45fceea167a5a36dedd4bea2543c0ffee00',
    [changeFields.action]: 'deploy',
    [changeFields.scanStatus]: 'passed',
    [changeFields.evidenceDigest]: 'sha256:77af',
    [changeFields.rollbackPlan]: paragraph('Deploy build 411 again.'),
    [changeFields.justification]: paragraph('The basket loses items.'),
    ...more,
  };
}
