import assert from 'node:assert/strict';
import { createHeldRunner, project, startGitlab, type RunningGitlab } from './gitlab-fixture.ts';

const variables = [
  { key: 'AGENT_VERSION', value: '1.2.3' },
  { key: 'LOCKKEEPER_RUN', value: 'SEC-1/1' },
];

describe('GitLab stand-in: pipelines', () => {
  let gitlab: RunningGitlab;
  let runner: ReturnType<typeof createHeldRunner>;

  beforeEach(async () => {
    runner = createHeldRunner();
    gitlab = await startGitlab({ jobRunner: runner.jobRunner });
  });
  afterEach(() => gitlab.front.stop());

  it('runs a pipeline through the real client', async () => {
    const created = await gitlab.api.Pipelines.create(project, 'main', { variables });
    assert.equal(created.status, 'created');
    (await runner.next()).end({ status: 'success', trace: 'checked\n' });
    const { status, name, duration } = await gitlab.finished(created.id);
    assert.deepEqual({ status, name }, { status: 'success', name: 'Promote 1.2.3' });
    assert.equal(typeof duration, 'number');
    const [job] = await gitlab.api.Jobs.all(project, { pipelineId: created.id });
    assert.equal(job?.status, 'success');
    assert.equal(await gitlab.api.Jobs.showLog(project, job.id), 'checked\n');
  });

  it('gives the job its predefined and its own variables', async () => {
    const { id, web_url: url } = await gitlab.api.Pipelines.create(project, 'main', { variables });
    const { run } = await runner.next();
    assert.equal(run.script, 'bash -n installer');
    assert.equal(run.variables['AGENT_VERSION'], '1.2.3');
    assert.equal(run.variables['CI_PIPELINE_ID'], String(id));
    assert.equal(run.variables['CI_PIPELINE_URL'], url);
    assert.equal(run.variables['CI_PROJECT_PATH'], project);
    assert.equal(run.variables['CI_COMMIT_REF_NAME'], 'main');
    assert.equal(run.variables['GITLAB_USER_LOGIN'], 'project_41_bot');
  });

  it('shows the variables again, so that a repeat can look for its pipeline', async () => {
    const { id } = await gitlab.api.Pipelines.create(project, 'main', { variables });
    const shown = await gitlab.api.Pipelines.allVariables(project, id);
    assert.deepEqual(
      shown.map(({ key, value }) => ({ key, value })),
      variables,
    );
  });

  const refused: [string, object, RegExp][] = [
    ['variables as a map', { ref: 'main', variables: { AGENT_VERSION: '1' } }, /400 .*variables is invalid/],
    ['no ref', { variables: [] }, /400 .*ref is missing/],
    ['an unknown ref', { ref: 'nowhere' }, /400 .*Reference not found/],
    ['a key with a blank', { ref: 'main', variables: [{ key: 'A B', value: '1' }] }, /400 .*only letters/],
    [
      'one key twice',
      { ref: 'main', variables: [variables[0], variables[0]] },
      /400 .*Duplicate variable name/,
    ],
  ];
  for (const [what, body, expected] of refused) {
    it(`refuses ${what}`, async () => {
      const response = await gitlab.call('POST', '/pipeline', body);
      assert.match(`${response.status} ${await response.text()}`, expected);
    });
  }

  it('fails the pipeline with its job and names the reason', async () => {
    const { id } = await gitlab.api.Pipelines.create(project, 'main');
    (await runner.next()).end({ status: 'failed', trace: 'syntax error' });
    assert.equal((await gitlab.finished(id)).status, 'failed');
    const [job] = await gitlab.api.Jobs.all(project, { pipelineId: id });
    assert.equal(job?.failure_reason, 'script_failure');
  });

  it('cancels a running job by its signal and answers 200', async () => {
    const { id } = await gitlab.api.Pipelines.create(project, 'main');
    const { run } = await runner.next();
    const response = await gitlab.call('POST', `/pipelines/${id}/cancel`);
    assert.equal(response.status, 200);
    assert.equal(run.signal.aborted, true);
    assert.equal((await gitlab.finished(id)).status, 'canceled');
  });

  it('retries a failed pipeline with a new job', async () => {
    const { id } = await gitlab.api.Pipelines.create(project, 'main');
    (await runner.next()).end({ status: 'failed', trace: '' });
    await gitlab.finished(id);
    await gitlab.api.Pipelines.retry(project, id);
    (await runner.next()).end({ status: 'success', trace: '' });
    assert.equal((await gitlab.finished(id)).status, 'success');
    const jobs = await gitlab.api.Jobs.all(project, { pipelineId: id, includeRetried: true });
    assert.deepEqual(
      jobs.map((job) => job.status),
      ['success', 'failed'],
    );
  });

  it('filters and pages the list', async () => {
    for (let made = 0; made < 3; made += 1) await gitlab.api.Pipelines.create(project, 'main');
    const list = (query: string) => gitlab.call('GET', `/pipelines?${query}`);
    const first = await list('per_page=2&source=api&username=project_41_bot');
    assert.equal(first.headers.get('x-total'), '3');
    assert.equal(first.headers.get('x-next-page'), '2');
    assert.match(first.headers.get('link') ?? '', /page=2&?.*rel="next"/);
    assert.deepEqual(ids(await first.json()), [33, 32]);
    assert.deepEqual(ids(await (await list('sort=asc&page=2&per_page=2')).json()), [33]);
    assert.deepEqual(ids(await (await list('status=success')).json()), []);
    assert.deepEqual(ids(await (await list('updated_after=2999-01-01T00:00:00Z')).json()), []);
    assert.equal((await gitlab.api.Pipelines.all(project, { perPage: 1 })).length, 3);
  });

  it('serves the page behind web_url without a token, with the log made harmless', async () => {
    const { id } = await gitlab.api.Pipelines.create(project, 'main', { variables });
    const { web_url: url } = (await (await gitlab.call('GET', `/pipelines/${id}`)).json()) as {
      web_url: string;
    };
    (await runner.next()).end({ status: 'success', trace: '<script>alert(1)</script>' });
    await gitlab.finished(id);
    const page = await (await fetch(url)).text();
    assert.match(page, /Pipeline #31: passed/);
    assert.match(page, /&lt;script&gt;/);
    assert.doesNotMatch(page, /<script>/);
  });
});

function ids(list: unknown): number[] {
  return (list as { id: number }[]).map(({ id }) => id);
}
