import { z } from 'zod';
import type { Config } from '../../../config/parse-config.ts';
import { openSlack } from '../vendors.ts';
import { CheckFailed, type CheckGroup } from './check.ts';

/** Slack answers 200 to everything; `ok` and `error` say how it went. */
const Answer = z.object({ ok: z.boolean(), error: z.string().optional(), user: z.string().optional() });

const fixes: Readonly<Record<string, string>> = {
  not_in_channel: 'Invite the bot to the channel.',
  channel_not_found: 'Correct the id, or invite the bot to the private channel.',
  missing_scope: 'Give the app channels:history and chat:write, and install it again.',
};

export function toSlackChecks(config: Config): CheckGroup {
  const call = (method: string) => openSlack(config).get(method, `/${method}`, Answer);
  return {
    system: 'slack',
    checks: [
      {
        name: 'bot token',
        gate: true,
        async run() {
          const { ok, error, user } = await call('auth.test');
          if (ok) return user ?? 'accepted';
          throw new CheckFailed(
            error ?? 'refused',
            'Set LOCKKEEPER_SLACK_BOT_TOKEN to the bot token (xoxb-…) of the app.',
          );
        },
      },
      ...Object.entries(config.slack.channels).map(([name, id]) => ({
        name: `channel ${name}`,
        async run() {
          const { ok, error = 'refused' } = await call(`conversations.history?channel=${id}&limit=1`);
          if (ok) return id;
          throw new CheckFailed(
            `${id}: ${error}`,
            fixes[error] ?? 'See the Slack documentation of this error.',
          );
        },
      })),
    ],
  };
}
