import { takePage } from './cursor.ts';
import { toMessage } from './message-content.ts';
import type { MethodArguments } from './method-arguments.ts';
import type { Method, MethodTable } from './web-api.ts';
import type { SlackChannel, SlackMessage, SlackWorkspace } from './workspace.ts';

/** `conversations.history`, `.list` and `.info`. The bot is a member of every channel. */
export function conversationMethods(workspace: () => SlackWorkspace): MethodTable {
  /** Newest first, without ephemeral messages and replies in threads. */
  const history: Method = ({ arguments: given }) => {
    const { messages, channel } = workspace();
    const { id } = channel(given.text('channel'));
    const inRange = rangeOf(given);
    const chosen = messages.filter(
      (message) => message.channel === id && !message.ephemeralTo && !isReply(message) && inRange(message.ts),
    );
    const page = takePage(chosen.reverse(), given, (message) => message.ts);
    const withMetadata = given.flag('include_all_metadata');
    return {
      messages: page.items.map((message) => toMessage(message, workspace(), withMetadata)),
      has_more: page.hasMore,
      pin_count: 0,
      response_metadata: { next_cursor: page.nextCursor },
    };
  };

  const list: Method = ({ arguments: given }) => {
    const page = takePage(workspace().channels, given, (channel) => channel.id);
    const channels = page.items.map((channel) => toConversation(channel, workspace()));
    return { channels, response_metadata: { next_cursor: page.nextCursor } };
  };

  const info: Method = ({ arguments: given }) => {
    return { channel: toConversation(workspace().channel(given.text('channel')), workspace()) };
  };

  return { 'conversations.history': history, 'conversations.list': list, 'conversations.info': info };
}

/** `oldest` and `latest` themselves belong to the range only with `inclusive`. */
function rangeOf(given: MethodArguments): (ts: string) => boolean {
  const oldest = toMicros(given.text('oldest') ?? '0');
  const latest = toMicros(given.text('latest') ?? '99999999999');
  const inclusive = given.flag('inclusive');
  return (text) => {
    const ts = toMicros(text);
    return inclusive ? ts >= oldest && ts <= latest : ts > oldest && ts < latest;
  };
}

/** Whole microseconds: a ts has more digits than a double keeps apart as seconds. */
function toMicros(ts: string): number {
  const [seconds = '0', fraction = ''] = ts.split('.');
  return Number(seconds) * 1e6 + Number(fraction.slice(0, 6).padEnd(6, '0'));
}

function isReply(message: SlackMessage): boolean {
  return message.threadTs !== undefined && message.threadTs !== message.ts;
}

function toConversation(channel: SlackChannel, workspace: SlackWorkspace) {
  const { app, people, teamId } = workspace;
  return {
    id: channel.id,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: true,
    is_group: false,
    is_im: false,
    is_mpim: false,
    is_private: false,
    is_archived: false,
    is_general: false,
    is_shared: false,
    is_member: true,
    creator: app.userId,
    context_team_id: teamId,
    num_members: people.length + 1,
    topic: { value: channel.topic ?? '', creator: app.userId, last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
  };
}
