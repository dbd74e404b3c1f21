import { activityInfo, log } from '@temporalio/activity';
import { z } from 'zod';
import { checkInput } from '../activity-input.ts';
import type { GitlabClient } from './client.ts';
import type { GitlabPort } from './port.ts';

const Order = z.object({
  key: z.string().min(1),
  variables: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'name of a CI variable'), z.string()),
});
const PipelineRef = z.object({ pipelineId: z.number().int().positive() });

/** The activities of the queue `-gitlab`. The first attempt makes a pipeline at once; every later one looks first. */
export function createGitlabActivities(client: GitlabClient): GitlabPort {
  return {
    async ensurePipeline(input) {
      checkInput(Order, input, 'ensurePipeline');
      const pipeline = await client.ensurePipeline({ ...input, lookFirst: activityInfo().attempt > 1 });
      log.info('ensured pipeline', { key: input.key, ...pipeline });
      return pipeline;
    },
    async readPipeline(input) {
      checkInput(PipelineRef, input, 'readPipeline');
      return client.readPipeline(input);
    },
    async cancelPipeline(input) {
      checkInput(PipelineRef, input, 'cancelPipeline');
      await client.cancelPipeline(input);
      log.info('cancelled pipeline', { pipelineId: input.pipelineId });
    },
  };
}
