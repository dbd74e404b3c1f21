import { deploymentStatus, tierOf, toEnvironment } from './deployment.ts';
import type { Job } from './pipeline.ts';
import { projectUrl, type GitlabProject } from './project.ts';
import { eventProject, eventUser } from './webhook-bodies.ts';

/** `Deployment Hook`: at start and at the end, never for one that waits. */
export function deploymentEvent(job: Job, project: GitlabProject, now: Date) {
  const { pipeline, definition } = job;
  const { environment = '' } = definition;
  const home = projectUrl(project, pipeline.baseUrl);
  return {
    object_kind: 'deployment',
    status: deploymentStatus(job),
    status_changed_at: now
      .toISOString()
      .replace('T', ' ')
      .replace(/\.\d+Z$/, ' +0000'),
    deployment_id: job.id,
    deployable_id: job.id,
    deployable_url: `${home}/-/jobs/${job.id}`,
    environment,
    environment_tier: tierOf(environment),
    environment_slug: toEnvironment(environment, project).slug,
    environment_external_url: null,
    project: eventProject(project, pipeline.baseUrl),
    short_sha: pipeline.sha.slice(0, 8),
    user: eventUser(job.user),
    user_url: `${pipeline.baseUrl}/${job.user.username}`,
    commit_url: `${home}/-/commit/${pipeline.sha}`,
    commit_title: pipeline.commit.title,
    ref: pipeline.ref,
  };
}
