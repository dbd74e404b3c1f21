import assert from 'node:assert/strict';
import { createGitlabChangesClient } from '../../../../activities/gitlab/changes/client.ts';
import type { ChangePermission } from '../../../../activities/jira/changes/port.ts';
import { assertFails } from '../../../support/failing-vendor.ts';
import {
  main,
  mergedChange,
  startChangeGitlab,
  waitFor,
  type ChangeGitlab,
} from '../../../sandbox/gitlab/change-fixture.ts';
import { allowing, execution, people, rules, scanRules } from './changes-gitlab.ts';

const project = 'shop/web';
const required = { ...scanRules, required: ['sast', 'secret_detection'] };

describe('gitlab changes on the sandbox', () => {
  let gitlab: ChangeGitlab;
  let change: Awaited<ReturnType<typeof mergedChange>>;
  beforeEach(async () => {
    gitlab = await startChangeGitlab();
    change = await mergedChange(gitlab);
  });
  afterEach(() => gitlab.front.stop());

  function client(automatic = false) {
    const token = gitlab.people.find(({ name }) => name === 'jira-bot')?.gitlab.token ?? '';
    const guard = allowing(automatic);
    return createGitlabChangesClient({
      baseUrl: gitlab.front.url,
      token,
      people,
      guard,
      callsPerSecond: 1000,
    });
  }
  const buildOf = ({ sha, pipeline }: typeof change) => ({
    environment: 'production',
    project,
    buildJob: 'build',
    build: String(pipeline.id),
    branch: 'main',
    sha,
    action: 'deploy',
  });
  function play(of: typeof change, automatic: boolean) {
    const grant = automatic ? null : { requestId: 'q', envelopes: [] };
    const policy = { review: rules, scans: required };
    const permission = {
      build: buildOf(of),
      policy,
      grant,
      plan: null,
      planGrant: null,
    } as unknown as ChangePermission;
    const jobId = of.pipeline.jobs['deploy-production'] ?? 0;
    return client(automatic).playDeployJob({ pipelineId: of.pipeline.id, jobId, permission }, execution);
  }

  it('reads build, code and scans of a reviewed change', async () => {
    const gate = client();
    const build = buildOf(change);
    const built = await gate.readBuild({ build, pipelineId: change.pipeline.id });
    assert.deepEqual(
      [built.found, built.sha, built.branch, built.buildStatus],
      [true, change.sha, 'main', 'success'],
    );
    const code = await gate.reviewCode({ project, from: main, to: change.sha, rules });
    assert.deepEqual([code.linear, code.commits, code.reviewed, code.findings], [true, 2, 2, []]);
    assert.deepEqual([code.mergeRequests.map(({ iid }) => iid), code.issues], [[change.iid], ['SHOP-7']]);
    const { scans } = await gate.readScans({ project, sha: change.sha, rules: required });
    assert.deepEqual(
      scans.map(({ name, state }) => [name, state]),
      [
        ['sast', 'passed'],
        ['secret_detection', 'passed'],
      ],
    );
  });

  it('names what was pushed without a merge request', async () => {
    const { commits } = await gitlab.person('lee').push('main', [{ title: 'Quick fix' }]);
    const code = await client().reviewCode({ project, from: main, to: commits.at(-1) ?? '', rules });
    assert.deepEqual(
      code.findings.map(({ rule }) => rule),
      ['direct-push'],
    );
  });

  it('finds a roll-back not linear', async () => {
    const code = await client().reviewCode({ project, from: change.sha, to: main, rules });
    assert.deepEqual([code.linear, code.commits], [false, 0]);
  });

  it('plays the deploy job once', async () => {
    assert.equal((await play(change, false)).played, true);
    assert.equal((await play(change, false)).played, false);
    const jobId = change.pipeline.jobs['deploy-production'] ?? 0;
    await waitFor(gitlab, change.pipeline.id, 'success');
    assert.notEqual((await client().readJob({ project, jobId })).state, 'failed');
  });

  it('plays without a person only after a first deploy, and only what was reviewed', async () => {
    assert.match(
      (await assertFails(() => play(change, true), 'PolicyViolation')).message,
      /no deployment to production/,
    );
    await play(change, false);
    await waitFor(gitlab, change.pipeline.id, 'success');
    const next = await mergedAgain('second', 'sue');
    assert.equal((await play(next, true)).played, true);
    await waitFor(gitlab, next.pipeline.id, 'success');
    const own = await mergedAgain('third', null);
    assert.match((await assertFails(() => play(own, true), 'PolicyViolation')).message, /unreviewed/);
  });

  async function mergedAgain(branch: string, approver: string | null): Promise<typeof change> {
    const pushed = await gitlab
      .person('dana')
      .push(branch, [{ title: branch }], { mergeRequest: { title: branch } });
    const iid = pushed.mergeRequest?.iid ?? 0;
    if (approver) await gitlab.person(approver).approve(iid);
    const merged = await gitlab.person('lee').merge(iid);
    if (!merged.pipeline) throw new Error('no pipeline');
    await waitFor(gitlab, merged.pipeline.id, 'success');
    return { iid, head: pushed.commits[0] ?? '', ...merged, pipeline: merged.pipeline };
  }

  it('sets a commit status again and again', async () => {
    const status = {
      project,
      sha: change.sha,
      name: 'lockkeeper/production',
      description: 'waits',
      targetUrl: 'https://run.test/',
    };
    for (const state of ['pending', 'pending', 'success'] as const)
      await client().setCommitStatus({ ...status, state });
    const { body } = await gitlab.shop('GET', `/repository/commits/${change.sha}/statuses`);
    const own = (body as { name: string; status: string }[]).filter(({ name }) => name === status.name);
    assert.deepEqual(
      own.map((one) => one.status),
      ['success'],
    );
  });
});
