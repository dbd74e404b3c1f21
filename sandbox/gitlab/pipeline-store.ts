import { expandVariables, type CiDefinition } from './ci-definition.ts';
import type { GitlabUser } from './accounts.ts';
import { notFound } from './gitlab-refusal.ts';
import type { Job, Pipeline } from './pipeline.ts';
import type { PipelineRequest } from './pipeline-request.ts';
import type { GitlabProject } from './project.ts';

/** The pipelines and jobs of the project, as made; their statuses are the scheduler's. */
export interface PipelineStore {
  readonly pipelines: readonly Pipeline[];
  create(request: PipelineRequest, user: GitlabUser, baseUrl: string): Pipeline;
  /** A new job in the place of this one. */
  repeat(job: Job, user: GitlabUser): Job;
  /** Throws GitLab's 404. */
  pipeline(id: number): Pipeline;
  /** Throws GitLab's 404. */
  job(id: number): Job;
}

export function createPipelineStore(
  project: GitlabProject,
  ci: CiDefinition,
  now: () => Date,
): PipelineStore {
  const pipelines: Pipeline[] = [];
  const jobs: Job[] = [];

  function create(request: PipelineRequest, user: GitlabUser, baseUrl: string): Pipeline {
    const createdAt = now();
    const { ref, commit, beforeSha = '0'.repeat(40), source = 'api' } = request;
    const variables = Object.fromEntries(request.variables.map(({ key, value }) => [key, value]));
    const pipeline: Pipeline = {
      id: project.firstIds.pipeline + pipelines.length,
      iid: pipelines.length + 1,
      name: ci.workflowName === undefined ? null : expandVariables(ci.workflowName, variables),
      ...{ ref, sha: commit.sha, commit, beforeSha, source, variables: request.variables, user, baseUrl },
      ...{ status: 'created' as const, jobs: [] },
      ...{ createdAt, updatedAt: createdAt, startedAt: null, finishedAt: null },
    };
    pipelines.push(pipeline);
    for (const definition of ci.jobs) addJob({ definition, pipeline, user, retries: 0 });
    return pipeline;
  }

  function addJob(given: Pick<Job, 'definition' | 'pipeline' | 'user' | 'retries'>): Job {
    const times = { createdAt: now(), pendingAt: null, startedAt: null, finishedAt: null };
    const state = {
      status: 'created' as const,
      failureReason: null,
      trace: '',
      artifacts: {},
      retried: false,
    };
    const job: Job = { id: project.firstIds.job + jobs.length, ...given, ...times, ...state };
    jobs.push(job);
    given.pipeline.jobs.push(job);
    return job;
  }

  function repeat(job: Job, user: GitlabUser): Job {
    job.retried = true;
    const { definition, pipeline } = job;
    return addJob({ definition, pipeline, user, retries: job.retries + 1 });
  }

  return {
    pipelines,
    create,
    repeat,
    pipeline: (id) => found(pipelines.find((pipeline) => pipeline.id === id)),
    job: (id) => found(jobs.find((job) => job.id === id)),
  };
}

function found<Record>(record: Record | undefined): Record {
  if (record === undefined) throw notFound();
  return record;
}
