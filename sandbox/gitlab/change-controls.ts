import { z } from 'zod';
import { merge, openMergeRequest, push, type Actor } from './branch-acts.ts';
import { HistoryInput, makeHistory } from './history.ts';
import type { IdTokens } from './id-token.ts';
import { mergeRequestUrl } from './merge-request-entities.ts';
import { latestJobs, type Job, type Pipeline } from './pipeline.ts';
import type { ProjectState } from './project-state.ts';
import type { ScriptedRunner } from './scripted-runner.ts';
import { findingId, FindingInput } from './security-report.ts';
import { FileInput, shaInput, SignatureInput } from './seed.ts';

export interface ChangeWorld {
  /** By number or path; default: the project whose deploys are gated. @throws unknown */
  projectOf(id?: string | number): ProjectState;
  /** Of any project. @throws unknown */
  pipelineOf(id: number): { readonly state: ProjectState; readonly pipeline: Pipeline };
  readonly scripted: ScriptedRunner;
  readonly idTokens: IdTokens;
  /** Where this stand-in listens. */
  selfUrl(): string;
}

const project = z.union([z.string(), z.number()]).optional();

const PushInput = z.strictObject({
  project,
  /** A user name: the pusher. */
  as: z.string(),
  branch: z.string(),
  commits: z
    .array(
      z.strictObject({
        sha: shaInput.optional(),
        title: z.string(),
        message: z.string().optional(),
        author: SignatureInput.optional(),
        committer: SignatureInput.optional(),
        files: z.array(FileInput).optional(),
      }),
    )
    .min(1),
  /** Opens one for the branch. */
  mergeRequest: z
    .strictObject({
      title: z.string(),
      description: z.string().optional(),
      targetBranch: z.string().optional(),
    })
    .optional(),
  pipeline: z.boolean().optional(),
});

const MergeInput = z.strictObject({
  project,
  iid: z.number(),
  as: z.string(),
  squash: z.boolean().optional(),
  method: z.enum(['merge', 'ff']).optional(),
  files: z.array(FileInput).optional(),
  pipeline: z.boolean().optional(),
});

const JobInput = z.strictObject({
  project,
  /** Absent: every later job of the name. */
  pipeline: z.number().optional(),
  job: z.string(),
  status: z.enum(['success', 'failed', 'canceled', 'running']),
  findings: z.array(FindingInput).optional(),
  /** The report file in whole, as a text or as JSON; null: none. */
  report: z.union([z.string(), z.looseObject({}), z.null()]).optional(),
});

const IdTokenInput = z.strictObject({
  pipeline: z.number(),
  job: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  user: z.string().optional(),
  issuer: z.string().optional(),
  expiresIn: z.number().int().optional(),
  claims: z.record(z.string(), z.unknown()).optional(),
});

/** `POST /_sandbox/{history,push,merge,job,id-token}`: what happens to a repository and its pipelines. */
export function changeControls(world: () => ChangeWorld) {
  function actorOf(state: ProjectState, username: string): Actor {
    return { user: state.accounts.named(username), baseUrl: world().selfUrl() };
  }

  return {
    history(body: unknown) {
      const input = HistoryInput.parse(body);
      return makeHistory(world().projectOf(input.project), input);
    },

    /** @returns the new commits, the merge request if one was opened, the pipeline if one started */
    push(body: unknown) {
      const { project: id, as, mergeRequest, ...input } = PushInput.parse(body);
      const state = world().projectOf(id);
      const actor = actorOf(state, as);
      const { commits, pipeline } = push(state, input, actor);
      const opened =
        mergeRequest && openMergeRequest(state, { ...mergeRequest, sourceBranch: input.branch }, actor);
      return {
        commits: commits.map(({ sha }) => sha),
        mergeRequest: opened
          ? { iid: opened.iid, url: mergeRequestUrl(opened, state.project, actor.baseUrl) }
          : null,
        pipeline: pipeline ? shown(pipeline) : null,
      };
    },

    merge(body: unknown) {
      const { project: id, iid, as, ...options } = MergeInput.parse(body);
      const state = world().projectOf(id);
      const mergeRequest = state.mergeRequests.find(iid);
      if (!mergeRequest) throw new Error(`iid ${iid}: there is no such merge request`);
      const pipeline = merge(state, mergeRequest, options, actorOf(state, as));
      const { mergeCommitSha, squashCommitSha, targetBranch } = mergeRequest;
      const { sha } = state.repository.head(targetBranch);
      return { sha, mergeCommitSha, squashCommitSha, pipeline: pipeline ? shown(pipeline) : null };
    },

    async job(body: unknown) {
      const { project: id, pipeline: pipelineId, job: name, status, findings, report } = JobInput.parse(body);
      const { scripted } = world();
      const state = pipelineId === undefined ? world().projectOf(id) : world().pipelineOf(pipelineId).state;
      for (const finding of findings ?? []) if (finding.dismissed) state.dismissed.add(findingId(finding));
      const script = {
        findings,
        report: typeof report === 'object' && report ? JSON.stringify(report) : report,
      };
      if (pipelineId === undefined) {
        if (status === 'canceled') throw new Error('status canceled: name a pipeline');
        scripted.script(name, { status, ...script });
        return { job: name, status };
      }
      if (status === 'running')
        throw new Error('status running: tell it before the pipeline starts, without a pipeline');
      const job = jobOf(world().pipelineOf(pipelineId).pipeline, name);
      const artifacts = scripted.artifactsOf(name, { status: 'success', ...script });
      const failureReason = status === 'failed' ? 'script_failure' : null;
      await state.scheduler.settle(job, { status, failureReason, trace: `sandbox: ${status}\n`, artifacts });
      return { id: job.id, job: name, status: job.status };
    },

    async 'id-token'(body: unknown) {
      const {
        pipeline: pipelineId,
        job: name,
        user,
        aud,
        issuer,
        expiresIn,
        claims,
      } = IdTokenInput.parse(body);
      const { state, pipeline } = world().pipelineOf(pipelineId);
      const token = await world().idTokens.issue({
        ...{ job: jobOf(pipeline, name), project: state.project, aud },
        ...(user === undefined ? {} : { user: state.accounts.named(user) }),
        ...(issuer === undefined ? {} : { issuer }),
        ...(expiresIn === undefined ? {} : { expiresIn }),
        ...(claims === undefined ? {} : { claims }),
      });
      return { token };
    },
  };
}

function jobOf(pipeline: Pipeline, name: string): Job {
  const job = latestJobs(pipeline).find(({ definition }) => definition.name === name);
  if (!job) throw new Error(`job ${name}: pipeline ${pipeline.id} has none of that name`);
  return job;
}

function shown(pipeline: Pipeline) {
  const jobs = latestJobs(pipeline).map(({ id, definition }) => [definition.name, id] as const);
  return {
    id: pipeline.id,
    iid: pipeline.iid,
    sha: pipeline.sha,
    ref: pipeline.ref,
    jobs: Object.fromEntries(jobs),
  };
}
