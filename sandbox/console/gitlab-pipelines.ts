import { z } from 'zod';
import { agentPromotionProject } from '../gitlab/project.ts';
import type { SandboxPerson } from '../shared/people.ts';
import { callVendor } from './vendor-call.ts';

const pipeline = z.object({
  id: z.number(),
  name: z.string().nullish(),
  status: z.string(),
  ref: z.string(),
  created_at: z.string(),
  web_url: z.string(),
});

export type ConsolePipeline = z.infer<typeof pipeline>;

/** The newest twenty, read with the person's own token: a person without a role in the project gets GitLab's 404. */
export async function readPipelines(url: string, person: SandboxPerson): Promise<ConsolePipeline[]> {
  const project = encodeURIComponent(agentPromotionProject.path);
  const answer = await callVendor({
    ...{ vendor: 'GitLab', url: `${url}/api/v4/projects/${project}/pipelines?per_page=20` },
    headers: { 'private-token': person.gitlab.token },
  });
  return z.array(pipeline).parse(answer);
}
