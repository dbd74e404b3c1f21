import { WebAPIPlatformError, type WebClient } from '@slack/web-api';
import { findPerson } from '../../config/people.ts';
import type { Config } from '../../config/parse-config.ts';
import type { Log } from '../log.ts';
import { UserInfo } from './schema.ts';

/** Who Slack says it was: never a name and never an e-mail, which people choose themselves. */
export interface SlackUser {
  readonly userId: string;
  /** Every team that the payload names; all must be ours. */
  readonly teamIds: readonly (string | null | undefined)[];
}

export type Identity =
  | { readonly known: true; readonly name: string }
  | { readonly known: false; readonly rule: IdentityRule; readonly text: string };

export type IdentityRule =
  'not-configured' | 'foreign-team' | 'guest' | 'bot' | 'deactivated' | 'unmapped' | 'unavailable';

export type Identify = (user: SlackUser) => Promise<Identity>;

export interface IdentityOptions {
  readonly config: Pick<Config, 'people' | 'slack'>;
  readonly web: WebClient;
  /** Milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

const keptMs = 5 * 60_000;
const mostKept = 1_000;

const texts: Readonly<Record<IdentityRule, string>> = {
  'not-configured': 'nobody decides in Slack here: slack.teamId is not configured.',
  'foreign-team': 'only members of our own workspace take part.',
  guest: 'guests do not take part.',
  bot: 'bots do not take part.',
  deactivated: 'this account is deactivated.',
  unmapped: 'your Slack user id belongs to nobody whom the configuration names under people.',
  unavailable:
    'Slack does not say who you are at the moment. Nothing was taken: try again, or use Jira or the CLI.',
};

/** (team id, user id) → person of the configuration. Fails closed: who cannot be looked up is nobody. */
export function createIdentify({ config, web, now, log }: IdentityOptions): Identify {
  const kept = new Map<string, { readonly info: UserInfo; readonly until: number }>();

  async function readUser(userId: string): Promise<UserInfo | undefined> {
    const found = kept.get(userId);
    if (found && found.until > now()) return found.info;
    try {
      const { user } = UserInfo.parse(await web.users.info({ user: userId }));
      if (kept.size >= mostKept) kept.clear();
      kept.set(userId, { info: user, until: now() + keptMs });
      return user;
    } catch (error) {
      if (error instanceof WebAPIPlatformError && error.data.error === 'user_not_found')
        return { team_id: null };
      log('warn', 'slack user not read', {
        user: userId,
        reason: error instanceof Error ? error.message : String(error),
      });
      return undefined;
    }
  }

  async function findRule({ userId, teamIds }: SlackUser): Promise<IdentityRule | undefined> {
    const { teamId } = config.slack;
    if (teamId === undefined) return 'not-configured';
    const named = teamIds.filter((id) => id !== null && id !== undefined);
    if (named.length === 0 || named.some((id) => id !== teamId)) return 'foreign-team';
    const info = await readUser(userId);
    return info ? findRuleOf(info, teamId) : 'unavailable';
  }

  return async (user) => {
    const rule = await findRule(user);
    const person = rule ? undefined : findPerson(config, { slack: user.userId });
    if (person) return { known: true, name: person.name };
    return refuse(rule ?? 'unmapped', user, log);
  };
}

function findRuleOf(info: UserInfo, teamId: string): IdentityRule | undefined {
  if (info.team_id !== teamId || info.is_stranger) return 'foreign-team';
  if (info.is_bot) return 'bot';
  if (info.deleted) return 'deactivated';
  return info.is_restricted || info.is_ultra_restricted ? 'guest' : undefined;
}

function refuse(rule: IdentityRule, { userId, teamIds }: SlackUser, log: Log): Identity {
  log('warn', 'slack user refused', { user: userId, teams: teamIds, rule });
  return { known: false, rule, text: `Refused (${rule}): ${texts[rule]}` };
}
