import { gitlabPerson, type GitlabPerson } from '../../../sandbox/drive/gitlab-person.ts';
import type { Endpoints } from '../../../sandbox/stack/endpoints.ts';
import { controlToken, startGitlab, type RunningGitlab } from './gitlab-fixture.ts';

/** The stand-in as those see it who change and deploy `shop/web`. */
export interface ChangeGitlab extends RunningGitlab {
  person(name: string): GitlabPerson;
  /** A call below `/api/v4/projects/52`; default: jira-bot's token, which the worker has. */
  shop(
    method: string,
    path: string,
    body?: object,
    as?: string,
  ): Promise<{ status: number; body: never; headers: Headers }>;
  graphql(
    query: string,
    variables: object,
    as?: string,
  ): Promise<{ data?: never; errors?: { message: string }[] }>;
}

export const main = '5d1f0c3c0f6a4a6f8a3f3f5e0b9d8c7e6f5a4b3c';
export const sha = (letter: string) => letter.repeat(40);

export async function startChangeGitlab(
  options: Parameters<typeof startGitlab>[0] = {},
): Promise<ChangeGitlab> {
  const gitlab = await startGitlab(options);
  const people = Object.fromEntries(gitlab.people.map((person) => [person.name, person]));
  const endpoints = { gitlab: gitlab.front.url, control: controlToken, people } as unknown as Endpoints;

  async function post(path: string, as: string, method: string, body?: object) {
    const token = people[as]?.gitlab.token ?? '';
    const headers = { 'private-token': token, 'content-type': 'application/json' };
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    const response = await fetch(`${gitlab.front.url}/api/${path}`, init);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return {
      status: response.status,
      body: (isJson ? JSON.parse(text) : text) as never,
      headers: response.headers,
    };
  }

  return {
    ...gitlab,
    person: (name) => gitlabPerson(endpoints, name),
    shop: (method, path, body, as = 'jira-bot') => post(`v4/projects/52${path}`, as, method, body),
    graphql: async (query, variables, as = 'jira-bot') =>
      (await post('graphql', as, 'POST', { query, variables })).body,
  };
}

/** A reviewed and merged change of dana's; resolves when its pipeline waits for the deploy. */
export async function mergedChange(gitlab: ChangeGitlab) {
  const file = { path: 'src/shop.ts', after: 'export const shop = "closed";\n' };
  const mergeRequest = { title: 'SHOP-7 close the shop' };
  const pushed = await gitlab
    .person('dana')
    .push('close', [{ title: 'Close', files: [file] }], { mergeRequest });
  const iid = pushed.mergeRequest?.iid ?? 0;
  await gitlab.person('sue').approve(iid);
  const merged = await gitlab.person('lee').merge(iid);
  if (!merged.pipeline) throw new Error('no pipeline');
  await waitFor(gitlab, merged.pipeline.id, 'success');
  return { iid, head: pushed.commits[0] ?? '', ...merged, pipeline: merged.pipeline };
}

export async function waitFor(gitlab: ChangeGitlab, pipeline: number, wanted: string): Promise<void> {
  for (;;) {
    const { body } = await gitlab.shop('GET', `/pipelines/${pipeline}`);
    if ((body as { status: string }).status === wanted) return;
  }
}
