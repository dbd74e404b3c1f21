import { z } from 'zod';
import { Name } from './account-schema.ts';

/** A wave with more to say than which accounts. */
export const LongWave = z
  .strictObject({
    accounts: z.array(Name).min(1).optional().describe('a list of account names'),
    tags: z.record(z.string(), z.string()).optional().describe('{tag: value} of the accounts'),
    approval: Name.optional().describe('the approval that this wave needs instead of the policy’s own'),
    bakeMinutes: z
      .number()
      .min(0)
      .max(43_200)
      .default(0)
      .describe('minutes to wait after this wave, at most 30 days'),
    probe: Name.optional().describe('the health probe (under probes) that must pass after the bake'),
    maxFailed: z
      .int()
      .min(0)
      .default(0)
      .describe('so many accounts of this wave may fail and the next wave still begins'),
  })
  .describe('a wave: accounts or tags, approval, bakeMinutes, probe, maxFailed');
