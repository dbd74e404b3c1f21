import { postToApp, signSlackRequest, type PostAnswer } from './signed-post.ts';
import { SlackRefusal } from './slack-refusal.ts';
import type { SocketMode } from './socket-mode.ts';

export type DeliveryKind = 'interactive' | 'slash_commands' | 'events_api';

/** One attempt to reach the app, as the control `deliveries` shows it. */
export interface Delivery {
  readonly n: number;
  readonly at: string;
  readonly kind: DeliveryKind;
  readonly via: 'http' | 'socket';
  /** As sent; `replayOf` sends these very bytes again. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  status: number;
  ms: number;
  error?: DeliveryError;
}

/** Slack's words to the person who acted. */
export type DeliveryError = 'operation_timeout' | 'dispatch_failed';

/** The app's answer, of whichever way it came. */
export interface AppAnswer {
  readonly status: number;
  /** JSON where it is JSON; the payload of an acknowledgement over Socket Mode. */
  readonly body: unknown;
  readonly ms: number;
  /** `n` in the log. */
  readonly delivery: number;
  readonly error?: DeliveryError;
}

/** What a test gives to send what Slack would not. */
export interface Forgery {
  /** In place of the right signature; empty for none. */
  readonly signature?: string | undefined;
  readonly timestampOffsetSeconds?: number | undefined;
}

export interface Deliveries {
  /** Over Socket Mode when a client is connected, else signed to the request URL. One attempt. */
  send(kind: DeliveryKind, payload: object): Promise<AppAnswer>;
  /** An event: three more attempts when it is not taken, in the background. @returns the first attempt's answer */
  sendEvent(payload: object): Promise<AppAnswer>;
  forge(kind: DeliveryKind, payload: object, forgery: Forgery): Promise<AppAnswer>;
  /** The same bytes and headers as an earlier delivery over HTTP; throws `unknown_delivery`. */
  replay(n: number): Promise<AppAnswer>;
  list(): readonly Delivery[];
  /** Forgets the log and gives up repeats. */
  clear(): void;
}

export interface DeliveryOptions {
  readonly signingSecret: string;
  readonly requestUrl: string | undefined;
  readonly answerWithinMs: number;
  /** Before each repeat of an event. */
  readonly retryDelaysMs: readonly number[];
  readonly now: () => Date;
  readonly sockets: SocketMode;
}

/** Where the vendor's own calls go (Slack docs, "Interactivity" and "Events API"): clicks are sent once, events up to four times. */
export function createDeliveries(options: DeliveryOptions): Deliveries {
  const { requestUrl, answerWithinMs, retryDelaysMs, now, sockets } = options;
  const log: Delivery[] = [];
  const timers = new Set<NodeJS.Timeout>();

  function start(entry: Pick<Delivery, 'kind' | 'via' | 'headers' | 'body'>): Delivery {
    const delivery = { n: log.length + 1, at: now().toISOString(), ...entry, status: 0, ms: 0 };
    log.push(delivery);
    return delivery;
  }

  async function post(kind: DeliveryKind, headers: Readonly<Record<string, string>>, body: string) {
    const delivery = start({ kind, via: 'http', headers, body });
    const answer: PostAnswer = requestUrl
      ? await postToApp({ url: requestUrl, headers, body, timeoutMs: answerWithinMs })
      : { status: 0, body: '', ms: 0, failure: 'connection_failed', noRetry: true };
    Object.assign(delivery, { status: answer.status, ms: answer.ms }, errorOf(answer));
    return {
      ...toAppAnswer(delivery, readBody(answer.body)),
      failure: answer.failure,
      noRetry: answer.noRetry,
    };
  }

  function toHeaders(kind: DeliveryKind, body: string, forgery: Forgery): Record<string, string> {
    const seconds = Math.floor(now().getTime() / 1000) + (forgery.timestampOffsetSeconds ?? 0);
    const signature = forgery.signature ?? signSlackRequest(options.signingSecret, String(seconds), body);
    return {
      'content-type': kind === 'events_api' ? 'application/json' : 'application/x-www-form-urlencoded',
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      'x-slack-request-timestamp': String(seconds),
      ...(signature === '' ? {} : { 'x-slack-signature': signature }),
    };
  }

  async function overSocket(kind: DeliveryKind, payload: object, retry: Retry | undefined) {
    const delivery = start({ kind, via: 'socket', headers: {}, body: JSON.stringify(payload) });
    const from = performance.now();
    const acknowledged = await sockets.deliver(kind, payload, answerWithinMs, retry);
    const answer = acknowledged ? { status: 200 } : { status: 0, error: 'operation_timeout' as const };
    Object.assign(delivery, { ...answer, ms: Math.round(performance.now() - from) });
    const failure = acknowledged ? undefined : ('http_timeout' as const);
    return { ...toAppAnswer(delivery, acknowledged?.payload ?? ''), failure, noRetry: false };
  }

  function attempt(kind: DeliveryKind, payload: object, forgery: Forgery = {}, retry?: Retry) {
    if (sockets.isConnected()) return overSocket(kind, payload, retry);
    const body = toBody(kind, payload);
    const repeated: Record<string, string> = retry
      ? { 'x-slack-retry-num': String(retry.num), 'x-slack-retry-reason': retry.reason }
      : {};
    return post(kind, { ...toHeaders(kind, body, forgery), ...repeated }, body);
  }

  async function attemptEvent(payload: object, retry?: Retry): Promise<AppAnswer> {
    const { failure, noRetry, ...answer } = await attempt('events_api', payload, {}, retry);
    const num = (retry?.num ?? 0) + 1;
    const delay = retryDelaysMs[num - 1];
    if (delay !== undefined && !noRetry && !isTaken(answer)) {
      const next = { num, reason: failure ?? 'http_error' };
      const timer = setTimeout(() => {
        timers.delete(timer);
        void attemptEvent(payload, next);
      }, delay).unref();
      timers.add(timer);
    }
    return answer;
  }

  return {
    send: async (kind, payload) => shown(await attempt(kind, payload)),
    sendEvent: (payload) => attemptEvent(payload),
    async forge(kind, payload, forgery) {
      const body = toBody(kind, payload);
      return shown(await post(kind, toHeaders(kind, body, forgery), body));
    },
    async replay(n) {
      const sent = log.find((delivery) => delivery.n === n && delivery.via === 'http');
      if (!sent) throw new SlackRefusal('unknown_delivery');
      return shown(await post(sent.kind, sent.headers, sent.body));
    },
    list: () => log,
    clear() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      log.length = 0;
    },
  };
}

interface Retry {
  readonly num: number;
  readonly reason: string;
}

const isTaken = ({ status }: { status: number }) => status >= 200 && status < 300;

function errorOf(answer: PostAnswer): { error?: DeliveryError } {
  if (answer.failure === 'http_timeout') return { error: 'operation_timeout' };
  return isTaken(answer) ? {} : { error: 'dispatch_failed' };
}

function toAppAnswer({ n, status, ms, error }: Delivery, body: unknown): AppAnswer {
  return { status, body, ms, delivery: n, ...(error ? { error } : {}) };
}

function shown({ status, body, ms, delivery, error }: AppAnswer): AppAnswer {
  return { status, body, ms, delivery, ...(error ? { error } : {}) };
}

/** The bytes that are signed: a form with one field, the form itself, or JSON. */
function toBody(kind: DeliveryKind, payload: object): string {
  if (kind === 'events_api') return JSON.stringify(payload);
  if (kind === 'slash_commands') return new URLSearchParams(payload as Record<string, string>).toString();
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

function readBody(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
