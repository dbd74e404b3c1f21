import { toCommit } from './commit-entities.ts';
import { toJob, toUser } from './entities.ts';
import { latestJobs, type Job, type Pipeline } from './pipeline.ts';
import type { GitlabProject } from './project.ts';

export type DeploymentStatus = 'created' | 'running' | 'success' | 'failed' | 'canceled' | 'skipped';

/** A job with an environment is a deployment (GitLab makes the record together with the job). */
export interface Deployment {
  readonly id: number;
  readonly iid: number;
  readonly job: Job;
  readonly environment: string;
}

/** Of all pipelines, oldest first; a job that was retried stays in the list. */
export function deploymentsOf(pipelines: readonly Pipeline[]): Deployment[] {
  const jobs = pipelines.flatMap((pipeline) => pipeline.jobs).sort((a, b) => a.id - b.id);
  return jobs
    .flatMap((job) => {
      const { environment } = job.definition;
      return environment === undefined ? [] : [{ id: job.id, job, environment }];
    })
    .map((deployment, index) => ({ ...deployment, iid: index + 1 }));
}

/** Environments that any job of the project deploys to. */
export function environmentsOf(pipelines: readonly Pipeline[]): string[] {
  const names = pipelines.flatMap(latestJobs).map(({ definition }) => definition.environment);
  return [...new Set(names)].filter((name) => name !== undefined);
}

export function deploymentStatus({ status }: Job): DeploymentStatus {
  if (status === 'running' || status === 'canceling') return 'running';
  if (status === 'success' || status === 'failed' || status === 'canceled' || status === 'skipped')
    return status;
  return 'created';
}

/** GitLab guesses the tier from the name (docs, "Deployment tier of environments"). */
export function tierOf(environment: string): string {
  if (/prod|live/i.test(environment)) return 'production';
  if (/stag|model|pre|demo/i.test(environment)) return 'staging';
  if (/test|qa/i.test(environment)) return 'testing';
  return /dev|review|trunk/i.test(environment) ? 'development' : 'other';
}

export function toDeployment({ id, iid, job, environment }: Deployment, project: GitlabProject) {
  const { pipeline } = job;
  return {
    ...{ id, iid, ref: pipeline.ref, sha: pipeline.sha },
    created_at: job.createdAt.toISOString(),
    updated_at: (job.finishedAt ?? job.startedAt ?? job.createdAt).toISOString(),
    user: toUser(job.user, pipeline.baseUrl),
    environment: toEnvironmentBasic(environment, project),
    deployable: { ...toJob(job, project), commit: toCommit(pipeline.commit, project, pipeline.baseUrl) },
    status: deploymentStatus(job),
  };
}

export function toEnvironment(name: string, project: GitlabProject) {
  return { ...toEnvironmentBasic(name, project), tier: tierOf(name), state: 'available' };
}

function toEnvironmentBasic(name: string, project: GitlabProject) {
  const createdAt = project.rootCommit.createdAt.toISOString();
  return {
    id: project.id * 10 + name.length,
    name,
    slug: name.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
    external_url: null,
    created_at: createdAt,
    updated_at: createdAt,
  };
}
