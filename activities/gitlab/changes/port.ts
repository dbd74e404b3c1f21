import type { BuildFacts, CodeReview, ScanReport } from '../../../workflows/change-approval/facts.ts';
import type { ChangeBuild, ReviewRules, ScanRules } from '../../../workflows/change-approval/messages.ts';
import type { ChangePermission } from '../../jira/changes/port.ts';

export type CommitStatusState = 'pending' | 'running' | 'success' | 'failed' | 'canceled';

/** GitLab for change approval: any project of the instance that the token reaches. Activities of the GitLab queue. */
export interface GitlabChangesPort {
  /** What CI says of the build; nothing found is an answer, not an error. */
  readBuild(input: { build: ChangeBuild; pipelineId: number | null }): Promise<BuildFacts>;
  /**
   * Every commit of `from..to` with the merge request that brought it, judged by `review-rules.ts`. At most 30 calls and one per
   * merge request for 1,000 commits; heartbeats its cursor. @throws NotFound project or commit
   */
  reviewCode(input: {
    project: string;
    from: string | null;
    to: string;
    rules: ReviewRules;
  }): Promise<CodeReview>;
  /** The newest pipelines of exactly this SHA: jobs and their security reports. */
  readScans(input: { project: string; sha: string; rules: ScanRules }): Promise<ScanReport>;
  /** Repeated freely: GitLab keeps one status per SHA and name. */
  setCommitStatus(input: {
    project: string;
    sha: string;
    name: string;
    state: CommitStatusState;
    description: string;
    targetUrl: string;
  }): Promise<void>;
  /**
   * Guarded (design §3): plays the manual deploy job. Reads it first: played already is success; another SHA, branch or pipeline is
   * refused. Without a grant it analyses the code again by itself. @throws PolicyViolation · NotFound
   */
  playDeployJob(input: {
    pipelineId: number;
    jobId: number;
    permission: ChangePermission;
  }): Promise<{ jobId: number; webUrl: string; played: boolean }>;
  /** `state` folded; `status` is GitLab's own word. */
  readJob(input: { project: string; jobId: number }): Promise<{
    state: 'waiting' | 'running' | 'success' | 'failed' | 'canceled';
    status: string;
    webUrl: string;
    startedAt: string | null;
    finishedAt: string | null;
  }>;
  /** Answers an external status check of a merge request (Ultimate). Not available there is no error: `false`. */
  answerStatusCheck(input: {
    project: string;
    mergeRequest: number;
    sha: string;
    checkId: number;
    passed: boolean;
  }): Promise<{ answered: boolean }>;
  /** Has GitLab ask again for the failed status checks of the open merge requests of a SHA. */
  retryStatusChecks(input: { project: string; sha: string }): Promise<{ retried: number }>;
}
