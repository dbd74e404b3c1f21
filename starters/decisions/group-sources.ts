import { z } from 'zod';
import type { GroupSources } from '../../activities/decisions/membership.ts';
import { toFailure } from '../../activities/failures.ts';
import { createWebClient } from '../../activities/slack/web.ts';
import type { Config } from '../../config/parse-config.ts';
import type { Secrets } from '../../config/secrets.ts';
import { createRest } from '../cli/rest.ts';

/** A person waits for it; Slack gives a click three seconds, and the gateway is asked after that was answered. */
const usualTimeoutMs = 3_000;
/** A group of more people decides nothing. */
const mostPages = 20;
const perPage = 50;

const SlackUsers = z.object({ users: z.array(z.string()) });
const JiraMembers = z.object({
  isLast: z.boolean(),
  values: z.array(z.object({ accountId: z.string(), active: z.boolean() })),
});

/**
 * The members of vendors' groups at this moment, with the starters' own credentials. Without a vendor's credential its groups
 * have no members; while a vendor is down nobody's membership is guessed: the decision is not taken and can be repeated.
 * Only reads, so nothing has to be undone; no retry, because the person is told at once and tries again.
 */
export function createGroupSources(
  config: Pick<Config, 'jira' | 'endpoints'>,
  { slackBotToken, jiraEmail, jiraApiToken }: Secrets,
  timeoutMs = usualTimeoutMs,
): GroupSources {
  // A group's name says no site: the first site of the configuration is the one that is asked.
  const [site] = config.jira.sites;
  return {
    ...(slackBotToken ? { slackUserGroup: readSlackGroups(slackBotToken.reveal(), config, timeoutMs) } : {}),
    ...(site && jiraEmail && jiraApiToken
      ? {
          jiraGroup: readJiraGroups(
            site.baseUrl,
            toBasic(jiraEmail.reveal(), jiraApiToken.reveal()),
            timeoutMs,
          ),
        }
      : {}),
  };
}

export function toBasic(email: string, token: string): string {
  return `Basic ${Buffer.from(`${email}:${token}`).toString('base64')}`;
}

function readSlackGroups(token: string, { endpoints }: Pick<Config, 'endpoints'>, timeoutMs: number) {
  const { slack: slackApiUrl } = endpoints;
  const web = createWebClient({ token, timeoutMs, ...(slackApiUrl === undefined ? {} : { slackApiUrl }) });
  return async (usergroup: string) => {
    try {
      return SlackUsers.parse(await web.usergroups.users.list({ usergroup })).users;
    } catch (error) {
      throw toFailure(error, { system: 'slack', action: `list the users of ${usergroup}` });
    }
  };
}

function readJiraGroups(baseUrl: string, authorization: string, timeoutMs: number) {
  const jira = createRest('jira', baseUrl, { authorization }, timeoutMs);
  return async (name: string) => {
    const members: string[] = [];
    for (let page = 0; page < mostPages; page += 1) {
      const query = new URLSearchParams({
        groupname: name,
        startAt: String(page * perPage),
        maxResults: String(perPage),
      });
      const path = `/rest/api/3/group/member?${query.toString()}`;
      const { values, isLast } = await jira.get(`list the members of ${name}`, path, JiraMembers);
      members.push(...values.filter(({ active }) => active).map(({ accountId }) => accountId));
      if (isLast) return members;
    }
    throw new Error(`the Jira group ${name} has more than ${mostPages * perPage} members`);
  };
}
