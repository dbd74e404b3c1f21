import { mergeContent, readContent, toMessage } from './message-content.ts';
import type { MethodArguments } from './method-arguments.ts';
import { SlackRefusal } from './slack-refusal.ts';
import type { Method, MethodTable } from './web-api.ts';
import type { SlackMessage, SlackWorkspace } from './workspace.ts';

/** What the bot writes. Threads are kept, but nothing checks that `thread_ts` names a message. */
export function chatMethods(workspace: () => SlackWorkspace): MethodTable {
  function add(given: MethodArguments, ephemeralTo: string | undefined): SlackMessage {
    const { app, messages, channel, nextTs } = workspace();
    const place = {
      channel: channel(given.text('channel')).id,
      threadTs: given.text('thread_ts'),
      ephemeralTo,
    };
    const content = readContent(given);
    const message: SlackMessage = { ...place, content, ts: nextTs(), user: app.userId, edited: undefined };
    messages.push(message);
    return message;
  }

  const postMessage: Method = ({ arguments: given }) => {
    const message = add(given, undefined);
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

  const postEphemeral: Method = ({ arguments: given }) => {
    workspace().channel(given.text('channel'));
    const to = given.required('user');
    const isMember = workspace().people.some((person) => person.slack.userId === to);
    if (!isMember) throw new SlackRefusal('user_not_in_channel');
    return { message_ts: add(given, to).ts };
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
    'chat.postEphemeral': postEphemeral,
    'chat.getPermalink': getPermalink,
  };
}
