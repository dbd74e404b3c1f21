import { takePage } from './cursor.ts';
import type { SlackMember } from './members.ts';
import { SlackRefusal } from './slack-refusal.ts';
import type { Method, MethodTable } from './web-api.ts';
import type { SlackWorkspace } from './workspace.ts';

/** `auth.test` and the directory: the people and the bot itself. */
export function userMethods(workspace: () => SlackWorkspace): MethodTable {
  const users = () => [...workspace().members.map(toUser), toAppUser(workspace())];

  const authTest: Method = ({ baseUrl }) => {
    const { app, teamId, teamName } = workspace();
    const account = { user: app.name, user_id: app.userId, bot_id: app.botId };
    return { url: `${baseUrl}/`, team: teamName, team_id: teamId, ...account, is_enterprise_install: false };
  };

  const info: Method = ({ arguments: given }) => {
    const user = users().find(({ id }) => id === given.text('user'));
    if (!user) throw new SlackRefusal('user_not_found');
    return { user };
  };

  const list: Method = ({ arguments: given }) => {
    const page = takePage(users(), given, (user) => user.id);
    const cacheTs = Math.floor(Number(workspace().nextTs()));
    return { members: page.items, cache_ts: cacheTs, response_metadata: { next_cursor: page.nextCursor } };
  };

  const lookupByEmail: Method = ({ arguments: given }) => {
    const email = given.required('email').toLowerCase();
    const member = workspace().members.find((candidate) => candidate.email?.toLowerCase() === email);
    if (!member || member.deleted) throw new SlackRefusal('users_not_found');
    return { user: toUser(member) };
  };

  return {
    'auth.test': authTest,
    'users.info': info,
    'users.list': list,
    'users.lookupByEmail': lookupByEmail,
  };
}

function toUser(member: SlackMember) {
  const { email, isBot, isRestricted, isUltraRestricted, deleted } = member;
  const account = toAccount(member.id, member.teamId, member.name, member.realName);
  return {
    ...{ ...account, deleted, is_bot: isBot, is_email_confirmed: true },
    ...{ is_restricted: isRestricted, is_ultra_restricted: isUltraRestricted },
    profile: { ...account.profile, ...(email === undefined ? {} : { email }) },
    who_can_share_contact_card: 'EVERYONE',
  };
}

function toAppUser({ app, teamId }: SlackWorkspace) {
  const account = toAccount(app.userId, teamId, app.name, app.name);
  const profile = { ...account.profile, api_app_id: app.appId, bot_id: app.botId, always_active: true };
  return { ...account, profile, is_bot: true };
}

function toAccount(id: string, teamId: string, name: string, realName: string) {
  const zone = { tz: 'Etc/UTC', tz_label: 'Coordinated Universal Time', tz_offset: 0 };
  const names = { real_name: realName, real_name_normalized: realName };
  return {
    ...{ id, team_id: teamId, name, deleted: false, color: '9f69e7', real_name: realName, ...zone },
    profile: { title: '', ...names, display_name: name, display_name_normalized: name, team: teamId },
    ...{ is_admin: false, is_owner: false, is_primary_owner: false, is_restricted: false },
    ...{ is_ultra_restricted: false, is_app_user: false, updated: 0 },
  };
}
