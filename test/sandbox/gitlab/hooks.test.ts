import assert from 'node:assert/strict';
import { project, startGitlab, type RunningGitlab } from './gitlab-fixture.ts';

const url = 'http://127.0.0.1:1/webhooks/gitlab';
const signingToken = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

describe('GitLab stand-in: project hooks', () => {
  let gitlab: RunningGitlab;
  beforeEach(async () => {
    gitlab = await startGitlab({ projectTokenRole: 'maintainer', hooks: [{ url, pipeline_events: true }] });
  });
  afterEach(() => gitlab.front.stop());

  it('adds, changes, lists and removes a hook, and never shows its tokens', async () => {
    const { ProjectHooks: hooks } = gitlab.api;
    const added = await hooks.add(project, url, { token: 'in-clear', jobEvents: true });
    assert.equal(added.job_events, true);
    const body = { url: `${url}2`, signing_token: signingToken };
    const changed = await (await gitlab.call('PUT', `/hooks/${added.id}`, body)).text();
    assert.match(changed, /gitlab2".*"job_events":true/);
    assert.doesNotMatch(changed, /in-clear|whsec_/);
    assert.equal((await hooks.all(project)).length, 2);
    await hooks.remove(project, added.id);
    await assert.rejects(hooks.show(project, added.id), /404 Not found/);
  });

  const refused: [string, object, RegExp][] = [
    ['no url', {}, /400 .*url is missing/],
    ['another scheme', { url: 'ftp://x' }, /422 .*Invalid url given/],
    ['a signing token without its prefix', { url, signing_token: 'abc' }, /422 .*signing_token/],
    ['a signing token that is too short', { url, signing_token: 'whsec_YWJj' }, /422 .*signing_token/],
  ];
  for (const [what, body, expected] of refused) {
    it(`refuses ${what}`, async () => {
      const response = await gitlab.call('POST', '/hooks', body);
      assert.match(`${response.status} ${await response.text()}`, expected);
    });
  }

  it('refuses a body that is no JSON object, and one of another type', async () => {
    const post = (type: string) => {
      const headers = { 'private-token': 'glpat-project-token', 'content-type': type };
      return fetch(`${gitlab.front.url}/api/v4/projects/41/hooks`, { method: 'POST', headers, body: '[' });
    };
    assert.equal((await post('application/json')).status, 400);
    assert.equal((await post('text/xml')).status, 415);
  });

  it('takes a form as well as JSON', async () => {
    const headers = { 'private-token': 'glpat-project-token' };
    const body = new URLSearchParams({ url, pipeline_events: 'true' });
    const init = { method: 'POST', headers, body };
    const response = await fetch(`${gitlab.front.url}/api/v4/projects/41/hooks`, init);
    assert.equal(((await response.json()) as { pipeline_events: boolean }).pipeline_events, true);
  });

  it('seeds hooks, and a reset leaves only those of the start', async () => {
    assert.deepEqual(await gitlab.control('seed', { hooks: [{ url, job_events: true }] }), {
      hooks: [{ id: 2 }],
    });
    await gitlab.control('reset');
    assert.equal((await gitlab.api.ProjectHooks.all(project)).length, 1);
  });
});
