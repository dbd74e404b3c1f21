import type { createActs, ClickAct, CommandAct, ForgedAct, SlackState, SubmitAct } from './acts.ts';
import type { Deliveries } from './deliveries.ts';
import { seedMember, type SeededUser } from './members.ts';
import { toMessage } from './message-content.ts';
import { toView } from './read-view.ts';
import type { DisconnectReason, SocketMode } from './socket-mode.ts';
import type { SlackView } from './view-store.ts';
import type { SlackUserGroup, SlackWorkspace } from './workspace.ts';

/**
 * Slack's own verbs of the control surface (design §10). What people do: `click`, `submit`, `close-view`, `command`,
 * `open-home`; what Slack does when the app is set up: `verify-url`; what an attacker sends: `forge`; to look at: `messages` {channel?}, `views`, `deliveries`; `disconnect` ends
 * the Socket Mode connections.
 */
export function slackControls(
  state: () => SlackState,
  acts: ReturnType<typeof createActs>,
  parts: { deliveries: Deliveries; sockets: SocketMode },
): Readonly<Record<string, (body: unknown) => unknown>> {
  return {
    click: (body) => acts.click(body as ClickAct),
    submit: (body) => acts.submit(body as SubmitAct),
    'close-view': (body) => acts.closeView(body as { as: string; viewId: string }),
    command: (body) => acts.command(body as CommandAct),
    'open-home': (body) => acts.openHome(body as { as: string }),
    'verify-url': () => acts.verifyUrl(),
    forge: (body) => acts.forge(body as ForgedAct),
    messages: (body) => allMessages(state().workspace, (body as { channel?: string }).channel),
    views: (body) => allViews(state().workspace, (body as { as?: string }).as),
    deliveries: () => parts.deliveries.list(),
    disconnect: (body) =>
      parts.sockets.disconnect((body as { reason?: DisconnectReason }).reason ?? 'refresh_requested'),
  };
}

/** A message's `user` may be a name or an id; a user group's `users` too. */
interface Fixtures {
  readonly users?: readonly SeededUser[];
  readonly usergroups?: readonly SlackUserGroup[];
  readonly messages?: readonly { channel: string; user: string; text: string; thread_ts?: string }[];
}

export function seedWorkspace(workspace: SlackWorkspace, fixtures: unknown) {
  const { users = [], usergroups = [], messages = [] } = fixtures as Fixtures;
  const members = users.map((user) => seedMember(workspace.members, user, workspace.teamId));
  const idOf = (reference: string) =>
    workspace.members.find(({ name }) => name === reference)?.id ?? reference;
  for (const group of usergroups) {
    const at = workspace.userGroups.findIndex(({ id }) => id === group.id);
    const seeded = { ...group, users: group.users.map(idOf) };
    workspace.userGroups.splice(at < 0 ? workspace.userGroups.length : at, at < 0 ? 0 : 1, seeded);
  }
  const made = messages.map(({ channel, user, text, thread_ts: threadTs }) =>
    workspace.add({
      ...{ channel: workspace.channel(channel).id, user: idOf(user), content: { text }, threadTs },
    }),
  );
  return {
    users: members.map(({ id, name }) => ({ id, name })),
    messages: made.map(({ channel, ts }) => ({ channel, ts })),
  };
}

function allMessages(workspace: SlackWorkspace, reference: string | undefined) {
  const only = reference === undefined ? undefined : workspace.channel(reference).id;
  const chosen = workspace.messages.filter(({ channel }) => only === undefined || channel === only);
  const recipients = new Map(workspace.directMessages.map(({ id, user }) => [id, user]));
  return chosen.map((message) => ({
    channel: message.channel,
    ...toMessage(message, workspace, true),
    ...(message.ephemeralTo === undefined ? {} : { ephemeral_to: message.ephemeralTo }),
    ...(recipients.has(message.channel) ? { direct_to: recipients.get(message.channel) } : {}),
  }));
}

/** The modals of each person from the first to the topmost, and the App Homes. */
function allViews(workspace: SlackWorkspace, as: string | undefined) {
  const only = as === undefined ? undefined : workspace.member(as).id;
  const shown = (view: SlackView) => ({
    ...{ ...toView(view, workspace), user: view.userId, errors: view.errors },
  });
  return workspace.views
    .all()
    .filter(({ userId }) => only === undefined || userId === only)
    .map(shown);
}
