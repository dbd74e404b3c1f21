import type { Endpoints } from '../stack/endpoints.ts';
import { controlOf } from './control.ts';

export interface StartedPipeline {
  readonly id: number;
  readonly iid: number;
  readonly sha: string;
  readonly ref: string;
  /** Job name → id. */
  readonly jobs: Readonly<Record<string, number>>;
}

export interface PushedChange {
  /** SHAs, oldest first. */
  readonly commits: readonly string[];
  readonly mergeRequest: { readonly iid: number; readonly url: string } | null;
  readonly pipeline: StartedPipeline | null;
}

export interface MergedChange {
  /** Head of the target branch afterwards. */
  readonly sha: string;
  readonly mergeCommitSha: string | null;
  readonly squashCommitSha: string | null;
  readonly pipeline: StartedPipeline | null;
}

export interface JobView {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly web_url: string;
}

/** One commit of a push; a file without `after` is deleted. */
export interface CommitDraft {
  readonly title: string;
  readonly message?: string;
  /** Default: the pusher. */
  readonly author?: { readonly name: string; readonly email: string };
  readonly files?: readonly { readonly path: string; readonly before?: string; readonly after?: string }[];
}

export interface PushOptions {
  readonly mergeRequest?: { readonly title: string; readonly description?: string };
  /** Default: on the default branch only. */
  readonly pipeline?: boolean;
}

/**
 * What a person does in GitLab. Reviews and jobs are real REST calls with that person's own token; git itself is not spoken here, so
 * pushes and merges go through the control surface, which publishes what GitLab publishes.
 */
export function gitlabPerson(
  endpoints: Pick<Endpoints, 'gitlab' | 'control' | 'people'>,
  name: string,
  project = 'shop/web',
) {
  const person = endpoints.people[name];
  if (!person) throw new Error(`no person named ${name} in the sandbox`);
  const { token, username: as } = person.gitlab;
  const control = controlOf(endpoints.gitlab, endpoints.control);

  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(
      `${endpoints.gitlab}/api/v4/projects/${encodeURIComponent(project)}${path}`,
      {
        method,
        headers: { 'private-token': token, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(20_000),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
    );
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  return {
    /** @param sha refused when the branch has moved on from it */
    approve: (iid: number, sha?: string) =>
      call<{ approved: boolean }>('POST', `/merge_requests/${iid}/approve`, sha === undefined ? {} : { sha }),
    unapprove: (iid: number) => call<{ approved: boolean }>('POST', `/merge_requests/${iid}/unapprove`, {}),
    push: (branch: string, commits: readonly CommitDraft[], options: PushOptions = {}) =>
      control.post<PushedChange>('push', { project, as, branch, commits, ...options }),
    merge: (iid: number, options: { squash?: boolean; method?: 'merge' | 'ff'; pipeline?: boolean } = {}) =>
      control.post<MergedChange>('merge', { project, as, iid, ...options }),
    playJob: (jobId: number) => call<JobView>('POST', `/jobs/${jobId}/play`, {}),
    readJob: (jobId: number) => call<JobView>('GET', `/jobs/${jobId}`),
    jobs: (pipelineId: number) => call<JobView[]>('GET', `/pipelines/${pipelineId}/jobs?per_page=100`),
    /** As GitLab gives it to a job of a pipeline of this person's. */
    async idToken(pipeline: number, job: string, aud: string): Promise<string> {
      const { token: idToken } = await control.post<{ token: string }>('id-token', {
        pipeline,
        job,
        aud,
        user: as,
      });
      return idToken;
    },
  };
}

export type GitlabPerson = ReturnType<typeof gitlabPerson>;
