import { createHmac } from 'node:crypto';

/** What came back from the app, or that nothing did. */
export interface PostAnswer {
  /** 0 without an answer. */
  readonly status: number;
  readonly body: string;
  readonly ms: number;
  /** `http_timeout`: nothing within the time; `connection_failed`: nobody there, or cut. */
  readonly failure?: 'http_timeout' | 'connection_failed';
  /** The app asks not to be asked again. */
  readonly noRetry: boolean;
}

/** The value of `X-Slack-Signature`, over the raw body (contracts §2.4). */
export function signSlackRequest(signingSecret: string, timestamp: string, body: string): string {
  const digest = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  return `v0=${digest}`;
}

/** One attempt, never a repeat: what may be repeated is the caller's to decide. */
export async function postToApp(call: {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  timeoutMs: number;
}): Promise<PostAnswer> {
  const { url, headers, body, timeoutMs } = call;
  const from = performance.now();
  const ms = () => Math.round(performance.now() - from);
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
    const text = await answer.text();
    const noRetry = answer.headers.get('x-slack-no-retry') === '1';
    return { status: answer.status, body: text, ms: ms(), noRetry };
  } catch (error) {
    const failure = (error as Error).name === 'TimeoutError' ? 'http_timeout' : 'connection_failed';
    return { status: 0, body: '', ms: ms(), failure, noRetry: false };
  }
}
