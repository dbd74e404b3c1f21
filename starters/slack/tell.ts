import type { WebClient } from '@slack/web-api';
import type { Log } from '../log.ts';

export interface Listener {
  readonly user: string;
  readonly channel?: string | undefined;
  /** A bearer value: used here and now, and never kept. */
  readonly responseUrl?: string | undefined;
}

/** Says something to one person and nobody else. Never throws: what cannot be told is logged. */
export type Tell = (to: Listener, text: string) => Promise<void>;

const timeoutMs = 3_000;

/** @param sandbox answers go to this machine only; otherwise to Slack only */
export function createTell({ web, log, sandbox }: { web: WebClient; log: Log; sandbox: boolean }): Tell {
  /** Works where the bot is no member, and knows no limit of the channel. At most five times in half an hour; no repeat here. */
  async function respond(url: string, text: string): Promise<boolean> {
    if (!isSlackUrl(url, sandbox)) return false;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ response_type: 'ephemeral', replace_original: false, text }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    return response.ok;
  }

  async function postEphemeral(channel: string, user: string, text: string): Promise<boolean> {
    const { ok } = await web.chat.postEphemeral({ channel, user, text });
    return ok;
  }

  /** The last resort, such as for a submission without a channel. */
  async function writeDirectly(user: string, text: string): Promise<boolean> {
    const { ok } = await web.chat.postMessage({
      channel: user,
      text,
      unfurl_links: false,
      unfurl_media: false,
    });
    return ok;
  }

  return async ({ user, channel, responseUrl }, text) => {
    const ways = [
      ...(responseUrl ? [() => respond(responseUrl, text)] : []),
      ...(channel ? [() => postEphemeral(channel, user, text)] : []),
      () => writeDirectly(user, text),
    ];
    for (const way of ways) if (await way().catch(() => false)) return;
    log('warn', 'slack user not told', { user, channel, text });
  };
}

function isSlackUrl(url: string, sandbox: boolean): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  if (sandbox) return hostname === '127.0.0.1' || hostname === 'localhost';
  return protocol === 'https:' && /(^|\.)slack(-gov)?\.com$/.test(hostname);
}
