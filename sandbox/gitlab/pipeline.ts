import type { CiJob } from './ci-definition.ts';
import type { GitlabUser } from './accounts.ts';
import type { Commit } from './commit.ts';

/** Statuses of jobs and pipelines; the scheduled ones of GitLab do not occur here. */
export type CiStatus =
  | 'created'
  | 'waiting_for_resource'
  | 'pending'
  | 'running'
  | 'canceling'
  | 'manual'
  | 'success'
  | 'failed'
  | 'canceled'
  | 'skipped';

export type FinalStatus = 'success' | 'failed' | 'canceled' | 'skipped';

export interface PipelineVariable {
  readonly key: string;
  readonly value: string;
  readonly variable_type: 'env_var' | 'file';
}

/** A moment is null until it came. */
export interface Job {
  readonly id: number;
  readonly definition: CiJob;
  readonly pipeline: Pipeline;
  /** Who started the pipeline, or played the job. */
  user: GitlabUser;
  readonly createdAt: Date;
  /** How many earlier jobs of the same name this one repeats. */
  readonly retries: number;
  status: CiStatus;
  pendingAt: Date | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  failureReason: string | null;
  trace: string;
  /** Path → content. */
  artifacts: Readonly<Record<string, string>>;
  /** A newer job of the same name took its place. */
  retried: boolean;
}

/** `jobs` keeps those that were retried, in the order they were made. */
export interface Pipeline {
  readonly id: number;
  readonly iid: number;
  readonly name: string | null;
  readonly ref: string;
  readonly sha: string;
  readonly commit: Commit;
  /** The branch's commit before the push. */
  readonly beforeSha: string;
  readonly source: 'api' | 'push' | 'web';
  readonly variables: readonly PipelineVariable[];
  readonly user: GitlabUser;
  /** Where the stand-in was reached when the pipeline was made; its links start there. */
  readonly baseUrl: string;
  readonly createdAt: Date;
  readonly jobs: Job[];
  status: CiStatus;
  updatedAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
}

export function isFinal(status: CiStatus): status is FinalStatus {
  return status === 'success' || status === 'failed' || status === 'canceled' || status === 'skipped';
}

/** Without the jobs that were retried. */
export function latestJobs(pipeline: Pipeline): Job[] {
  return pipeline.jobs.filter((job) => !job.retried);
}

/** It neither fails nor holds up its pipeline as it is now. */
export function isIgnored({ definition, status }: Job): boolean {
  return definition.allowFailure === true && ['manual', 'failed', 'canceled'].includes(status);
}

/** GitLab's composite status of the latest jobs (`lib/gitlab/ci/status/composite.rb`), for the statuses used here. */
export function compositeStatus(jobs: readonly Job[]): CiStatus {
  const statuses = jobs.filter((job) => !isIgnored(job)).map((job) => job.status);
  const has = (status: CiStatus) => statuses.includes(status);
  if (statuses.every(isFinal)) {
    const ranked = (['failed', 'canceled', 'success', 'skipped'] as const).find(has);
    return ranked ?? 'skipped';
  }
  const active = (['canceling', 'running', 'waiting_for_resource', 'pending'] as const).find(has);
  if (active === undefined && has('manual')) return 'manual';
  const begun = statuses.some(isFinal);
  if (active === 'pending' || active === undefined) return begun ? 'running' : (active ?? 'created');
  return active;
}

/** Seconds between two moments, null while either is missing. */
export function secondsBetween(from: Date | null, to: Date | null): number | null {
  return from && to ? (to.getTime() - from.getTime()) / 1000 : null;
}
