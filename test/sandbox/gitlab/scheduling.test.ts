import assert from 'node:assert/strict';
import { createHeldRunner, project, startGitlab, type RunningGitlab } from './gitlab-fixture.ts';

const passed = { status: 'success', trace: '' } as const;
const job = (name: string, stage: string, more = {}) => ({
  name,
  stage,
  script: name,
  timeoutSeconds: 5,
  ...more,
});

describe('GitLab stand-in: how jobs are scheduled', () => {
  let gitlab: RunningGitlab;
  let runner: ReturnType<typeof createHeldRunner>;

  async function start(jobs = [job('verify', 'test', { resourceGroup: 'promotion' })]) {
    runner = createHeldRunner();
    gitlab = await startGitlab({ jobRunner: runner.jobRunner, ci: { jobs } });
  }
  const create = async () => (await gitlab.api.Pipelines.create(project, 'main')).id;
  const statusOf = async (id: number) => (await gitlab.api.Pipelines.show(project, id)).status;
  const jobStatuses = async (id: number) =>
    (await gitlab.api.Jobs.all(project, { pipelineId: id })).map((each) => each.status).reverse();
  afterEach(() => gitlab.front.stop());

  it('runs the jobs of one resource group one after the other', async () => {
    await start();
    const [first, second] = [await create(), await create()];
    const holder = await runner.next();
    assert.equal(await statusOf(second), 'waiting_for_resource');
    holder.end(passed);
    (await runner.next()).end(passed);
    assert.equal((await gitlab.finished(second)).status, 'success');
    assert.equal(await statusOf(first), 'success');
  });

  it('lets a cancelled job leave the line of its resource group', async () => {
    await start();
    const [, second, third] = [await create(), await create(), await create()];
    const holder = await runner.next();
    await gitlab.api.Pipelines.cancel(project, second);
    assert.equal(await statusOf(second), 'canceled');
    holder.end(passed);
    (await runner.next()).end(passed);
    assert.equal((await gitlab.finished(third)).status, 'success');
  });

  it('runs stage after stage and skips what follows a failure', async () => {
    await start([job('a', 'build'), job('b', 'test'), job('c', 'deploy')]);
    const id = await create();
    (await runner.next()).end(passed);
    (await runner.next()).end({ status: 'failed', trace: '' });
    assert.equal((await gitlab.finished(id)).status, 'failed');
    assert.deepEqual(await jobStatuses(id), ['success', 'failed', 'skipped']);
  });

  it('goes on with the skipped stages when a retry succeeds', async () => {
    await start([job('a', 'build'), job('b', 'test')]);
    const id = await create();
    (await runner.next()).end({ status: 'failed', trace: '' });
    await gitlab.finished(id);
    await gitlab.api.Pipelines.retry(project, id);
    (await runner.next()).end(passed);
    (await runner.next()).end(passed);
    assert.equal((await gitlab.finished(id)).status, 'success');
  });

  it('cancels every stage at once', async () => {
    await start([job('a', 'build'), job('b', 'test')]);
    const id = await create();
    await runner.next();
    await gitlab.api.Pipelines.cancel(project, id);
    assert.equal((await gitlab.finished(id)).status, 'canceled');
    assert.deepEqual(await jobStatuses(id), ['canceled', 'canceled']);
  });

  it('fails a job that outlives its timeout, and aborts it', async () => {
    await start([job('slow', 'test', { timeoutSeconds: 0.02 })]);
    const id = await create();
    const { run } = await runner.next();
    assert.equal((await gitlab.finished(id)).status, 'failed');
    assert.equal(run.signal.aborted, true);
    const [slow] = await gitlab.api.Jobs.all(project, { pipelineId: id });
    assert.equal(slow?.failure_reason, 'job_execution_timeout');
  });

  it('says so when the runner itself breaks', async () => {
    gitlab = await startGitlab({ jobRunner: () => Promise.reject(new Error('no namespaces')) });
    const id = await create();
    await gitlab.finished(id);
    const [broken] = await gitlab.api.Jobs.all(project, { pipelineId: id });
    assert.equal(broken?.failure_reason, 'runner_system_failure');
    assert.match(String(await gitlab.api.Jobs.showLog(project, broken?.id ?? 0)), /no namespaces/);
  });

  it('keeps jobs pending while the runner is offline', async () => {
    await start();
    await gitlab.control('hold-jobs', { on: true });
    const id = await create();
    assert.deepEqual(await jobStatuses(id), ['pending']);
    assert.equal(runner.arrivals.length, 0);
    await gitlab.control('hold-jobs', { on: false });
    (await runner.next()).end(passed);
    assert.equal((await gitlab.finished(id)).status, 'success');
  });

  for (const status of ['success', 'failed', 'canceled']) {
    it(`forces ${status}, of a held and of a running pipeline`, async () => {
      await start([job('a', 'build'), job('b', 'test')]);
      const runningId = await create();
      await runner.next();
      await gitlab.control('hold-jobs', { on: true });
      const heldId = await create();
      for (const id of [runningId, heldId])
        assert.deepEqual(await gitlab.control('pipeline', { id, status }), { id, status });
    });
  }

  it('forgets everything on reset and aborts what runs', async () => {
    await start();
    await create();
    const { run } = await runner.next();
    await gitlab.control('reset');
    assert.equal(run.signal.aborted, true);
    assert.deepEqual(await gitlab.api.Pipelines.all(project), []);
  });
});
