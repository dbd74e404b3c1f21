import type { GitlabUser } from './accounts.ts';
import { stagesOf } from './ci-definition.ts';
import { runner, statusLabel } from './entities.ts';
import { tierOf } from './deployment.ts';
import { latestJobs, secondsBetween, type Job, type Pipeline } from './pipeline.ts';
import { projectName, projectNamespace, projectUrl, type GitlabProject } from './project.ts';

/** `Pipeline Hook` (GitLab docs, webhook events; dates as `2026-11-04 09:36:13 UTC`). */
export function pipelineEvent(pipeline: Pipeline, project: GitlabProject) {
  const { baseUrl } = pipeline;
  return {
    object_kind: 'pipeline',
    object_attributes: pipelineAttributes(pipeline, project),
    merge_request: null,
    user: eventUser(pipeline.user),
    project: eventProject(project, baseUrl),
    commit: {
      id: pipeline.sha,
      message: pipeline.commit.message,
      title: pipeline.commit.title,
      timestamp: pipeline.commit.committedDate.toISOString().replace(/\.\d+Z$/, '+00:00'),
      url: `${projectUrl(project, baseUrl)}/-/commit/${pipeline.sha}`,
      author: pipeline.commit.author,
    },
    builds: latestJobs(pipeline).map((job) => pipelineBuild(job)),
  };
}

function pipelineAttributes(pipeline: Pipeline, project: GitlabProject) {
  const duration = secondsBetween(pipeline.startedAt, pipeline.finishedAt);
  const queued = secondsBetween(pipeline.createdAt, pipeline.startedAt);
  return {
    id: pipeline.id,
    iid: pipeline.iid,
    name: pipeline.name,
    ref: pipeline.ref,
    tag: false,
    sha: pipeline.sha,
    before_sha: pipeline.beforeSha,
    source: pipeline.source,
    status: pipeline.status,
    detailed_status: statusLabel(pipeline.status),
    stages: stagesOf(pipeline.jobs.map((job) => job.definition)),
    created_at: utcText(pipeline.createdAt),
    finished_at: utcText(pipeline.finishedAt),
    duration: duration === null ? null : Math.floor(duration),
    queued_duration: queued === null ? null : Math.floor(queued),
    protected_ref: pipeline.ref === project.defaultBranch,
    variables: pipeline.variables.map(({ key, value }) => ({ key, value })),
    url: `${projectUrl(project, pipeline.baseUrl)}/-/pipelines/${pipeline.id}`,
  };
}

function pipelineBuild(job: Job) {
  return {
    id: job.id,
    stage: job.definition.stage,
    name: job.definition.name,
    status: job.status,
    created_at: utcText(job.createdAt),
    started_at: utcText(job.startedAt),
    finished_at: utcText(job.finishedAt),
    duration: secondsBetween(job.startedAt, job.finishedAt),
    queued_duration: secondsBetween(job.pendingAt, job.startedAt),
    failure_reason: job.failureReason,
    when: job.definition.manual ? 'manual' : 'on_success',
    manual: job.definition.manual ?? false,
    allow_failure: job.definition.allowFailure ?? false,
    user: eventUser(job.user),
    runner: eventRunner(job),
    artifacts_file: { filename: null, size: null },
    environment: eventEnvironment(job),
  };
}

/** `Job Hook`: GitLab says `build`, and `commit.id` is the pipeline's id; dates are ISO, with and without ms. */
export function jobEvent(job: Job, project: GitlabProject) {
  const { pipeline } = job;
  return {
    object_kind: 'build',
    ref: pipeline.ref,
    tag: false,
    before_sha: pipeline.beforeSha,
    sha: pipeline.sha,
    build_id: job.id,
    build_name: job.definition.name,
    build_stage: job.definition.stage,
    build_status: job.status,
    ...isoPair('build_created_at', job.createdAt),
    ...isoPair('build_started_at', job.startedAt),
    ...isoPair('build_finished_at', job.finishedAt),
    build_duration: secondsBetween(job.startedAt, job.finishedAt),
    build_queued_duration: secondsBetween(job.pendingAt, job.startedAt),
    build_allow_failure: job.definition.allowFailure ?? false,
    build_failure_reason: job.failureReason ?? 'unknown_failure',
    retries_count: job.retries,
    pipeline_id: pipeline.id,
    project_id: project.id,
    project_name: project.path.replaceAll('/', ' / '),
    user: eventUser(job.user),
    commit: jobCommit(pipeline),
    repository: eventRepository(project, pipeline.baseUrl),
    project: eventProject(project, pipeline.baseUrl),
    runner: eventRunner(job),
    environment: eventEnvironment(job),
  };
}

function jobCommit(pipeline: Pipeline) {
  const duration = secondsBetween(pipeline.startedAt, pipeline.finishedAt);
  return {
    id: pipeline.id,
    name: pipeline.name,
    sha: pipeline.sha,
    message: pipeline.commit.message,
    author_name: pipeline.commit.author.name,
    author_email: pipeline.commit.author.email,
    status: pipeline.status,
    duration: duration === null ? null : Math.floor(duration),
    ...isoPair('started_at', pipeline.startedAt),
    ...isoPair('finished_at', pipeline.finishedAt),
  };
}

export function eventUser(user: GitlabUser) {
  const { id, name, username, email } = user;
  return { id, name, username, avatar_url: null, email };
}

export function eventProject(project: GitlabProject, baseUrl: string) {
  const { name, git_ssh_url, git_http_url, visibility_level } = eventRepository(project, baseUrl);
  return {
    ...{ id: project.id, name, description: project.description },
    ...{ web_url: projectUrl(project, baseUrl), avatar_url: null, git_ssh_url, git_http_url },
    ...{ namespace: projectNamespace(project), visibility_level, path_with_namespace: project.path },
    ...{ default_branch: project.defaultBranch, ci_config_path: null },
  };
}

export function eventRepository(project: GitlabProject, baseUrl: string) {
  const homepage = projectUrl(project, baseUrl);
  return {
    name: projectName(project),
    description: project.description,
    homepage,
    git_ssh_url: `git@${new URL(baseUrl).hostname}:${project.path}.git`,
    git_http_url: `${homepage}.git`,
    visibility_level: 0,
  };
}

function eventEnvironment({ definition: { environment: name } }: Job) {
  return name === undefined ? null : { name, action: 'start', deployment_tier: tierOf(name) };
}

function eventRunner(job: Job) {
  return job.startedAt ? { active: true, runner_type: 'project_type', is_shared: false, ...runner } : null;
}

export function utcText(date: Date | null): string | null {
  return (
    date
      ?.toISOString()
      .replace('T', ' ')
      .replace(/\.\d+Z$/, ' UTC') ?? null
  );
}

function isoPair(name: string, date: Date | null) {
  const iso = date?.toISOString() ?? null;
  return { [name]: iso, [`${name}_iso`]: iso?.replace(/\.\d+Z$/, 'Z') ?? null };
}
