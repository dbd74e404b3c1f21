import { WebAPIPlatformError, WebClient, type KnownBlock, type Logger } from '@slack/web-api';
import { slackEventType } from '../../workflows/shared/names.ts';
import { createCaller, type OutsideCaller } from '../outside-call.ts';
import { createRateLimit } from '../rate-limit.ts';
import {
  HistoryPage,
  OpenedConversation,
  Permalink,
  PostedMessage,
  UserGroupMembers,
  type SlackMessage,
} from './schema.ts';

export interface SlackWebOptions {
  readonly token: string;
  /** The API's base, `https://slack.com/api/` unless a sandbox stands in. */
  readonly slackApiUrl?: string;
  /** Posts to one channel. Default 1: what Slack allows (contracts §3.3). */
  readonly callsPerSecond?: number;
  /** Of one call, ms. Default 30,000. */
  readonly timeoutMs?: number;
}

export interface SlackContent {
  readonly text: string;
  readonly blocks?: readonly KnownBlock[];
}

/** Messages of a channel or thread that a repeat looks through: 5 pages of 200. */
const lookedThrough = { pages: 5, perPage: 200 };
/** Methods other than posting are limited for the whole app: 50 and more a minute (tier 3). */
const otherCalls = { callsPerSecond: 1, burst: 20 };

export type SlackWeb = ReturnType<typeof createSlackWeb>;

/** The few methods of Slack's Web API that we call, through its own client without its retries: Temporal's are the only ones. */
export function createSlackWeb(options: SlackWebOptions) {
  const web = createWebClient(options);
  const posting = createPostCallers(options.callsPerSecond ?? 1);
  const updating = createCaller('slack', createRateLimit(otherCalls));
  const call = createCaller('slack', createRateLimit(otherCalls));
  const directMessages = new Map<string, string>();

  /** Slack knows no idempotency key: the key is in the metadata, and a repeat looks for it first. */
  async function post(channel: string, key: string, content: SlackContent, threadTs?: string) {
    return posting(channel)(`post to channel ${channel}`, async () =>
      PostedMessage.parse(
        await web.chat.postMessage({
          channel,
          ...toArguments(content),
          ...quiet,
          metadata: toMetadata(key),
          ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
        }),
      ),
    );
  }

  /** May be repeated freely. @returns undefined when the message is gone, or is not ours to change any more */
  async function update(channel: string, ts: string, key: string, content: SlackContent) {
    return updating(`update a message of channel ${channel}`, () =>
      unless(goneMessage, async () =>
        PostedMessage.parse(
          await web.chat.update({
            channel,
            ts,
            ...toArguments(content),
            parse: 'none',
            link_names: false,
            metadata: toMetadata(key),
          }),
        ),
      ),
    );
  }

  /** Not kept by Slack, so that a repeat cannot look for it: at worst somebody reads it twice. @returns false when the person is not in the channel */
  async function postEphemeral(channel: string, user: string, content: SlackContent) {
    const sent = await posting(channel)(`tell one person in channel ${channel}`, () =>
      unless(unreachable, () =>
        web.chat.postEphemeral({ channel, user, ...toArguments(content), parse: 'none', link_names: false }),
      ),
    );
    return sent !== undefined;
  }

  /** The channel of the direct messages with this person, opened when there is none. @returns undefined when Slack lets nobody write there */
  async function openDirect(user: string): Promise<string | undefined> {
    const known = directMessages.get(user);
    if (known !== undefined) return known;
    const opened = await call('open a direct message', () =>
      unless(unreachable, async () =>
        OpenedConversation.parse(await web.conversations.open({ users: user })),
      ),
    );
    if (opened) directMessages.set(user, opened.channel.id);
    return opened?.channel.id;
  }

  /** The message with this key in a channel, or among the replies to `threadTs`. */
  async function find(channel: string, key: string, threadTs?: string): Promise<SlackMessage | undefined> {
    let cursor: string | undefined;
    for (let page = 0; page < lookedThrough.pages; page += 1) {
      const read = await readPage(channel, threadTs, cursor);
      const found = read?.messages.find((message) => hasKey(message, key));
      cursor = read?.response_metadata?.next_cursor || undefined;
      if (found || cursor === undefined) return found;
    }
    return undefined;
  }

  async function readPage(channel: string, threadTs: string | undefined, cursor: string | undefined) {
    const page = {
      limit: lookedThrough.perPage,
      include_all_metadata: true as const,
      ...(cursor === undefined ? {} : { cursor }),
    };
    return call(`read history of channel ${channel}`, () =>
      unless(goneThread, async () =>
        HistoryPage.parse(
          threadTs === undefined
            ? await web.conversations.history({ channel, ...page })
            : await web.conversations.replies({ channel, ts: threadTs, ...page }),
        ),
      ),
    );
  }

  async function permalinkOf(channel: string, ts: string): Promise<string | undefined> {
    const answer = await call('read a permalink', () =>
      unless(goneMessage, async () =>
        Permalink.parse(await web.chat.getPermalink({ channel, message_ts: ts })),
      ),
    );
    return answer?.permalink;
  }

  async function usersOfGroup(usergroup: string): Promise<readonly string[]> {
    const { users } = await call(`read user group ${usergroup}`, async () =>
      UserGroupMembers.parse(await web.usergroups.users.list({ usergroup, include_disabled: false })),
    );
    return users;
  }

  return { post, update, postEphemeral, openDirect, find, permalinkOf, usersOfGroup };
}

