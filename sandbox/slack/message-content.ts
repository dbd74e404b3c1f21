import { faultsOf, named } from './block-rules.ts';
import type { MethodArguments } from './method-arguments.ts';
import { SlackRefusal } from './slack-refusal.ts';
import type { MessageContent, MessageMetadata, SlackMessage, SlackWorkspace } from './workspace.ts';

const longestText = 40_000;

/** Throws `no_text`, `msg_too_long`, `invalid_blocks`, `invalid_attachments` or `invalid_metadata_format`. */
export function readContent(given: MethodArguments): MessageContent {
  const text = given.text('text');
  const blocks = readBlocks(given);
  const attachments = readList(given, 'attachments', 'invalid_attachments');
  if (text === undefined && !blocks?.length && !attachments?.length) throw new SlackRefusal('no_text');
  if (text !== undefined && text.length > longestText) throw new SlackRefusal('msg_too_long');
  return { text, blocks, attachments, metadata: readMetadata(given) };
}

/** Blocks, attachments and metadata that are not given stay as they were (Slack docs, chat.update). */
export function mergeContent(before: MessageContent, given: MessageContent): MessageContent {
  const isGiven = ([, value]: [string, unknown]) => value !== undefined;
  return { ...before, ...Object.fromEntries(Object.entries(given).filter(isGiven)) };
}

/** The message as the Web API shows it; `metadata` only where it was asked for. */
export function toMessage(message: SlackMessage, workspace: SlackWorkspace, withMetadata: boolean) {
  const { app, teamId } = workspace;
  const { text = '', blocks, attachments, metadata } = message.content;
  const author = {
    user: message.user,
    bot_id: app.botId,
    app_id: app.appId,
    bot_profile: botProfile(workspace),
  };
  return {
    type: 'message',
    ts: message.ts,
    text,
    team: teamId,
    ...(message.user === app.userId ? author : { user: message.user }),
    ...(blocks ? { blocks } : {}),
    ...(attachments ? { attachments } : {}),
    ...threadOf(message, workspace),
    ...(message.edited ? { edited: message.edited } : {}),
    ...(withMetadata && metadata ? { metadata } : {}),
  };
}

/** A reply names its thread; a message with replies counts them. */
function threadOf(message: SlackMessage, { messages }: SlackWorkspace): object {
  if (message.threadTs !== undefined) return { thread_ts: message.threadTs };
  const replies = messages.filter(
    ({ channel, threadTs, ephemeralTo }) =>
      channel === message.channel && threadTs === message.ts && !ephemeralTo,
  );
  const latest = replies.at(-1);
  return latest ? { thread_ts: message.ts, reply_count: replies.length, latest_reply: latest.ts } : {};
}

function botProfile({ app, teamId }: SlackWorkspace) {
  const { botId: id, appId: app_id, userId: user_id, name } = app;
  return { id, app_id, user_id, name, icons: {}, deleted: false, updated: 0, team_id: teamId };
}

function readBlocks(given: MethodArguments): readonly object[] | undefined {
  const blocks = readList(given, 'blocks', 'invalid_blocks');
  if (!blocks) return undefined;
  const faults = faultsOf(blocks, 'message');
  if (faults.length > 0) throw new SlackRefusal('invalid_blocks', faults);
  return named(blocks);
}

function readList(given: MethodArguments, name: string, code: string): readonly object[] | undefined {
  const list = given.json(name, code);
  if (list === undefined || list === null) return undefined;
  const isObject = (item: unknown) => typeof item === 'object' && item !== null;
  if (!Array.isArray(list) || !list.every(isObject)) throw new SlackRefusal(code);
  return list;
}

function readMetadata(given: MethodArguments): MessageMetadata | undefined {
  const code = 'invalid_metadata_format';
  const metadata = given.json('metadata', code) as Partial<MessageMetadata> | undefined | null;
  if (metadata === undefined || metadata === null) return undefined;
  const { event_type, event_payload } = metadata;
  if (typeof event_type !== 'string' || typeof event_payload !== 'object') throw new SlackRefusal(code);
  return { event_type, event_payload };
}
