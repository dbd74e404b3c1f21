import { mergeContent, readContent, toMessage } from './message-content.ts';
import type { MethodArguments } from './method-arguments.ts';
import { SlackRefusal } from './slack-refusal.ts';
import type { Method, MethodTable } from './web-api.ts';
import type { SlackChannel, SlackMessage, SlackWorkspace } from './workspace.ts';

/** What the bot writes. Threads are kept, but nothing checks that `thread_ts` names a message. */
export function chatMethods(workspace: () => SlackWorkspace): MethodTable {
  function add(channel: SlackChannel, given: MethodArguments, ephemeralTo?: string): SlackMessage {
    const content = readContent(given);
    const place = { channel: channel.id, threadTs: given.text('thread_ts'), ephemeralTo };
    return workspace().add({ ...place, content, user: workspace().app.userId });
  }

  const postMessage: Method = ({ arguments: given }) => {
    const message = add(addressee(workspace(), given.text('channel')), given);
    const { channel, ts } = message;
    return { channel, ts, message: toMessage(message, workspace(), true) };
  };

  const update: Method = ({ arguments: given }) => {
    const { app, channel, message: find, nextTs } = workspace();
    const inside = channel(given.text('channel'));
    const message = find(inside, given.text('ts'));
    if (message.user !== app.userId) throw new SlackRefusal('cant_update_message');
    message.content = mergeContent(message.content, readContent(given));
    message.edited = { user: app.botId, ts: nextTs() };
    const { ts } = message;
    const { text = '' } = message.content;
    return { channel: inside.id, ts, text, message: toMessage(message, workspace(), true) };
  };

  const deleteMessage: Method = ({ arguments: given }) => {
    const { app, channel, message: find, remove } = workspace();
    const inside = channel(given.text('channel'));
    const message = find(inside, given.text('ts'));
    if (message.user !== app.userId) throw new SlackRefusal('cant_delete_message');
    remove(message);
    return { channel: inside.id, ts: message.ts };
  };

  const postEphemeral: Method = ({ arguments: given }) => {
    const { members, channel } = workspace();
    const inside = channel(given.text('channel'));
    const to = given.required('user');
    const isThere = members.some(({ id }) => id === to) && (inside.user === undefined || inside.user === to);
    if (!isThere) throw new SlackRefusal('user_not_in_channel');
    return { message_ts: add(inside, given, to).ts };
  };

  const getPermalink: Method = ({ arguments: given, baseUrl }) => {
    const { channel, message: find } = workspace();
    const inside = channel(given.text('channel'));
    const { ts } = find(inside, given.text('message_ts'));
    return { channel: inside.id, permalink: `${baseUrl}/archives/${inside.id}/p${ts.replace('.', '')}` };
  };

  return {
    'chat.postMessage': postMessage,
    'chat.update': update,
    'chat.delete': deleteMessage,
    'chat.postEphemeral': postEphemeral,
    'chat.getPermalink': getPermalink,
  };
}

/** A user id stands for the direct messages with that person. */
function addressee(workspace: SlackWorkspace, reference: string | undefined): SlackChannel {
  const member = workspace.members.find(({ id }) => id === reference);
  if (!member) return workspace.channel(reference);
  if (member.isBot) throw new SlackRefusal('cannot_dm_bot');
  if (member.deleted) throw new SlackRefusal('channel_not_found');
  return workspace.directMessage(member);
}
