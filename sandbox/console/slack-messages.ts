import { z } from 'zod';
import { callVendor } from './vendor-call.ts';

const message = z.object({
  channel: z.string(),
  ts: z.string(),
  user: z.string(),
  text: z.string(),
  thread_ts: z.string().optional(),
  ephemeral_to: z.string().optional(),
});

export type ConsoleMessage = z.infer<typeof message>;

/**
 * Every message of every channel, oldest first. Through the control surface: a person's Slack shows ephemeral messages
 * too, and reading here must not look like a call of the bot in the request log.
 */
export async function readMessages(url: string, control: string): Promise<ConsoleMessage[]> {
  const answer = await callVendor({
    ...{ vendor: 'Slack', url: `${url}/_sandbox/messages`, method: 'POST', body: {} },
    headers: { 'x-sandbox-token': control },
  });
  return z.array(message).parse(answer);
}
