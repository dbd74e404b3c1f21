import { z } from 'zod';

/** Only the fields that we read of what Slack sends. `response_url` and `trigger_id` are bearer values: they stay in this process. */

const User = z.object({ id: z.string(), team_id: z.string().nullish() });
const Team = z.object({ id: z.string() }).nullish();

export const Click = z.object({
  user: User,
  team: Team,
  channel: z.object({ id: z.string() }).nullish(),
  message: z.object({ ts: z.string(), text: z.string().nullish() }).nullish(),
  response_url: z.string().nullish(),
  trigger_id: z.string(),
  actions: z.tuple([z.object({ action_id: z.string(), action_ts: z.string(), value: z.string() })]),
});
export type Click = z.infer<typeof Click>;

/** What a button of a request's message carries. */
export const Value = z.object({
  w: z.string().min(1),
  r: z.string().min(1),
  d: z.string().min(1),
  p: z.string().min(1),
  k: z.enum(['normal', 'high']),
  c: z.string().exactOptional(),
});

export type Value = z.infer<typeof Value>;

/** What the modal remembers: what was clicked, and where. */
export const Remembered = Value.omit({ k: true }).extend({
  channel: z.string().optional(),
  message_ts: z.string().optional(),
});
export type Remembered = z.infer<typeof Remembered>;

export const Submission = z.object({
  user: User,
  team: Team,
  view: z.object({
    id: z.string(),
    callback_id: z.string(),
    private_metadata: z.string(),
    state: z.object({
      values: z.object({ reason: z.object({ text: z.object({ value: z.string().nullish() }) }) }),
    }),
  }),
});
export type Submission = z.infer<typeof Submission>;

export const SlashCommand = z.object({
  team_id: z.string(),
  user_id: z.string(),
  channel_id: z.string().optional(),
  text: z.string().default(''),
  response_url: z.string().optional(),
  trigger_id: z.string(),
});
export type SlashCommand = z.infer<typeof SlashCommand>;

export const HomeOpened = z.object({
  team_id: z.string(),
  event: z.object({ user: z.string(), tab: z.string().optional() }),
});

export const UserInfo = z.object({
  user: z.object({
    team_id: z.string().nullish(),
    deleted: z.boolean().optional(),
    is_bot: z.boolean().optional(),
    is_restricted: z.boolean().optional(),
    is_ultra_restricted: z.boolean().optional(),
    is_stranger: z.boolean().optional(),
  }),
});
export type UserInfo = z.infer<typeof UserInfo>['user'];
