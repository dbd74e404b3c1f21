import { roleIn, type GitlabUser } from './accounts.ts';
import { toCommit } from './commit-entities.ts';
import { secondsBetween, type CiStatus, type Job, type Pipeline } from './pipeline.ts';
import { accessLevels, projectName, projectNamespace, projectUrl, type GitlabProject } from './project.ts';

/** The runner that every job of the stand-in runs on. */
export const runner = { id: 380987, description: 'devops-runner', tags: ['self-hosted', 'devops'] } as const;

/** GitLab's words for a status (`detailed_status.label`). */
export function statusLabel(status: CiStatus): string {
  return status === 'success' ? 'passed' : status.replaceAll('_', ' ');
}

/** Without the address: GitLab shows that only to oneself (`GET /user`). */
export function toUser(user: GitlabUser, baseUrl: string) {
  return {
    id: user.id,
    username: user.username,
    name: user.name,
    state: 'active',
    locked: false,
    avatar_url: null,
    web_url: `${baseUrl}/${user.username}`,
  };
}

/** As in lists. */
export function toPipelineBasic(pipeline: Pipeline, project: GitlabProject) {
  return {
    id: pipeline.id,
    iid: pipeline.iid,
    project_id: project.id,
    sha: pipeline.sha,
    ref: pipeline.ref,
    status: pipeline.status,
    source: pipeline.source,
    created_at: pipeline.createdAt.toISOString(),
    updated_at: pipeline.updatedAt.toISOString(),
    web_url: `${projectUrl(project, pipeline.baseUrl)}/-/pipelines/${pipeline.id}`,
  };
}

/** As in the answers that make or change one. */
export function toPipeline(pipeline: Pipeline, project: GitlabProject) {
  const duration = secondsBetween(pipeline.startedAt, pipeline.finishedAt);
  const queued = secondsBetween(pipeline.createdAt, pipeline.startedAt);
  return {
    ...toPipelineBasic(pipeline, project),
    before_sha: pipeline.beforeSha,
    tag: false,
    yaml_errors: null,
    user: toUser(pipeline.user, pipeline.baseUrl),
    started_at: isoOrNull(pipeline.startedAt),
    finished_at: isoOrNull(pipeline.finishedAt),
    committed_at: null,
    duration: duration === null ? null : Math.floor(duration),
    queued_duration: queued === null ? null : Math.floor(queued),
    coverage: null,
    detailed_status: detailedStatus(pipeline, project),
  };
}

function detailedStatus(pipeline: Pipeline, project: GitlabProject) {
  const label = statusLabel(pipeline.status);
  return {
    icon: `status_${pipeline.status}`,
    text: label.charAt(0).toUpperCase() + label.slice(1),
    label,
    group: pipeline.status,
    tooltip: label,
    has_details: true,
    details_path: `/${project.path}/-/pipelines/${pipeline.id}`,
    illustration: null,
  };
}

/** `commit` and `pipeline` come along, as in every job answer; durations are seconds with a fraction. */
export function toJob(job: Job, project: GitlabProject) {
  const { pipeline } = job;
  return {
    id: job.id,
    status: job.status,
    stage: job.definition.stage,
    name: job.definition.name,
    ref: pipeline.ref,
    tag: false,
    coverage: null,
    allow_failure: job.definition.allowFailure ?? false,
    created_at: job.createdAt.toISOString(),
    started_at: isoOrNull(job.startedAt),
    finished_at: isoOrNull(job.finishedAt),
    erased_at: null,
    duration: secondsBetween(job.startedAt, job.finishedAt),
    queued_duration: secondsBetween(job.pendingAt, job.startedAt),
    user: toUser(job.user, pipeline.baseUrl),
    commit: toCommit(pipeline.commit, project, pipeline.baseUrl),
    pipeline: toPipelineBasic(pipeline, project),
    ...(job.failureReason === null ? {} : { failure_reason: job.failureReason }),
    web_url: `${projectUrl(project, pipeline.baseUrl)}/-/jobs/${job.id}`,
    project: { ci_job_token_scope_enabled: false },
    artifacts: toArtifacts(job),
    runner: job.startedAt ? toRunner() : null,
    artifacts_expire_at: null,
    archived: false,
    tag_list: runner.tags,
  };
}

function toRunner() {
  const { id, description } = runner;
  const kind = { runner_type: 'project_type', is_shared: false };
  return { id, description, active: true, paused: false, ...kind, online: true, status: 'online' };
}

function toArtifacts(job: Job) {
  const kinds = Object.entries(job.definition.reports ?? {});
  return kinds.flatMap(([kind, filename]) => {
    const content = job.artifacts[filename];
    if (content === undefined) return [];
    return [{ file_type: kind, size: Buffer.byteLength(content), filename, file_format: 'raw' }];
  });
}

/** With the caller's own access level, by which a client can tell why a call is refused. */
export function toProject(project: GitlabProject, user: GitlabUser, baseUrl: string) {
  const url = projectUrl(project, baseUrl);
  const namespace = projectNamespace(project);
  const role = roleIn(user, project);
  const level = role ? { access_level: accessLevels[role], notification_level: 3 } : null;
  return {
    id: project.id,
    description: project.description,
    name: projectName(project),
    name_with_namespace: project.path.replaceAll('/', ' / '),
    path: projectName(project),
    path_with_namespace: project.path,
    created_at: project.rootCommit.createdAt.toISOString(),
    default_branch: project.defaultBranch,
    http_url_to_repo: `${url}.git`,
    web_url: url,
    visibility: 'private',
    namespace: {
      id: project.namespaceId,
      name: namespace,
      path: namespace,
      kind: 'group',
      full_path: namespace,
      parent_id: null,
    },
    empty_repo: false,
    archived: false,
    jobs_enabled: true,
    permissions: { project_access: level, group_access: null },
  };
}

function isoOrNull(date: Date | null): string | null {
  return date?.toISOString() ?? null;
}
