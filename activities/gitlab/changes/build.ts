import type { BuildFacts } from '../../../workflows/change-approval/facts.ts';
import type { ChangeBuild } from '../../../workflows/change-approval/messages.ts';
import type { People } from '../../../workflows/change-approval/review-facts.ts';
import { failureType } from '../../../workflows/shared/failures.ts';
import type { GitlabConnection } from './connection.ts';
import { GitlabJobs, GitlabPipeline, GitlabPipelines, type GitlabJob } from './schema.ts';

const pageSize = 100;
const maxJobPages = 10;

const nothing: BuildFacts = {
  found: false,
  sha: null,
  branch: null,
  buildJob: null,
  buildStatus: null,
  href: null,
  triggeredBy: null,
};

/** The named pipeline, else the newest of the SHA; in it the build job by its name. */
export async function readBuild(
  gitlab: GitlabConnection,
  people: People,
  { build, pipelineId }: { build: ChangeBuild; pipelineId: number | null },
): Promise<BuildFacts> {
  const { project } = build;
  const id = pipelineId ?? (await listPipelines(gitlab, project, build.sha, 1))[0]?.id;
  const pipeline = id === undefined ? undefined : await findPipeline(gitlab, project, id);
  if (!pipeline) return nothing;
  const jobs = await listJobs(gitlab, project, pipeline.id);
  const job = jobs.find(({ name }) => name === build.buildJob);
  return {
    found: job !== undefined,
    sha: pipeline.sha,
    branch: pipeline.ref ?? null,
    buildJob: job?.name ?? null,
    buildStatus: job?.status ?? null,
    href: job?.web_url ?? pipeline.web_url,
    triggeredBy: pipeline.user ? people.ofUser(pipeline.user.username) : null,
  };
}

/** Newest first. */
export async function listPipelines(
  gitlab: GitlabConnection,
  project: string,
  sha: string,
  most: number,
): Promise<readonly GitlabPipeline[]> {
  return gitlab.call(`list pipelines of ${sha} in ${project}`, GitlabPipelines, () =>
    gitlab.pipelines.all(project, { sha, orderBy: 'id', sort: 'desc', perPage: most, page: 1 }),
  );
}

/** Without those that were retried: only the last try of a job counts. */
export async function listJobs(
  gitlab: GitlabConnection,
  project: string,
  pipelineId: number,
): Promise<readonly GitlabJob[]> {
  const jobs: GitlabJob[] = [];
  for (let page = 1; page <= maxJobPages; page += 1) {
    const listed = await gitlab.call(`list jobs of pipeline ${pipelineId} in ${project}`, GitlabJobs, () =>
      gitlab.jobs.all(project, { pipelineId, perPage: pageSize, page }),
    );
    jobs.push(...listed);
    if (listed.length < pageSize) break;
  }
  return jobs;
}

async function findPipeline(
  gitlab: GitlabConnection,
  project: string,
  id: number,
): Promise<GitlabPipeline | undefined> {
  try {
    return await gitlab.call(`read pipeline ${id} of ${project}`, GitlabPipeline, () =>
      gitlab.pipelines.show(project, id),
    );
  } catch (error) {
    if (failureType(error) === 'NotFound') return undefined;
    throw error;
  }
}
