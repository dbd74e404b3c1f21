import { z } from 'zod';

/** Only the fields that we read. */

export const PostedMessage = z.object({ channel: z.string(), ts: z.string() });

export const HistoryPage = z.object({
  messages: z.array(
    z.object({
      ts: z.string(),
      metadata: z.object({ event_type: z.string(), event_payload: z.looseObject({}) }).nullish(),
    }),
  ),
  response_metadata: z.object({ next_cursor: z.string().nullish() }).nullish(),
});
export type SlackMessage = z.infer<typeof HistoryPage>['messages'][number];

export const OpenedConversation = z.object({ channel: z.object({ id: z.string() }) });
export const Permalink = z.object({ permalink: z.string() });
export const UserGroupMembers = z.object({ users: z.array(z.string()) });
