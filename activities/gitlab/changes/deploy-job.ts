import type { ChangeBuild } from '../../../workflows/change-approval/messages.ts';
import type { People } from '../../../workflows/change-approval/review-facts.ts';
import { createFailure, failureType } from '../../../workflows/shared/failures.ts';
import type { ChangePermission } from '../../jira/changes/port.ts';
import { checkAutomatically } from './automatic-play.ts';
import { readBuild } from './build.ts';
import type { GitlabConnection } from './connection.ts';
import type { GitlabChangesPort } from './port.ts';
import { GitlabJob } from './schema.ts';

/** The run that plays, as Temporal says, never as the input says. */
export interface Execution {
  readonly workflowId: string;
  readonly runId: string;
}

/** @throws PolicyViolation not allowed · Unavailable while that cannot be told */
export type PlayGuard = (
  write: { readonly kind: 'play-deploy'; readonly build: ChangeBuild; readonly deployJobId: number },
  permission: ChangePermission,
  execution: Execution,
) => Promise<{ readonly automatic: boolean }>;

type JobState = Awaited<ReturnType<GitlabChangesPort['readJob']>>['state'];

/** A job in one of these needs somebody, or its time, to begin. */
const playable: ReadonlySet<string> = new Set(['manual', 'scheduled']);
/** GitLab may have played it all the same. */
const doubtful: ReadonlySet<string> = new Set([
  'InvalidInput',
  'Conflict',
  'PermissionDenied',
  'Unavailable',
  'Unknown',
]);

/**
 * Plays the manual job once: it is read first, so that a repeat after a lost answer finds it played; and read again after a doubtful
 * answer. What is played is compared with what was approved: pipeline, SHA, branch and build job.
 */
export async function playDeployJob(
  { gitlab, people, guard }: { gitlab: GitlabConnection; people: People; guard: PlayGuard },
  { pipelineId, jobId, permission }: Parameters<GitlabChangesPort['playDeployJob']>[0],
  execution: Execution,
): ReturnType<GitlabChangesPort['playDeployJob']> {
  const { build } = permission;
  const { automatic } = await guard(
    { kind: 'play-deploy', build, deployJobId: jobId },
    permission,
    execution,
  );
  const job = await showJob(gitlab, build.project, jobId);
  requireApproved(job, pipelineId, build);
  await requireBuild(gitlab, people, build, pipelineId);
  const webUrl = job.web_url ?? gitlab.pageOf(build.project, `jobs/${jobId}`);
  if (isPlayed(job)) return { jobId, webUrl, played: false };
  if (automatic || permission.grant === null)
    await checkAutomatically(gitlab, people, permission, pipelineId);
  await play(gitlab, build.project, jobId);
  return { jobId, webUrl, played: true };
}

export async function readJob(
  gitlab: GitlabConnection,
  { project, jobId }: { project: string; jobId: number },
): ReturnType<GitlabChangesPort['readJob']> {
  const job = await showJob(gitlab, project, jobId);
  return {
    state: toJobState(job.status),
    status: job.status,
    webUrl: job.web_url ?? gitlab.pageOf(project, `jobs/${jobId}`),
    startedAt: job.started_at,
    finishedAt: job.finished_at,
  };
}

/** A skipped job deployed nothing. A word that we do not know may still end: the deadline decides. */
export function toJobState(status: string): JobState {
  if (status === 'success' || status === 'failed' || status === 'canceled') return status;
  if (status === 'skipped') return 'failed';
  const waiting = ['created', 'manual', 'scheduled', 'pending', 'preparing', 'waiting_for_resource'];
  return waiting.includes(status) ? 'waiting' : 'running';
}

async function showJob(gitlab: GitlabConnection, project: string, jobId: number): Promise<GitlabJob> {
  return gitlab.call(`read job ${jobId} of ${project}`, GitlabJob, () => gitlab.jobs.show(project, jobId));
}

function requireApproved(job: GitlabJob, pipelineId: number, build: ChangeBuild): void {
  const pipeline = String(pipelineId);
  requireSame('pipeline', build.build, pipeline);
  requireSame('pipeline of the deploy job', pipeline, job.pipeline && String(job.pipeline.id));
  requireSame('commit of the deploy job', build.sha, job.pipeline?.sha);
  requireSame('branch of the deploy job', build.branch, job.ref);
  if (job.name === build.buildJob)
    throw createFailure('PolicyViolation', `gitlab: job ${job.id} is the build job, not a deploy job`);
}

/** C-10…C-12: by what GitLab says now, whatever CI said when it asked. */
async function requireBuild(
  gitlab: GitlabConnection,
  people: People,
  build: ChangeBuild,
  pipelineId: number,
): Promise<void> {
  const facts = await readBuild(gitlab, people, { build, pipelineId });
  requireSame('build job', build.buildJob, facts.buildJob);
  requireSame('commit of the build', build.sha, facts.sha);
  requireSame('branch of the build', build.branch, facts.branch);
}

function requireSame(what: string, approved: string, found: string | null | undefined): void {
  if (found === approved) return;
  throw createFailure('PolicyViolation', `gitlab: the ${what} is not what was approved`, {
    details: {
      system: 'gitlab',
      action: 'play the deploy job',
      expected: approved,
      found: found ?? 'nothing',
    },
  });
}

/** @throws Conflict it was skipped, so it cannot be played any more · Unavailable earlier stages of the pipeline still run */
function isPlayed({ id, status }: GitlabJob): boolean {
  if (status === 'skipped') throw createFailure('Conflict', `gitlab: job ${id} was skipped by its pipeline`);
  if (status === 'created') throw createFailure('Unavailable', `gitlab: job ${id} waits for earlier stages`);
  return !playable.has(status);
}

async function play(gitlab: GitlabConnection, project: string, jobId: number): Promise<void> {
  try {
    await gitlab.call(`play job ${jobId} of ${project}`, GitlabJob, () => gitlab.jobs.play(project, jobId));
  } catch (error) {
    if (!doubtful.has(failureType(error))) throw error;
    const { status } = await showJob(gitlab, project, jobId);
    if (playable.has(status)) throw error;
  }
}
