import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createGitlabChangesActivities } from '../../../../activities/gitlab/changes/activities.ts';
import { assertFails } from '../../../support/failing-vendor.ts';
import { changesAt, execution, permission, sha } from './changes-gitlab.ts';

describe('gitlab changes: activities', () => {
  const activities = createGitlabChangesActivities(changesAt('http://127.0.0.1:9'));
  const wrong: [run: () => Promise<unknown>, said: RegExp][] = [
    [
      () =>
        activities.reviewCode({
          project: '../x',
          from: 'main',
          to: sha,
          rules: { mode: 'strict', bots: [], versionFiles: [] },
        }),
      /^reviewCode: project: .*; from: /,
    ],
    [() => activities.readJob({ project: 'shop/web', jobId: -1 }), /^readJob: jobId: /],
    [() => activities.playDeployJob({ pipelineId: 1, jobId: 1 } as never), /^playDeployJob: permission: /],
    [() => activities.setCommitStatus(undefined as never), /^setCommitStatus: input: /],
  ];
  for (const [run, said] of wrong)
    it(`names each wrong field: ${said.source}`, async () =>
      assert.match((await assertFails(run, 'InvalidInput')).message, said));

  it('the run that plays is Temporal’s, and nobody else plays', async () => {
    const seen: unknown[] = [];
    const client = {
      ...changesAt('http://127.0.0.1:9'),
      playDeployJob: (_: unknown, by: unknown) => (
        seen.push(by),
        Promise.resolve({ jobId: 99, webUrl: '', played: true })
      ),
    };
    const made = createGitlabChangesActivities(client);
    const input = { pipelineId: 31, jobId: 99, permission: permission(null) };
    const options = { logger: new DefaultLogger('ERROR') };
    await new MockActivityEnvironment({ workflowExecution: execution }, options).run(() =>
      made.playDeployJob(input),
    );
    assert.deepEqual(seen, [execution]);
  });
});
