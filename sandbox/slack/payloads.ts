import { stateOf, type GivenValues } from './element-state.ts';
import type { SlackMember } from './members.ts';
import { toMessage } from './message-content.ts';
import { toView } from './read-view.ts';
import type { SlackView } from './view-store.ts';
import type { SlackChannel, SlackMessage, SlackWorkspace } from './workspace.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Slack still sends it, and says not to look at it. */
const verificationToken = 'deprecated-verification-token';

/** Where an element was pressed. */
export type Pressed =
  | { readonly message: SlackMessage; readonly channel: SlackChannel; readonly responseUrl: string }
  | { readonly view: SlackView };

/** A press of a button, or a choice in a menu. An ephemeral message is named, not sent along. */
export function blockActions(
  workspace: SlackWorkspace,
  member: SlackMember,
  act: { pressed: Pressed; action: Fields; triggerId: string; values?: GivenValues | undefined },
): object {
  const { pressed, action, triggerId, values } = act;
  const shared = { type: 'block_actions', ...envelope(workspace, member), trigger_id: triggerId };
  const actions = [{ ...action, action_ts: workspace.nextTs() }];
  if ('view' in pressed) {
    const view = toView(pressed.view, workspace);
    const state = values ? { values: stateOf(pressed.view.content.blocks, values) } : view.state;
    return { ...shared, container: { type: 'view', view_id: view.id }, view: { ...view, state }, actions };
  }
  const { message, channel, responseUrl } = pressed;
  const isEphemeral = message.ephemeralTo !== undefined;
  return {
    ...shared,
    container: {
      ...{ type: 'message', message_ts: message.ts, channel_id: channel.id, is_ephemeral: isEphemeral },
      ...(message.threadTs === undefined ? {} : { thread_ts: message.threadTs }),
    },
    channel: { id: channel.id, name: channel.name },
    ...(isEphemeral ? {} : { message: toMessage(message, workspace, false) }),
    state: { values: stateOf(message.content.blocks ?? [], values) },
    response_url: responseUrl,
    actions,
  };
}

export function viewSubmission(
  workspace: SlackWorkspace,
  member: SlackMember,
  { view, triggerId }: { view: SlackView; triggerId: string },
): object {
  return {
    ...{ type: 'view_submission', ...envelope(workspace, member), trigger_id: triggerId },
    ...{ view: toView(view, workspace), response_urls: [] },
  };
}

export function viewClosed(workspace: SlackWorkspace, member: SlackMember, view: SlackView): object {
  const closed = { view: toView(view, workspace), is_cleared: false };
  return { type: 'view_closed', ...envelope(workspace, member), ...closed };
}

/** A slash command's fields; over HTTP they are the form itself. */
export function slashCommand(
  workspace: SlackWorkspace,
  member: SlackMember,
  typed: { command: string; text: string; channel: SlackChannel; triggerId: string; responseUrl: string },
): Record<string, string> {
  const { teamId, teamDomain, app } = workspace;
  const { command, text, channel } = typed;
  return {
    ...{ token: verificationToken, team_id: teamId, team_domain: teamDomain },
    ...{ channel_id: channel.id, channel_name: channel.name },
    ...{ user_id: member.id, user_name: member.name, command, text, api_app_id: app.appId },
    ...{ is_enterprise_install: 'false', response_url: typed.responseUrl, trigger_id: typed.triggerId },
  };
}

/** The person looks at the app's home; a home that was published before is sent along. */
export function appHomeOpened(workspace: SlackWorkspace, member: SlackMember, eventId: string): object {
  const { app, teamId, views, directMessage } = workspace;
  const ts = workspace.nextTs();
  const home = views.homeOf(member.id);
  const event = {
    ...{ type: 'app_home_opened', user: member.id, channel: directMessage(member).id, tab: 'home' },
    ...{ ...(home ? { view: toView(home, workspace) } : {}), event_ts: ts },
  };
  const installation = { enterprise_id: null, team_id: teamId, user_id: app.userId };
  return {
    ...{ token: verificationToken, team_id: teamId, api_app_id: app.appId, event, type: 'event_callback' },
    ...{ event_id: eventId, event_time: Math.floor(Number(ts)), is_ext_shared_channel: false },
    authorizations: [{ ...installation, is_bot: true, is_enterprise_install: false }],
  };
}

export const urlVerification = (challenge: string): object => ({
  ...{ type: 'url_verification', token: verificationToken, challenge },
});

function envelope({ teamId, teamDomain, app }: SlackWorkspace, { id, name, teamId: home }: SlackMember) {
  return {
    ...{ user: { id, username: name, name, team_id: home }, api_app_id: app.appId },
    ...{ token: verificationToken, team: { id: teamId, domain: teamDomain } },
    ...{ enterprise: null, is_enterprise_install: false },
  };
}
