import { createSlackActivities } from '../../activities/slack/activities.ts';
import { createSlackClient } from '../../activities/slack/client.ts';
import type { Config } from '../../config/parse-config.ts';
import { revealSecret } from './reveal-secret.ts';

export function createSlackQueue(config: Config): object {
  const slackApiUrl = config.endpoints.slack;
  return createSlackActivities(
    createSlackClient({
      token: revealSecret(config, 'slackBotToken'),
      channels: config.slack.channels,
      ...(slackApiUrl === undefined ? {} : { slackApiUrl }),
    }),
  );
}
