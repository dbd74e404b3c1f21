import type { People } from '../../../workflows/change-approval/review-facts.ts';
import { readBuild } from './build.ts';
import { connectGitlab, type ConnectionOptions } from './connection.ts';
import { playDeployJob, readJob, type Execution, type PlayGuard } from './deploy-job.ts';
import type { GitlabChangesPort } from './port.ts';
import { reviewCode } from './review-code.ts';
import { unattended, type Progress } from './review-cursor.ts';
import { readScans } from './scans.ts';
import { answerStatusCheck, retryStatusChecks, setCommitStatus } from './statuses.ts';

export interface GitlabChangesOptions extends ConnectionOptions {
  /** Names of the configuration for GitLab's users and for addresses in commits. */
  readonly people: People;
  /** Asked before the deploy job is played; its own word is what counts, not the caller's. */
  readonly guard: PlayGuard;
}

type Input<Verb extends keyof GitlabChangesPort> = Parameters<GitlabChangesPort[Verb]>[0];

/** GitlabChangesPort, told by the activity which run it is and how far the try before came. */
export interface GitlabChangesClient extends Omit<GitlabChangesPort, 'reviewCode' | 'playDeployJob'> {
  reviewCode(input: Input<'reviewCode'>, progress?: Progress): ReturnType<GitlabChangesPort['reviewCode']>;
  playDeployJob(
    input: Input<'playDeployJob'>,
    execution: Execution,
  ): ReturnType<GitlabChangesPort['playDeployJob']>;
}

/** Any project that the token reaches, through GitLab REST v4 and, where that would take a call a row, GraphQL. */
export function createGitlabChangesClient(options: GitlabChangesOptions): GitlabChangesClient {
  const { people, guard } = options;
  const gitlab = connectGitlab(options);
  return {
    readBuild: (input) => readBuild(gitlab, people, input),
    reviewCode: (input, progress = unattended) => reviewCode(gitlab, people, input, progress),
    readScans: (input) => readScans(gitlab, input),
    setCommitStatus: (input) => setCommitStatus(gitlab, input),
    playDeployJob: (input, execution) => playDeployJob({ gitlab, people, guard }, input, execution),
    readJob: (input) => readJob(gitlab, input),
    answerStatusCheck: (input) => answerStatusCheck(gitlab, input),
    retryStatusChecks: (input) => retryStatusChecks(gitlab, input),
  };
}
