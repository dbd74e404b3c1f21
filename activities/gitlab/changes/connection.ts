import {
  Commits,
  Deployments,
  ExternalStatusChecks,
  JobArtifacts,
  Jobs,
  MergeRequestApprovals,
  MergeRequests,
  Pipelines,
} from '@gitbeaker/rest';
import type { z } from 'zod';
import { createFailure } from '../../../workflows/shared/failures.ts';
import { createCaller } from '../../outside-call.ts';
import { createRateLimit } from '../../rate-limit.ts';
import { singleRequester } from '../requester.ts';
import { GraphqlAnswer } from './schema.ts';

export interface ConnectionOptions {
  /** Such as `https://gitlab.example.com`. */
  readonly baseUrl: string;
  /** Of a user or bot with the role Maintainer in each project: it reads, sets statuses and plays jobs. */
  readonly token: string;
  /** Default 20; GitLab.com allows about 33 a second and user (contracts §3.2), and promotions have a bucket of their own. */
  readonly callsPerSecond?: number;
  /** Of one call, ms. Default 30,000. */
  readonly timeoutMs?: number;
}

/** Words of GraphQL errors that pass: they come with HTTP 200. */
const passing = /time(?:d\s?)?\s?-?out|try again|too many|rate limit|temporar|internal server/i;

/** GitLab's API through gitbeaker with a requester of ours: each call is one request, within the rate, and fails as one of ours. */
export function connectGitlab(options: ConnectionOptions) {
  const { token, callsPerSecond = 20, timeoutMs = 30_000 } = options;
  const host = options.baseUrl.replace(/\/$/, '');
  const resource = { host, token, requesterFn: singleRequester, queryTimeout: timeoutMs };
  const jobs = new Jobs(resource);
  const caller = createCaller('gitlab', createRateLimit({ callsPerSecond, burst: callsPerSecond * 5 }));

  async function call<T>(action: string, schema: z.ZodType<T>, run: () => Promise<unknown>): Promise<T> {
    return caller(action, async () => schema.parse(await run()));
  }

  /** For what gitbeaker lacks. @param endpoint relative to `/api/v4/`, its parts encoded */
  async function post(endpoint: string, body: Record<string, unknown>): Promise<unknown> {
    const answer = await jobs.requester.post(endpoint, { body, signal: AbortSignal.timeout(timeoutMs) });
    return answer.body;
  }

  /** @returns null: this GitLab does not know the question, or may not answer it. @throws Unavailable it may know it later */
  async function graphql<T>(
    action: string,
    schema: z.ZodType<T>,
    query: string,
    variables: Record<string, unknown>,
  ): Promise<T | null> {
    return caller(action, async () => {
      const answer = GraphqlAnswer.parse(await post('../graphql', { query, variables }));
      const said = answer.errors?.map(({ message }) => message).join('; ') ?? '';
      if (passing.test(said)) throw createFailure('Unavailable', `gitlab: ${action}: ${said.slice(0, 300)}`);
      return said === '' ? schema.parse(answer.data) : null;
    });
  }

  return {
    caller,
    call,
    post,
    graphql,
    jobs,
    commits: new Commits(resource),
    deployments: new Deployments(resource),
    statusChecks: new ExternalStatusChecks(resource),
    artifacts: new JobArtifacts(resource),
    approvals: new MergeRequestApprovals(resource),
    mergeRequests: new MergeRequests(resource),
    pipelines: new Pipelines(resource),
    /** A page of the project for people. */
    pageOf: (project: string, page: string) =>
      `${host}/${project.split('/').map(encodeURIComponent).join('/')}/-/${page}`,
  };
}
export type GitlabConnection = ReturnType<typeof connectGitlab>;
