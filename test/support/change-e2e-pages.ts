import type { Endpoints } from '../../sandbox/stack/endpoints.ts';
import { controlOf } from '../../sandbox/drive/control.ts';
import type { Build } from './change-e2e.ts';

/** What GitLab and Jira show of the builds of shop/web and of their tickets, and what people write there by hand. */
export function shopPages(endpoints: Endpoints) {
  async function readGitlab<T>(what: string): Promise<T> {
    const token = endpoints.people['lee']?.gitlab.token ?? '';
    const response = await fetch(`${endpoints.gitlab}/api/v4/projects/52/${what}`, {
      headers: { 'private-token': token },
    });
    return (await response.json()) as T;
  }

  async function jiraAs<T>(name: string, what: string, body?: unknown): Promise<T> {
    const { email, jira } = endpoints.people[name] ?? {};
    const authorization = `Basic ${Buffer.from(`${email}:${jira?.apiToken}`).toString('base64')}`;
    const response = await fetch(`${endpoints.jira}/rest/api/3/${what}`, {
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${what}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  return {
    /** Of the external service that the starters are. @returns its id */
    addStatusCheck: () =>
      controlOf(endpoints.gitlab, endpoints.control).post('seed', {
        project: 'shop/web',
        statusChecks: [
          {
            name: 'Change approval',
            externalUrl: `${endpoints.starters}/webhooks/gitlab`,
            sharedSecret: endpoints.secrets.gitlabWebhook,
          },
        ],
      }),
    statusChecks: (iid: number) =>
      readGitlab<{ id: number; status: string }[]>(`merge_requests/${iid}/status_checks`),
    /** The commit's statuses as GitLab shows them, oldest first. */
    async statuses({ sha }: Build): Promise<{ name: string; status: string }[]> {
      const all = await readGitlab<{ name: string; status: string }[]>(`repository/commits/${sha}/statuses`);
      return all
        .filter(({ name }) => name.startsWith('lockkeeper/'))
        .map(({ name, status }) => ({ name, status }));
    },

    /** The own fields of a ticket by their names in Jira. */
    async fields(key: string): Promise<Readonly<Record<string, unknown>>> {
      const known = await jiraAs<{ id: string; name: string }[]>('sue', 'field');
      const { fields } = await jiraAs<{ fields: Record<string, unknown> }>('sue', `issue/${key}`);
      const own = known.filter(({ id }) => id.startsWith('customfield_') || id === 'components');
      return Object.fromEntries(own.map(({ id, name }) => [name, fields[id]]));
    },
    /** Every ticket that names the build, ended ones too. */
    async tickets({ pipeline }: Build): Promise<readonly string[]> {
      const jql = `project = PRODCM AND "Build number" ~ "${pipeline.id}"`;
      const { issues } = await jiraAs<{ issues: { key: string }[] }>('sue', 'search/jql', {
        jql,
        fields: ['summary'],
      });
      return issues.map(({ key }) => key);
    },
    /** By hand, as dana would: without a justification and a way back. @returns its key */
    async fileChange({ environment, sha, pipeline }: Build): Promise<string> {
      const fields = {
        ...{ project: { key: 'PRODCM' }, issuetype: { name: 'Change Request' }, summary: 'Open the shop' },
        ...{ customfield_10061: environment, customfield_10062: 'shop/web', customfield_10063: 'build' },
        ...{ customfield_10064: `${pipeline.id}`, customfield_10065: pipeline.ref, customfield_10066: sha },
        customfield_10067: 'deploy',
      };
      return (await jiraAs<{ key: string }>('dana', 'issue', { fields })).key;
    },
    prose: (text: string) => ({
      ...{ type: 'doc', version: 1 },
      content: [{ type: 'paragraph', content: [{ type: 'text', text }] }],
    }),
  };
}
