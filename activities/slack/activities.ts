import { activityInfo, log } from '@temporalio/activity';
import { z } from 'zod';
import { checkInput } from '../activity-input.ts';
import type { SlackClient } from './client.ts';
import type { SlackPort } from './port.ts';

const Notice = z.object({
  key: z.string().min(1),
  channel: z.string().min(1),
  title: z.string().min(1),
  lines: z.array(z.string()),
  links: z.array(z.object({ label: z.string(), href: z.string() })),
});

/** The activities of the queue `-slack`. The first attempt posts at once; every later one looks first. */
export function createSlackActivities(client: SlackClient): SlackPort {
  return {
    async postNotice(input) {
      checkInput(Notice, input, 'postNotice');
      const notice = await client.postNotice({ ...input, lookFirst: activityInfo().attempt > 1 });
      log.info('posted notice', { key: input.key, channel: input.channel, ...notice });
      return notice;
    },
  };
}
