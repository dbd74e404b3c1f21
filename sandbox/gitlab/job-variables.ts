import type { JobRun } from './ci-definition.ts';
import type { Job } from './pipeline.ts';
import { projectName, projectNamespace, projectUrl, type GitlabProject } from './project.ts';

/** The job as the runner takes it. */
export function expandJob(job: Job, project: GitlabProject, signal: AbortSignal): JobRun {
  const own = job.pipeline.variables.map(({ key, value }) => [key, value] as const);
  const variables = { ...predefinedVariables(job, project), ...Object.fromEntries(own) };
  return { id: job.id, name: job.definition.name, script: job.definition.script, variables, signal };
}

/** The predefined variables that scripts of our field read (GitLab docs, predefined CI/CD variables). */
function predefinedVariables(job: Job, project: GitlabProject): Record<string, string> {
  const home = projectUrl(project, job.pipeline.baseUrl);
  return {
    CI: 'true',
    GITLAB_CI: 'true',
    CI_SERVER_URL: job.pipeline.baseUrl,
    CI_SERVER_HOST: new URL(job.pipeline.baseUrl).hostname,
    CI_API_V4_URL: `${job.pipeline.baseUrl}/api/v4`,
    CI_PROJECT_ID: String(project.id),
    CI_PROJECT_NAME: projectName(project),
    CI_PROJECT_NAMESPACE: projectNamespace(project),
    CI_PROJECT_PATH: project.path,
    CI_PROJECT_URL: home,
    CI_DEFAULT_BRANCH: project.defaultBranch,
    ...pipelineVariables(job, home),
    ...jobVariables(job, home),
    GITLAB_USER_ID: String(job.user.id),
    GITLAB_USER_LOGIN: job.user.username,
    GITLAB_USER_NAME: job.user.name,
    GITLAB_USER_EMAIL: job.user.email,
  };
}

function pipelineVariables({ pipeline }: Job, home: string) {
  return {
    CI_PIPELINE_ID: String(pipeline.id),
    CI_PIPELINE_IID: String(pipeline.iid),
    CI_PIPELINE_NAME: pipeline.name ?? '',
    CI_PIPELINE_SOURCE: pipeline.source,
    CI_PIPELINE_URL: `${home}/-/pipelines/${pipeline.id}`,
    CI_PIPELINE_CREATED_AT: pipeline.createdAt.toISOString(),
    CI_COMMIT_SHA: pipeline.sha,
    CI_COMMIT_SHORT_SHA: pipeline.sha.slice(0, 8),
    CI_COMMIT_BRANCH: pipeline.ref,
    CI_COMMIT_REF_NAME: pipeline.ref,
    CI_COMMIT_REF_SLUG: pipeline.ref.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
  };
}

function jobVariables(job: Job, home: string) {
  return {
    CI_JOB_ID: String(job.id),
    CI_JOB_NAME: job.definition.name,
    CI_JOB_STAGE: job.definition.stage,
    CI_JOB_URL: `${home}/-/jobs/${job.id}`,
    CI_JOB_STATUS: 'running',
    CI_JOB_TIMEOUT: String(job.definition.timeoutSeconds),
    CI_JOB_STARTED_AT: (job.startedAt ?? job.createdAt).toISOString(),
  };
}
