import { WebClient, type Logger } from '@slack/web-api';
import { createFailure } from '../../workflows/shared/failures.ts';
import { slackEventType } from '../../workflows/shared/names.ts';
import { createCaller } from '../outside-call.ts';
import { createRateLimit } from '../rate-limit.ts';
import { toMrkdwn } from './notice.ts';
import type { SlackPort } from './port.ts';
import { HistoryPage, PostedMessage, type SlackMessage } from './schema.ts';

export interface SlackOptions {
  readonly token: string;
  /** Channel ids by their name in the configuration. */
  readonly channels: Readonly<Record<string, string>>;
  /** The API's base, `https://slack.com/api/` unless a sandbox stands in. */
  readonly slackApiUrl?: string;
  /** Default 1: what Slack allows a channel (contracts §3.3). */
  readonly callsPerSecond?: number;
  /** Of one call, ms. Default 30,000. */
  readonly timeoutMs?: number;
}

type NoticeInput = Parameters<SlackPort['postNotice']>[0];

/** SlackPort, told by the activity whether this may be a repeat. */
export interface SlackClient {
  /** @param input.lookFirst look for a message with the key before posting; true unless this is surely the first try */
  postNotice(input: NoticeInput & { readonly lookFirst?: boolean }): ReturnType<SlackPort['postNotice']>;
}

/** Messages of a channel that a repeat looks through, newest first: 5 pages of 200. */
const lookedThrough = { pages: 5, perPage: 200 };

/** Slack's Web API through its own client, without its retries: Temporal's are the only ones. */
export function createSlackClient(options: SlackOptions): SlackClient {
  const { token, channels, slackApiUrl, callsPerSecond = 1, timeoutMs = 30_000 } = options;
  const web = new WebClient(token, {
    ...(slackApiUrl === undefined ? {} : { slackApiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMs,
    logger: silentLogger,
  });
  const call = createCaller('slack', createRateLimit({ callsPerSecond, burst: 5 }));

  async function findMessage(channel: string, key: string): Promise<SlackMessage | undefined> {
    let cursor: string | undefined;
    for (let page = 0; page < lookedThrough.pages; page += 1) {
      const history = await readHistory(channel, cursor);
      const found = history.messages.find((message) => hasKey(message, key));
      cursor = history.response_metadata?.next_cursor || undefined;
      if (found || cursor === undefined) return found;
    }
    return undefined;
  }

  async function readHistory(channel: string, cursor: string | undefined) {
    return call(`read history of channel ${channel}`, async () =>
      HistoryPage.parse(
        await web.conversations.history({
          channel,
          limit: lookedThrough.perPage,
          include_all_metadata: true,
          ...(cursor === undefined ? {} : { cursor }),
        }),
      ),
    );
  }

  async function post(channel: string, input: NoticeInput) {
    return call(`post to channel ${channel}`, async () =>
      PostedMessage.parse(
        await web.chat.postMessage({
          channel,
          text: toMrkdwn(input),
          mrkdwn: true,
          parse: 'none',
          link_names: false,
          unfurl_links: false,
          unfurl_media: false,
          metadata: { event_type: slackEventType, event_payload: { key: input.key } },
        }),
      ),
    );
  }

  return {
    async postNotice({ lookFirst = true, ...input }) {
      const channelId = channelOf(channels, input.channel);
      const found = lookFirst ? await findMessage(channelId, input.key) : undefined;
      if (found) return { channelId, ts: found.ts, posted: false };
      const posted = await post(channelId, input);
      return { channelId: posted.channel, ts: posted.ts, posted: true };
    },
  };
}

function channelOf(channels: Readonly<Record<string, string>>, name: string): string {
  const id = Object.hasOwn(channels, name) ? channels[name] : undefined;
  if (id !== undefined) return id;
  const known = Object.keys(channels).join(', ');
  throw createFailure('InvalidInput', `channel: ${name} is none of slack.channels: ${known}`, {
    details: { system: 'slack', expected: known, found: name },
  });
}

function hasKey(message: SlackMessage, key: string): boolean {
  return message.metadata?.event_type === slackEventType && message.metadata.event_payload['key'] === key;
}

/** Slack's client would log requests with their texts; failures reach the log through Temporal. */
const silentLogger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  setName() {},
  getLevel: (): ReturnType<Logger['getLevel']> => 'error' as ReturnType<Logger['getLevel']>,
};
