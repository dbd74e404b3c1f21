import { log } from '@temporalio/activity';
import { z } from 'zod';
import { passKinds } from '../../workflows/halo-sync/messages.ts';
import { checkInput } from '../activity-input.ts';
import type { FindingsPort } from './port.ts';
import { createSeenIds } from './seen.ts';
import { syncPage, type FindingsOptions } from './sync-page.ts';

const Page = z.object({
  policy: z.object({
    source: z.string().min(1),
    concurrency: z.int().min(1).max(64),
    pageSize: z.int().min(1).max(10_000),
  }),
  kind: z.enum(passKinds),
  stage: z.enum(['active', 'resolved', 'missing', 'parked', 'due']),
  cursor: z.string().nullable(),
  since: z.string().nullable(),
});

/** The activities of the queue `-halo`, which holds the credentials of the sources and of Jira. */
export function createFindingsActivities(options: FindingsOptions): FindingsPort {
  const seen = options.seen ?? createSeenIds();
  return {
    async syncPage(input) {
      checkInput(Page, input, 'syncPage');
      const result = await syncPage({ ...options, seen }, input);
      log.info('synced a page', {
        source: input.policy.source,
        stage: input.stage,
        parked: result.parked.length,
        counts: Object.fromEntries(Object.entries(result.counts).filter(([, count]) => count > 0)),
      });
      return result;
    },
  };
}
