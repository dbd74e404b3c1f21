import type { Endpoints } from '../sandbox/stack/endpoints.ts';
import { jiraPropertyKey } from '../workflows/shared/names.ts';

/** Environment and build number of a change ticket, see sandbox/jira/fields.ts. */
const environmentField = 'customfield_10061';

/** Who or what approved a change, as the worker's account keeps it on the ticket. */
export interface KeptApproval {
  readonly automatic: boolean;
  readonly policy: string;
  readonly approvers: readonly string[];
  readonly at: string;
}

/** @returns the key of the newest ticket of this build for this environment */
export async function findChange(
  endpoints: Endpoints,
  { build, environment }: { build: number; environment: string },
): Promise<string | undefined> {
  const jql = `project = PRODCM AND "Build number" ~ "${build}" ORDER BY created DESC`;
  const { issues } = await callJira<{ issues: { key: string; fields: Record<string, unknown> }[] }>(
    endpoints,
    {
      ...{ method: 'POST', path: '/search/jql' },
      body: { jql, fields: [environmentField] },
    },
  );
  return issues.find(({ fields }) => fields[environmentField] === environment)?.key;
}

export async function readApproval(endpoints: Endpoints, key: string): Promise<KeptApproval | undefined> {
  return (await readProperty(endpoints, key)).approval;
}

/** Time passes: the month in which this was approved is over, as far as its ticket says. */
export async function ageApproval(endpoints: Endpoints, key: string, at: string): Promise<void> {
  const value = await readProperty(endpoints, key);
  if (!value.approval) throw new Error(`${key} was not approved`);
  await callJira(endpoints, {
    ...{ method: 'PUT', path: propertyPath(key) },
    body: { ...value, approval: { ...value.approval, at } },
  });
}

async function readProperty(endpoints: Endpoints, key: string): Promise<{ approval?: KeptApproval }> {
  const path = propertyPath(key);
  return (await callJira<{ value: { approval?: KeptApproval } }>(endpoints, { method: 'GET', path })).value;
}

const propertyPath = (key: string) => `/issue/${key}/properties/${encodeURIComponent(jiraPropertyKey)}`;

/** With the worker's own account. */
async function callJira<T>(
  { jira, people }: Endpoints,
  { method, path, body }: { method: string; path: string; body?: object },
): Promise<T> {
  const bot = people['jira-bot'];
  if (!bot) throw new Error('the sandbox has no jira-bot');
  const response = await fetch(`${jira}/rest/api/3${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${bot.email}:${bot.jira.apiToken}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    signal: AbortSignal.timeout(20_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}
