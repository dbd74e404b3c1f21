import assert from 'node:assert/strict';
import { createJudge, specsDirOrSkip, type Judge } from '../../support/contract-judge.ts';
import { passingRunner, startGitlab, type RunningGitlab } from './gitlab-fixture.ts';

const hook = { url: 'http://127.0.0.1:1/hook', name: 'lockkeeper', pipeline_events: true };
const variables = [{ key: 'AGENT_VERSION', value: '1.2.3' }];

/** Where GitLab's document errs: its own docs show numbers and nulls there. */
const errata = [
  /^response\/(\d+\/)?(id|project_id): must be string/,
  /^response\/permissions\/project_access\/\w+_level: must be string/,
  /^response\/permissions\/group_access: must be object/,
  /^response\/kas\/\w+: must be string/,
];
const faults = (found: string[]) => found.filter((fault) => !errata.some((erratum) => erratum.test(fault)));

describe("GitLab stand-in: judged by GitLab's document", () => {
  let gitlab: RunningGitlab;
  let judge: Judge;

  before(async function () {
    specsDirOrSkip(this);
    judge = await createJudge({ document: 'gitlab.trimmed.json', overlayKey: 'gitlab' });
    gitlab = await startGitlab({ projectTokenRole: 'maintainer', jobRunner: passingRunner, hooks: [hook] });
    const { id } = await gitlab.api.Pipelines.create(41, 'main', { variables });
    await gitlab.finished(id);
  });
  after(() => gitlab?.front.stop());

  const exchanges: [status: number, method: string, path: string, body?: object][] = [
    [200, 'GET', ''],
    [201, 'POST', '/pipeline', { ref: 'main', variables }],
    [400, 'POST', '/pipeline', { ref: 'nowhere' }],
    [200, 'GET', '/pipelines'],
    [200, 'GET', '/pipelines/latest'],
    [200, 'GET', '/pipelines/31'],
    [404, 'GET', '/pipelines/999'],
    [200, 'GET', '/pipelines/31/variables'],
    [200, 'GET', '/pipelines/31/jobs'],
    [200, 'POST', '/pipelines/31/cancel'],
    [201, 'POST', '/pipelines/31/retry'],
    [200, 'GET', '/jobs'],
    [200, 'GET', '/jobs/377'],
    [200, 'GET', '/jobs/377/trace'],
    [201, 'POST', '/jobs/377/cancel', {}],
    [201, 'POST', '/jobs/377/retry', {}],
    [403, 'POST', '/jobs/377/retry', {}],
    [200, 'GET', '/hooks'],
    [201, 'POST', '/hooks', hook],
    [422, 'POST', '/hooks', { url: 'nothing' }],
    [200, 'GET', '/hooks/1'],
    [200, 'PUT', '/hooks/1', hook],
    [422, 'POST', '/hooks/1/test/pipeline_events'],
    [204, 'DELETE', '/hooks/1'],
  ];
  for (const [status, method, path, body] of exchanges) {
    it(`${method} /projects/41${path} answers ${status} as documented`, async () => {
      const response = await gitlab.call(method, path, body);
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json') ?? false;
      const answer: unknown = isJson ? JSON.parse(text) : text;
      const found = judge(method, `/api/v4/projects/41${path}`, '', body, response.status, answer);
      assert.deepEqual(faults(found), []);
      assert.equal(response.status, status);
    });
  }

  for (const path of ['/user', '/metadata', '/personal_access_tokens/self']) {
    it(`GET ${path} answers as documented`, async () => {
      const headers = { 'private-token': 'glpat-project-token' };
      const response = await fetch(`${gitlab.front.url}/api/v4${path}`, { headers });
      const found = judge('GET', `/api/v4${path}`, '', undefined, response.status, await response.json());
      assert.deepEqual(faults(found), []);
    });
  }
});
