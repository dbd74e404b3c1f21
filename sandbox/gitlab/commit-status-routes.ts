import type { VendorResponse } from '../shared/front.ts';
import type { ApiCall, ApiRoute } from './api-router.ts';
import type { CommitStatus } from './commit-status.ts';
import { toUser } from './entities.ts';
import { notFound } from './gitlab-refusal.ts';
import { pageOf } from './paging.ts';
import { latestJobs, type Job } from './pipeline.ts';
import { projectUrl } from './project.ts';

/** What CI and others said of a commit: jobs and commit statuses are one list in GitLab. */
export function commitStatusRoutes(): ApiRoute[] {
  function list(call: ApiCall): VendorResponse {
    const commit = call.state.repository.find(call.word('sha'));
    if (!commit) throw notFound('Commit');
    const { query } = call.request;
    const all = query.get('all') === 'true';
    const pipelines = call.state.store.pipelines.filter(({ sha }) => sha === commit.sha);
    const jobs = pipelines.flatMap((pipeline) => (all ? pipeline.jobs : latestJobs(pipeline)));
    const statuses = call.state.commitStatuses.of(commit.sha, all);
    const entities = [
      ...jobs.map((job) => ofJob(job, call)),
      ...statuses.map((status) => toCommitStatus(status, call.baseUrl)),
    ];
    const chosen = entities.filter((entity) =>
      (['ref', 'name', 'stage'] as const).every((key) => (query.get(key) ?? entity[key]) === entity[key]),
    );
    return pageOf(chosen.map(withoutStage), call.request, call.baseUrl);
  }

  function set(call: ApiCall): VendorResponse {
    const { repository, project, commitStatuses } = call.state;
    const commit = repository.find(call.word('sha'));
    if (!commit) throw notFound('Commit');
    const given = call.parameters['ref'];
    const ref = typeof given === 'string' ? given : (branchOf(call, commit.sha) ?? project.defaultBranch);
    const status = commitStatuses.set({ sha: commit.sha, ref, author: call.user }, call.parameters);
    return { status: 201, body: withoutStage(toCommitStatus(status, call.baseUrl)) };
  }

  return [
    {
      method: 'GET',
      pattern: '/projects/:id/repository/commits/:sha/statuses',
      role: 'reporter',
      handle: list,
    },
    { method: 'POST', pattern: '/projects/:id/statuses/:sha', role: 'developer', handle: set },
  ];
}

function branchOf({ state }: ApiCall, sha: string): string | undefined {
  return [...state.repository.branches].find(([, head]) => head === sha)?.[0];
}

/** The list is filtered by stage, but no answer tells it. */
function withoutStage({ stage: _stage, ...entity }: ReturnType<typeof toCommitStatus>) {
  return entity;
}

function toCommitStatus(status: CommitStatus, baseUrl: string) {
  const { id, sha, ref, name, description } = status;
  return {
    ...{
      id,
      sha,
      ref,
      status: status.state as string,
      name,
      stage: 'external',
      target_url: status.targetUrl,
      description,
    },
    created_at: status.createdAt.toISOString(),
    started_at: status.startedAt?.toISOString() ?? null,
    finished_at: status.finishedAt?.toISOString() ?? null,
    ...{ allow_failure: false, coverage: null, pipeline_id: null as number | null },
    author: toUser(status.author, baseUrl),
  };
}

function ofJob(job: Job, { state, baseUrl }: ApiCall): ReturnType<typeof toCommitStatus> {
  const { pipeline, definition } = job;
  return {
    ...{
      id: job.id,
      sha: pipeline.sha,
      ref: pipeline.ref,
      status: job.status,
      name: definition.name,
      stage: definition.stage,
    },
    target_url: `${projectUrl(state.project, baseUrl)}/-/jobs/${job.id}`,
    description: null,
    created_at: job.createdAt.toISOString(),
    started_at: job.startedAt?.toISOString() ?? null,
    finished_at: job.finishedAt?.toISOString() ?? null,
    ...{ allow_failure: definition.allowFailure ?? false, coverage: null, pipeline_id: pipeline.id },
    author: toUser(job.user, baseUrl),
  };
}
