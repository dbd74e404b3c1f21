import { takePage } from './cursor.ts';
import { toMessage } from './message-content.ts';
import type { MethodArguments } from './method-arguments.ts';
import { SlackRefusal } from './slack-refusal.ts';
import type { Method, MethodTable } from './web-api.ts';
import type { SlackChannel, SlackMessage, SlackWorkspace } from './workspace.ts';

/** `conversations.*`. The bot is a member of every channel, and of the direct messages that it opened. */
export function conversationMethods(workspace: () => SlackWorkspace): MethodTable {
  function answerPage(chosen: readonly SlackMessage[], given: MethodArguments): object {
    const page = takePage(chosen, given, (message) => message.ts);
    const withMetadata = given.flag('include_all_metadata');
    return {
      messages: page.items.map((message) => toMessage(message, workspace(), withMetadata)),
      has_more: page.hasMore,
      response_metadata: { next_cursor: page.nextCursor },
    };
  }

  /** Newest first, without ephemeral messages and replies in threads. */
  const history: Method = ({ arguments: given }) => {
    const { messages, channel } = workspace();
    const { id } = channel(given.text('channel'));
    const inRange = rangeOf(given);
    const chosen = messages.filter(
      (message) => message.channel === id && !message.ephemeralTo && !isReply(message) && inRange(message.ts),
    );
    return { ...answerPage(chosen.reverse(), given), pin_count: 0 };
  };

  /** A thread from its first message on; `ts` may be that of any message in it. */
  const replies: Method = ({ arguments: given }) => {
    const { messages, channel } = workspace();
    const { id } = channel(given.text('channel'));
    const visible = messages.filter((message) => message.channel === id && !message.ephemeralTo);
    const asked = visible.find(({ ts }) => ts === given.required('ts'));
    if (!asked) throw new SlackRefusal('thread_not_found');
    const root = asked.threadTs ?? asked.ts;
    const inRange = rangeOf(given);
    const chosen = visible.filter(({ ts, threadTs }) => ts === root || (threadTs === root && inRange(ts)));
    return answerPage(chosen, given);
  };

  const list: Method = ({ arguments: given }) => {
    const types = (given.text('types') ?? 'public_channel').split(',').map((type) => type.trim());
    const { channels, directMessages } = workspace();
    const chosen = [
      ...(types.includes('public_channel') ? channels : []),
      ...(types.includes('im') ? directMessages : []),
    ];
    const page = takePage(chosen, given, (channel) => channel.id);
    const shown = page.items.map((channel) => toConversation(channel, workspace()));
    return { channels: shown, response_metadata: { next_cursor: page.nextCursor } };
  };

  const info: Method = ({ arguments: given }) => {
    return { channel: toConversation(workspace().channel(given.text('channel')), workspace()) };
  };

  /** With one person, or by the id of direct messages that are open. Group messages the stand-in has none. */
  const open: Method = ({ arguments: given }) => {
    const { directMessages, member: find, directMessage, channel } = workspace();
    const users = given.text('users')?.split(',') ?? [];
    if (users.length > 1) throw new SlackRefusal('too_many_users');
    const [user] = users;
    if (user === undefined && given.text('channel') === undefined)
      throw new SlackRefusal('users_list_not_supplied');
    const before = directMessages.length;
    const inside = user === undefined ? channel(given.text('channel')) : directMessage(reachable(find(user)));
    const already = directMessages.length === before ? { no_op: true, already_open: true } : {};
    const shown = given.flag('return_im') ? toConversation(inside, workspace()) : { id: inside.id };
    return { ...already, channel: shown };
  };

  return {
    'conversations.history': history,
    'conversations.replies': replies,
    'conversations.list': list,
    'conversations.info': info,
    'conversations.open': open,
  };
}

function reachable<Member extends { isBot: boolean; deleted: boolean }>(member: Member): Member {
  if (member.isBot) throw new SlackRefusal('cannot_dm_bot');
  if (member.deleted) throw new SlackRefusal('user_disabled');
  return member;
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
  const { app, members, teamId } = workspace;
  const { id, name, topic = '', user } = channel;
  const shared = { id, is_archived: false, is_private: false, context_team_id: teamId };
  if (user !== undefined)
    return { ...shared, ...{ is_im: true, is_channel: false, is_open: true, user, is_user_deleted: false } };
  return {
    ...shared,
    ...{ name, name_normalized: name, is_channel: true, is_group: false, is_im: false, is_mpim: false },
    ...{ is_general: false, is_shared: false, is_member: true, creator: app.userId },
    num_members: members.length + 1,
    topic: { value: topic, creator: app.userId, last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
  };
}
