import { z } from 'zod';
import type { Environment } from '../../../config/environment.ts';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import { createRest } from '../rest.ts';

const ManualJobs = z.array(z.object({ id: z.int(), name: z.string() }));

/** GitLab gives at most so many a page; a stage with more manual jobs names them by id. */
const page = 100;

/**
 * The manual job that deploys: its id, or its name in this pipeline. A job does not know the ids of the others, and GitLab does
 * not tell them to CI_JOB_TOKEN: it takes a token that may read the API.
 * @throws CliError
 */
export async function findDeployJob(given: string, env: Environment): Promise<number> {
  if (/^[1-9][0-9]{0,14}$/.test(given)) return Number(given);
  const { CI_API_V4_URL: api, CI_PROJECT_ID: project, CI_PIPELINE_ID: pipeline } = env;
  const token = env['LOCKKEEPER_READ_TOKEN'];
  if (!api || !project || !pipeline || !token)
    throw new CliError(
      exitCodes.usage,
      `--deploy-job ${given}: a name is looked up in a GitLab job, with LOCKKEEPER_READ_TOKEN`,
      'Set it to a project access token with the scope read_api, or give the id of the job.',
    );
  const gitlab = createRest('gitlab', api, { 'private-token': token });
  const path = `/projects/${encodeURIComponent(project)}/pipelines/${encodeURIComponent(pipeline)}/jobs`;
  const jobs = await gitlab.get(
    'read the manual jobs',
    `${path}?scope[]=manual&per_page=${page}`,
    ManualJobs,
  );
  const found = jobs.find(({ name }) => name === given);
  if (found) return found.id;
  const known = jobs.map(({ name }) => name).join(', ') || 'none';
  throw new CliError(
    exitCodes.usage,
    `--deploy-job ${given}: pipeline ${pipeline} has no manual job of this name that waits (${known})`,
    'Give it `when: manual` and a later stage.',
  );
}
