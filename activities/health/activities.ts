import { log } from '@temporalio/activity';
import { z } from 'zod';
import { checkInput } from '../activity-input.ts';
import type { HealthPort } from './port.ts';

const ProbeInput = z.object({ probe: z.string().min(1), account: z.string().min(1) });

/** The activities of the queue `-health`. */
export function createHealthActivities(port: HealthPort): HealthPort {
  return {
    async probe(input) {
      checkInput(ProbeInput, input, 'probe');
      const found = await port.probe(input);
      log.info('probed', { probe: input.probe, account: input.account, ...found });
      return found;
    },
  };
}
