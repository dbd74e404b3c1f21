import { SlackRefusal } from './slack-refusal.ts';
import type { Method, MethodTable } from './web-api.ts';
import type { SlackUserGroup, SlackWorkspace } from './workspace.ts';

/** `usergroups.*`, for reading. */
export function userGroupMethods(workspace: () => SlackWorkspace): MethodTable {
  const list: Method = ({ arguments: given }) => {
    const { userGroups, teamId } = workspace();
    const withUsers = given.flag('include_users');
    return { usergroups: userGroups.map((group) => toUserGroup(group, teamId, withUsers)) };
  };

  const usersList: Method = ({ arguments: given }) => {
    const group = workspace().userGroups.find(({ id }) => id === given.required('usergroup'));
    if (!group) throw new SlackRefusal('no_such_subteam');
    return { users: group.users };
  };

  return { 'usergroups.list': list, 'usergroups.users.list': usersList };
}

function toUserGroup({ id, handle, name, users }: SlackUserGroup, teamId: string, withUsers: boolean) {
  return {
    ...{ id, team_id: teamId, is_usergroup: true, name, handle, description: '', is_external: false },
    ...{ date_create: 0, date_update: 0, date_delete: 0, auto_type: null, user_count: users.length },
    ...(withUsers ? { users } : {}),
  };
}
