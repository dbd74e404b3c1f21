import { z } from 'zod';

/** Only the fields that we read. */

export const GitlabPipeline = z.object({
  id: z.number().int().positive(),
  status: z.string(),
  web_url: z.string(),
});
export type GitlabPipeline = z.infer<typeof GitlabPipeline>;

export const GitlabPipelines = z.array(GitlabPipeline);

export const GitlabVariables = z.array(z.object({ key: z.string(), value: z.string().nullish() }));

export const GitlabJobs = z.array(
  z.object({ id: z.number().int().positive(), name: z.string(), status: z.string(), web_url: z.string() }),
);
export type GitlabJob = z.infer<typeof GitlabJobs>[number];
