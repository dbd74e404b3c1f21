import { Gitlab } from '@gitbeaker/rest';
import { createRequesterFn, type FormattedResponse } from '@gitbeaker/requester-utils';
import { createGitlabVendor, type GitlabVendorOptions } from '../../../sandbox/gitlab/gitlab-vendor.ts';
import type { JobResult, JobRun } from '../../../sandbox/gitlab/ci-definition.ts';
import { startFront, type Front } from '../../../sandbox/shared/front.ts';
import { createPeople, type SandboxPerson } from '../../../sandbox/shared/people.ts';

export const projectToken = 'glpat-project-token';
export const project = 'devops/agent-promotion';
export const controlToken = 'control';

const verify = {
  name: 'verify-installer',
  stage: 'verify',
  script: 'bash -n installer',
  resourceGroup: 'agent-promotion',
  timeoutSeconds: 5,
};
const ci = { workflowName: 'Promote $AGENT_VERSION', jobs: [verify] };

/** A job that waits for the test: `end` finishes it, an abort ends it as failed. */
export interface HeldJob {
  readonly run: JobRun;
  end(result: JobResult): void;
}

/** A runner whose jobs the test ends one by one. */
export function createHeldRunner() {
  const arrivals: HeldJob[] = [];
  const takers: ((job: HeldJob) => void)[] = [];

  function jobRunner(run: JobRun): Promise<JobResult> {
    const { promise, resolve } = Promise.withResolvers<JobResult>();
    run.signal.addEventListener('abort', () => resolve({ status: 'failed', trace: 'aborted' }));
    const job = { run, end: resolve };
    const taker = takers.shift();
    if (taker) taker(job);
    else arrivals.push(job);
    return promise;
  }

  async function next(): Promise<HeldJob> {
    return arrivals.shift() ?? new Promise((resolve) => takers.push(resolve));
  }

  return { jobRunner, next, arrivals };
}

export function passingRunner(run: JobRun): Promise<JobResult> {
  return Promise.resolve({
    status: 'success',
    trace: `checked ${run.variables['AGENT_VERSION'] ?? 'nothing'}\n`,
  });
}

export interface EndedPipeline {
  readonly status: string;
  readonly name: string | null;
  /** Seconds. */
  readonly duration: number | null;
}

export interface RunningGitlab {
  readonly front: Front;
  readonly people: readonly SandboxPerson[];
  readonly api: InstanceType<typeof Gitlab>;
  /** The real client with a person's token. */
  apiAs(name: string): InstanceType<typeof Gitlab>;
  /** A call of the project, below `/api/v4/projects/41`, with the project access token. */
  call(method: string, path: string, body?: object): Promise<Response>;
  /** Polls until the pipeline has ended. */
  finished(id: number): Promise<EndedPipeline>;
  control(verb: string, body?: object): Promise<unknown>;
}

export async function startGitlab(options: Partial<GitlabVendorOptions> = {}): Promise<RunningGitlab> {
  const people = createPeople();
  const vendor = createGitlabVendor({ people, projectToken, ci, jobRunner: passingRunner, ...options });
  const front = await startFront(vendor, { token: controlToken });
  const apiAs = (name: string) =>
    gitbeaker(front.url, people.find((person) => person.name === name)?.gitlab.token ?? 'unknown');
  const api = gitbeaker(front.url, projectToken);
  return {
    front,
    people,
    api,
    apiAs,
    call(method, path, body) {
      const headers = { 'private-token': projectToken, 'content-type': 'application/json' };
      const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
      return fetch(`${front.url}/api/v4/projects/41${path}`, init);
    },
    async finished(id) {
      for (;;) {
        const pipeline = await api.Pipelines.show(project, id);
        const { status, name, duration } = pipeline as unknown as EndedPipeline;
        if (pipeline.finished_at) return { status, name, duration };
      }
    },
    async control(verb, body = {}) {
      const headers = { 'x-sandbox-token': controlToken, 'content-type': 'application/json' };
      const init = { method: 'POST', headers, body: JSON.stringify(body) };
      const response = await fetch(`${front.url}/_sandbox/${verb}`, init);
      const text = await response.text();
      return text === '' ? undefined : (JSON.parse(text) as unknown);
    },
  };
}

// One request, no retries: the library's own requester repeats POSTs (contracts §7).
function gitbeaker(host: string, token: string): InstanceType<typeof Gitlab> {
  const requesterFn = createRequesterFn((_resource, options) => Promise.resolve(options), request);
  return new Gitlab({ host, token, requesterFn });
}

async function request(endpoint: string, options: Record<string, unknown> = {}): Promise<FormattedResponse> {
  const { prefixUrl, searchParams, method, headers, body } = options as Record<string, string>;
  const url = new URL(endpoint, prefixUrl?.replace(/\/?$/, '/'));
  url.search = searchParams ?? '';
  const init = { method: method ?? 'GET', headers: headers as unknown as Record<string, string> };
  const response = await fetch(url, body === undefined ? init : { ...init, body });
  const text = await response.text();
  if (!response.ok) throw new Error(`HTTP ${response.status} ${text}`);
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return {
    body: isJson ? (JSON.parse(text) as Record<string, unknown>) : text,
    headers: Object.fromEntries(response.headers),
    status: response.status,
  };
}
