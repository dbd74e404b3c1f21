import assert from 'node:assert/strict';
import { project, projectToken, startGitlab, type RunningGitlab } from './gitlab-fixture.ts';

describe('GitLab stand-in: who may do what', () => {
  let gitlab: RunningGitlab;
  before(async () => {
    gitlab = await startGitlab();
  });
  after(() => gitlab.front.stop());

  const fetchApi = (path: string, headers: Record<string, string> = { 'private-token': projectToken }) =>
    fetch(`${gitlab.front.url}/api/v4${path}`, { headers });

  it('takes the token as PRIVATE-TOKEN and as Bearer', async () => {
    assert.equal((await fetchApi('/user')).status, 200);
    const bearer = await fetchApi('/user', { authorization: `Bearer ${projectToken}` });
    assert.equal(((await bearer.json()) as { username: string }).username, 'project_41_bot');
  });

  it('answers 401 without a token or with an unknown one', async () => {
    for (const headers of [{}, { 'private-token': 'glpat-unknown' }] as Record<string, string>[]) {
      const response = await fetchApi('/projects/41', headers);
      assert.equal(response.status, 401);
      assert.deepEqual(await response.json(), { message: '401 Unauthorized' });
    }
  });

  it('finds the project by id and by its encoded path', async () => {
    for (const id of ['41', encodeURIComponent(project)]) {
      const found = (await (await fetchApi(`/projects/${id}`)).json()) as { path_with_namespace: string };
      assert.equal(found.path_with_namespace, project);
    }
  });

  it('hides the project from people without a role', async () => {
    await assert.rejects(gitlab.apiAs('eve').Projects.show(project), /404 .*404 Project Not Found/);
    await assert.rejects(gitlab.apiAs('sam').Pipelines.create(project, 'main'), /404 Project Not Found/);
  });

  it('lets developers start pipelines, and only maintainers see hooks', async () => {
    const created = await gitlab.apiAs('dana').Pipelines.create(project, 'main');
    assert.equal(created.user.username, 'dana');
    await assert.rejects(gitlab.apiAs('dana').ProjectHooks.all(project), /403 .*403 Forbidden/);
    assert.deepEqual(await gitlab.apiAs('lee').ProjectHooks.all(project), []);
  });

  const missing: [string, RegExp][] = [
    ['/projects/42', /404 .*404 Project Not Found/],
    ['/projects/41/pipelines/999', /404 .*404 Not found/],
    ['/projects/41/jobs/999', /404 .*404 Not found/],
    ['/projects/41/pipelines/x', /400 .*pipeline_id is invalid/],
    ['/projects/41/pipelines?page=0', /400 .*page does not have a valid value/],
    ['/projects/41/nothing', /404 .*"error":"404 Not Found"/],
    ['/projects/41/pipeline', /405 .*405 Not Allowed/],
  ];
  for (const [path, expected] of missing) {
    it(`answers GET ${path} with ${expected.source.slice(0, 3)}`, async () => {
      const response = await fetchApi(path);
      assert.match(`${response.status} ${await response.text()}`, expected);
    });
  }

  it('shows the token and the version', async () => {
    assert.equal((await gitlab.api.PersonalAccessTokens.show()).active, true);
    assert.match((await gitlab.api.Metadata.show()).version, /^19\./);
  });

  it('names the actor in the request log', () => {
    assert.equal(gitlab.front.requests.at(-1)?.actor, 'project_41_bot');
  });
});
