import { z } from 'zod';
import type { SandboxPerson } from '../shared/people.ts';
import { callVendor } from './vendor-call.ts';

const pipeline = z.object({
  id: z.number(),
  name: z.string().nullish(),
  status: z.string(),
  ref: z.string(),
  sha: z.string(),
  created_at: z.string(),
  web_url: z.string(),
});

const mergeRequest = z.object({
  iid: z.number(),
  title: z.string(),
  state: z.string(),
  author: z.object({ name: z.string() }),
  updated_at: z.string(),
  web_url: z.string(),
});

export type ConsolePipeline = z.infer<typeof pipeline>;
export type ConsoleMergeRequest = z.infer<typeof mergeRequest>;

/** Read with the person's own token: a person without a role in the project gets GitLab's 404. */
export function createGitlabReader(url: string, person: SandboxPerson, project: string) {
  const headers = { 'private-token': person.gitlab.token };
  const get = (what: string) =>
    callVendor({
      ...{ vendor: 'GitLab', headers },
      url: `${url}/api/v4/projects/${encodeURIComponent(project)}/${what}`,
    });
  return {
    /** The newest twenty. */
    pipelines: async (): Promise<ConsolePipeline[]> =>
      z.array(pipeline).parse(await get('pipelines?per_page=20')),
    /** The newest twenty of every state. */
    mergeRequests: async (): Promise<ConsoleMergeRequest[]> =>
      z.array(mergeRequest).parse(await get('merge_requests?state=all&order_by=created_at&per_page=20')),
  };
}
