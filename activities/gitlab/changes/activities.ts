import { activityInfo, Context, log } from '@temporalio/activity';
import { createFailure } from '../../../workflows/shared/failures.ts';
import { checkInput } from '../../activity-input.ts';
import type { GitlabChangesClient } from './client.ts';
import type { Execution } from './deploy-job.ts';
import {
  AnswerStatusCheckInput,
  PlayDeployJobInput,
  ReadBuildInput,
  ReadJobInput,
  ReadScansInput,
  RetryStatusChecksInput,
  ReviewCodeInput,
  SetCommitStatusInput,
} from './input-schema.ts';
import type { GitlabChangesPort } from './port.ts';
import type { Progress } from './review-cursor.ts';

/** The activities of the queue `-gitlab` for change approval. */
export function createGitlabChangesActivities(client: GitlabChangesClient): GitlabChangesPort {
  return {
    async readBuild(input) {
      checkInput(ReadBuildInput, input, 'readBuild');
      return client.readBuild(input);
    },
    async reviewCode(input) {
      checkInput(ReviewCodeInput, input, 'reviewCode');
      const review = await client.reviewCode(input, currentProgress());
      const { commits, reviewed, exempt, linear } = review;
      const findings = review.findings.length + review.moreFindings;
      log.info('reviewed code', { project: input.project, commits, reviewed, exempt, findings, linear });
      return review;
    },
    async readScans(input) {
      checkInput(ReadScansInput, input, 'readScans');
      return client.readScans(input);
    },
    async setCommitStatus(input) {
      checkInput(SetCommitStatusInput, input, 'setCommitStatus');
      await client.setCommitStatus(input);
      log.info('set commit status', { project: input.project, sha: input.sha, state: input.state });
    },
    async playDeployJob(input) {
      checkInput(PlayDeployJobInput, input, 'playDeployJob');
      const played = await client.playDeployJob(input, currentExecution());
      log.info('deploy job played', { project: input.permission.build.project, ...played });
      return played;
    },
    async readJob(input) {
      checkInput(ReadJobInput, input, 'readJob');
      return client.readJob(input);
    },
    async answerStatusCheck(input) {
      checkInput(AnswerStatusCheckInput, input, 'answerStatusCheck');
      const { answered } = await client.answerStatusCheck(input);
      log.info('status check', { project: input.project, mergeRequest: input.mergeRequest, answered });
      return { answered };
    },
    async retryStatusChecks(input) {
      checkInput(RetryStatusChecksInput, input, 'retryStatusChecks');
      return client.retryStatusChecks(input);
    },
  };
}

function currentProgress(): Progress {
  const context = Context.current();
  return {
    carried: context.info.heartbeatDetails as unknown,
    heartbeat: (details) => context.heartbeat(details),
  };
}

/** @throws PolicyViolation outside a workflow: nobody could tell whose permission this is */
function currentExecution(): Execution {
  const { workflowExecution } = activityInfo();
  if (!workflowExecution)
    throw createFailure('PolicyViolation', 'playDeployJob: only a workflow may play a deploy job');
  return workflowExecution;
}
