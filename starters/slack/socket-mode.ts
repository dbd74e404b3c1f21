import { setTimeout as sleep } from 'node:timers/promises';
import { SocketModeReceiver, type App } from '@slack/bolt';
import { silentLogger, webClientOptions } from '../../activities/slack/web.ts';
import type { Secret } from '../../config/secret.ts';
import type { Log } from '../log.ts';

export interface SocketModeOptions {
  readonly app: App;
  /** `xapp-…`, with the scope connections:write. */
  readonly appToken: Secret;
  readonly slackApiUrl: string | undefined;
  readonly now: () => number;
  readonly log: Log;
  /** How long to wait after so many connections that failed or did not last, ms. */
  readonly pauseMs?: (failures: number) => number;
}

/** A connection that lasts so long was a good one. */
const lastsMs = 10_000;
const pauseOf = (failures: number) => (failures === 0 ? 0 : Math.min(30_000, 1_000 * 2 ** (failures - 1)));

/**
 * Slack's events over a connection that we open: nothing has to reach us from outside. Slack closes it every few hours. We
 * connect again by ourselves: the client's own way of doing that ends the process when Slack refuses the token.
 */
export function connectSocketMode(options: SocketModeOptions): { stop(): Promise<void> } {
  const { app, appToken, slackApiUrl, now, log, pauseMs = pauseOf } = options;
  const receiver = new SocketModeReceiver({
    appToken: appToken.reveal(),
    logger: silentLogger,
    autoReconnectEnabled: false,
    installerOptions: { clientOptions: webClientOptions({ slackApiUrl, timeoutMs: 10_000 }) },
  });
  receiver.init(app);
  const stopping = new AbortController();
  let onClosed = () => {};
  receiver.client.on('disconnected', () => onClosed());

  async function stayConnected() {
    let failures = 0;
    while (!stopping.signal.aborted) {
      const startedAt = now();
      const connected = await connectOnce();
      failures = connected && now() - startedAt >= lastsMs ? 0 : failures + 1;
      await sleep(pauseMs(failures), undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  /** @returns false when it did not come to a connection; true when one has ended */
  async function connectOnce(): Promise<boolean> {
    const closed = new Promise<void>((resolve) => (onClosed = resolve));
    try {
      await receiver.start();
      log('info', 'slack socket mode connected');
      if (stopping.signal.aborted) await receiver.client.disconnect();
      await closed;
      log('info', 'slack socket mode disconnected');
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'closed before it was ready';
      log('warn', 'slack socket mode not connected', { reason });
      return false;
    }
  }

  const ended = stayConnected();
  return {
    async stop() {
      stopping.abort();
      await receiver.client.disconnect();
      await ended;
    },
  };
}
