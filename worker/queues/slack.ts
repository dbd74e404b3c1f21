import { createMembership } from '../../activities/decisions/membership.ts';
import { createSlackActivities } from '../../activities/slack/activities.ts';
import { createSlackClient } from '../../activities/slack/client.ts';
import { createSlackWeb } from '../../activities/slack/web.ts';
import type { Config } from '../../config/parse-config.ts';
import { findPerson } from '../../config/people.ts';
import { revealSecret } from './reveal-secret.ts';

export function createSlackQueue(config: Config): object {
  const slackApiUrl = config.endpoints.slack;
  const web = createSlackWeb({
    token: revealSecret(config, 'slackBotToken'),
    ...(slackApiUrl === undefined ? {} : { slackApiUrl }),
  });
  // This queue has no credentials for Jira: members of Jira groups are reminded in the thread.
  const membership = createMembership(config, { slackUserGroup: (id) => web.usersOfGroup(id) }, Date.now);
  const people = {
    slackIdOf: (name: string) => findPerson(config, { name })?.slack,
    membersOf: (group: string) => membership.membersOf(group),
    onCall: () => config.onCall,
  };
  return createSlackActivities(createSlackClient({ web, channels: config.slack.channels, people }));
}