/** Slack's client as we run it wherever we do: one try within the time, no log of its own. */
export function createWebClient({
  token,
  slackApiUrl,
  timeoutMs = 30_000,
}: Omit<SlackWebOptions, 'callsPerSecond'>): WebClient {
  return new WebClient(token, { ...webClientOptions({ slackApiUrl, timeoutMs }) });
}

export function webClientOptions({
  slackApiUrl,
  timeoutMs,
}: {
  slackApiUrl: string | undefined;
  timeoutMs: number;
}) {
  return {
    ...(slackApiUrl === undefined ? {} : { slackApiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMs,
    logger: silentLogger,
  };
}

/** Slack's limit is a channel's own; channels and people are few. */
function createPostCallers(callsPerSecond: number): (channel: string) => OutsideCaller {
  const callers = new Map<string, OutsideCaller>();
  return (channel) => {
    const known =
      callers.get(channel) ?? createCaller('slack', createRateLimit({ callsPerSecond, burst: 5 }));
    callers.set(channel, known);
    return known;
  };
}

const quiet = {
  mrkdwn: true,
  parse: 'none',
  link_names: false,
  unfurl_links: false,
  unfurl_media: false,
} as const;

const goneMessage = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed']);
const goneThread = new Set(['thread_not_found', 'message_not_found']);
/** Of one person: everybody else can still be told. */
const unreachable = new Set([
  'user_not_in_channel',
  'user_not_found',
  'user_disabled',
  'user_not_visible',
  'cannot_dm_bot',
]);

/** @returns undefined for the refusals that are an answer here */
async function unless<T>(expected: ReadonlySet<string>, run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof WebAPIPlatformError && expected.has(error.data.error)) return undefined;
    throw error;
  }
}

function toArguments({ text, blocks }: SlackContent) {
  return { text, ...(blocks === undefined ? {} : { blocks: [...blocks] }) };
}

function toMetadata(key: string) {
  return { event_type: slackEventType, event_payload: { key } };
}

function hasKey(message: SlackMessage, key: string): boolean {
  return message.metadata?.event_type === slackEventType && message.metadata.event_payload['key'] === key;
}

/** Slack's client would log requests with their texts; failures reach the log through Temporal. */
export const silentLogger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  setName() {},
  getLevel: (): ReturnType<Logger['getLevel']> => 'error' as ReturnType<Logger['getLevel']>,
};
