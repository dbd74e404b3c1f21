import { Jobs, Pipelines } from '@gitbeaker/rest';
import type { z } from 'zod';
import { failureType } from '../../workflows/shared/failures.ts';
import { createCaller } from '../outside-call.ts';
import { createRateLimit } from '../rate-limit.ts';
import type { GitlabPort, Pipeline, PipelineJob, PipelineState } from './port.ts';
import { singleRequester } from './requester.ts';
import { GitlabJobs, GitlabPipeline, GitlabPipelines, GitlabVariables, type GitlabJob } from './schema.ts';
import { readTraceTail } from './trace.ts';

export interface GitlabOptions {
  /** Such as `https://gitlab.example.com`. */
  readonly baseUrl: string;
  /** Project access token. */
  readonly token: string;
  /** Numeric id or full path. */
  readonly project: string;
  readonly ref: string;
  /** Default 5; GitLab.com allows about 33 a second and user (contracts §3.2). */
  readonly callsPerSecond?: number;
  /** Of one call, ms. Default 30,000. */
  readonly timeoutMs?: number;
}

/** GitlabPort, told by the activity whether this may be a repeat. */
export interface GitlabClient extends Omit<GitlabPort, 'ensurePipeline'> {
  /** @param input.lookFirst look for a pipeline with the key before making one; true unless this is surely the first try */
  ensurePipeline(
    input: Parameters<GitlabPort['ensurePipeline']>[0] & { readonly lookFirst?: boolean },
  ): ReturnType<GitlabPort['ensurePipeline']>;
}

const runVariable = 'LOCKKEEPER_RUN';

/** A repeat comes soon after what it repeats, and promotions run one at a time: further back there is nothing to find. */
const lookedThrough = 20;

type Call = <T>(action: string, schema: z.ZodType<T>, run: () => Promise<unknown>) => Promise<T>;

/** GitLab REST v4 through gitbeaker with a requester of ours. */
export function createGitlabClient(options: GitlabOptions): GitlabClient {
  const { baseUrl, token, project, ref, callsPerSecond = 5, timeoutMs = 30_000 } = options;
  const resource = {
    host: baseUrl.replace(/\/$/, ''),
    token,
    requesterFn: singleRequester,
    queryTimeout: timeoutMs,
  };
  const pipelines = new Pipelines(resource);
  const jobs = new Jobs(resource);
  const caller = createCaller('gitlab', createRateLimit({ callsPerSecond, burst: callsPerSecond * 5 }));
  const call: Call = (action, schema, run) => caller(action, async () => schema.parse(await run()));

  async function findPipeline(key: string): Promise<GitlabPipeline | undefined> {
    const query = {
      ref,
      source: 'api',
      orderBy: 'id',
      sort: 'desc',
      perPage: lookedThrough,
      page: 1,
    } as const;
    const newest = await call('list pipelines', GitlabPipelines, () => pipelines.all(project, query));
    for (const pipeline of newest) if (await carriesKey(pipeline.id, key)) return pipeline;
    return undefined;
  }

  /** The variables of another user's pipeline are not ours to read: then it is not ours either. */
  async function carriesKey(pipelineId: number, key: string): Promise<boolean> {
    try {
      const variables = await call(`read variables of pipeline ${pipelineId}`, GitlabVariables, () =>
        pipelines.allVariables(project, pipelineId),
      );
      return variables.some((variable) => variable.key === runVariable && variable.value === key);
    } catch (error) {
      if (['PermissionDenied', 'NotFound'].includes(failureType(error))) return false;
      throw error;
    }
  }

  async function createPipeline(key: string, variables: Readonly<Record<string, string>>) {
    const list = Object.entries({ ...variables, [runVariable]: key });
    return call('create pipeline', GitlabPipeline, () =>
      pipelines.create(project, ref, {
        variables: list.map(([name, value]) => ({ key: name, value })),
      }),
    );
  }

  async function toPipelineJob(job: GitlabJob): Promise<PipelineJob> {
    const traceTail = job.status === 'failed' ? await readTail(job.id) : '';
    return { name: job.name, status: job.status, webUrl: job.web_url, traceTail };
  }

  /** The trace explains a failure, it does not make one: a job without a trace answers 404. */
  async function readTail(jobId: number): Promise<string> {
    try {
      return await caller(`read trace of job ${jobId}`, async () => {
        const trace: unknown = await jobs.showLog(project, jobId, { asStream: true } as object);
        return trace instanceof ReadableStream ? readTraceTail(trace as ReadableStream<Uint8Array>) : '';
      });
    } catch (error) {
      if (['PermissionDenied', 'NotFound'].includes(failureType(error))) return '';
      throw error;
    }
  }

  async function showPipeline(pipelineId: number): Promise<GitlabPipeline> {
    return call(`read pipeline ${pipelineId}`, GitlabPipeline, () => pipelines.show(project, pipelineId));
  }

  /** GitLab's releases differ in how they answer for a pipeline that has ended: only its state tells. */
  async function cancelPipeline(pipelineId: number): Promise<void> {
    try {
      await call(`cancel pipeline ${pipelineId}`, GitlabPipeline, () =>
        pipelines.cancel(project, pipelineId),
      );
    } catch (error) {
      if (!['InvalidInput', 'Conflict', 'PermissionDenied'].includes(failureType(error))) throw error;
      const { status } = await showPipeline(pipelineId);
      if (toPipelineState(status) === 'running') throw error;
    }
  }

  return {
    async ensurePipeline({ key, variables, lookFirst = true }) {
      const found = lookFirst ? await findPipeline(key) : undefined;
      const pipeline = found ?? (await createPipeline(key, variables));
      return { pipelineId: pipeline.id, webUrl: pipeline.web_url, adopted: found !== undefined };
    },
    async readPipeline({ pipelineId }): Promise<Pipeline> {
      const { status, web_url: webUrl } = await showPipeline(pipelineId);
      const listed = await call(`list jobs of pipeline ${pipelineId}`, GitlabJobs, () =>
        jobs.all(project, { pipelineId, perPage: 100, page: 1 }),
      );
      const shown: PipelineJob[] = [];
      for (const job of listed) shown.push(await toPipelineJob(job));
      return { pipelineId, webUrl, state: toPipelineState(status), status, jobs: shown };
    },
    cancelPipeline: ({ pipelineId }) => cancelPipeline(pipelineId),
  };
}

/** A skipped pipeline ran nothing, so nothing was verified. A word that we do not know may still end: the deadline decides. */
export function toPipelineState(status: string): PipelineState {
  if (status === 'success' || status === 'failed' || status === 'canceled') return status;
  return status === 'skipped' ? 'failed' : 'running';
}
