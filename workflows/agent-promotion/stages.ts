import { CancellationScope, condition, uuid4 } from '@temporalio/workflow';
import type { PinnedInstaller, PinnedObject } from '../../activities/s3/port.ts';
import type { Turn } from '../shared/turn.ts';
import type { Begun, Run } from './run.ts';
import { StepFailed } from './stop.ts';
import { pipelineStarted } from './texts.ts';

/** The stages of a promotion under its turn, in their order. Each throws when the promotion must not go on. */

export async function fetchInstaller(run: Run, begun: Begun, turn: Turn) {
  run.progress.start('fetch');
  const { version } = begun;
  const pinned = await run.call('aws', () =>
    run.s3.pinInstaller({ version, signature: run.policy.signature }),
  );
  run.progress.finish('fetch', `SHA-256 ${pinned.sha256.slice(0, 12)}…, ${pinned.size} bytes`);
  run.progress.start('testCopy');
  const copy = await run.call('aws', () => run.s3.copyToTest({ version, pinned, turn }));
  run.progress.finish('testCopy', `version ${copy.versionId}`);
  return { pinned, copy };
}

/** The customer's own check of the same bytes, in the customer's CI. @returns the pipeline's URL */
export async function verifyInPipeline(
  run: Run,
  begun: Begun,
  objects: { pinned: PinnedInstaller; copy: PinnedObject },
  turn: Turn,
): Promise<string> {
  run.progress.start('pipeline');
  const eventsBefore = run.state.pipelineEvents;
  const key = run.key('pipeline');
  const variables = toPipelineVariables(run, begun, objects.copy, key);
  const { pipelineId, webUrl } = await run.call('gitlab', () =>
    run.gitlab.ensurePipeline({ key, variables, turn }),
  );
  await run.comment('pipeline', pipelineStarted(objects.pinned, webUrl));
  const deadlineMs = Date.now() + run.policy.pipelineDeadlineMinutes * 60_000;
  run.progress.waitFor('pipeline', new Date(deadlineMs).toISOString());
  const pipeline = await awaitPipeline(run, pipelineId, eventsBefore, deadlineMs);
  const job = pipeline.jobs.find((candidate) => candidate.name === run.policy.verifyJob);
  if (pipeline.state !== 'success')
    throw new StepFailed(`pipeline ${pipelineId} ended as ${pipeline.status}`, {
      expected: `job ${run.policy.verifyJob} succeeds`,
      found: job ? `${job.status}${job.traceTail ? `: ${job.traceTail}` : ''}` : 'no such job',
    });
  if (job?.status !== 'success')
    throw new StepFailed('the pipeline passed without the verifying job', {
      expected: `job ${run.policy.verifyJob} with status success`,
      found: job ? job.status : 'no such job',
    });
  run.progress.finish('pipeline', `pipeline ${pipelineId}`);
  return webUrl;
}

/** Woken by the webhook, which is only a hint; polled as the safety net; always read afresh. */
async function awaitPipeline(run: Run, pipelineId: number, eventsBefore: number, deadlineMs: number) {
  let seen = eventsBefore;
  for (;;) {
    const summary = `poll pipeline ${pipelineId}`;
    // a dry run has nothing to wait for
    const pollMs = run.plan ? 1 : run.policy.pipelinePollSeconds * 1000;
    await condition(() => run.state.pipelineEvents > seen, pollMs, { summary });
    seen = run.state.pipelineEvents;
    const pipeline = await run.call('gitlab', () => run.gitlab.readPipeline({ pipelineId }));
    if (pipeline.state !== 'running') return pipeline;
    if (Date.now() < deadlineMs) continue;
    await run.call('gitlab', () => run.gitlab.cancelPipeline({ pipelineId }));
    throw new StepFailed(
      `pipeline ${pipelineId} did not end within ${run.policy.pipelineDeadlineMinutes} minutes`,
      {
        expected: 'success',
        found: pipeline.status,
      },
    );
  }
}

function toPipelineVariables(run: Run, begun: Begun, copy: PinnedObject, key: string) {
  return {
    ...run.policy.pipelineVariables,
    LOCKKEEPER_RUN: key,
    AGENT_VERSION: begun.version,
    INSTALLER_BUCKET: copy.bucket,
    INSTALLER_KEY: copy.key,
    INSTALLER_VERSION_ID: copy.versionId,
    INSTALLER_SHA256: copy.sha256,
  };
}

/** Installs the tested bytes on a throw-away instance; the instance is terminated whatever happens. @returns its id */
export async function testOnInstance(
  run: Run,
  begun: Begun,
  tested: PinnedObject,
  turn: Turn,
): Promise<string> {
  run.progress.start('instance');
  const deadline = new Date(Date.now() + run.policy.instanceDeadlineMinutes * 60_000).toISOString();
  const key = run.key('instance');
  const nonce = uuid4();
  const { version } = begun;
  const { workflowId, runId } = run;
  let instanceId: string | undefined;
  try {
    const launch = { key, nonce, version, tested, workflowId, runId, deadline, turn };
    const instance = await run.call('aws', () => run.ec2.launchTestInstance(launch));
    instanceId = instance.instanceId;
    run.progress.waitFor('instance', deadline);
    const result = await run.call('aws', () =>
      run.ec2Test.awaitTestResult({ key, nonce, version, instance, deadline }),
    );
    if (result.verdict === 'failed')
      throw new StepFailed(`test instance ${instanceId}, ${result.step}: ${result.detail}`, {
        expected: `version ${version}, service active`,
        found: result.reportedVersion === null ? `no version reported` : `version ${result.reportedVersion}`,
      });
  } finally {
    await CancellationScope.nonCancellable(() => endInstance(run, key, instanceId));
  }
  run.progress.finish('instance', instanceId);
  return instanceId;
}

/** By id when it is known; by its tag when the launch never answered. */
async function endInstance(run: Run, key: string, instanceId: string | undefined) {
  if (instanceId === undefined) await run.call('aws', () => run.ec2Test.terminateByKey({ key }));
  else await run.call('aws', () => run.ec2Test.terminateInstance({ instanceId }));
}
