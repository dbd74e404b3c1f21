import { AsyncLocalStorage } from 'node:async_hooks';
import { Agent, DecoratorHandler, getGlobalDispatcher, setGlobalDispatcher, type Dispatcher } from 'undici';
import type { Answer } from './failures.ts';

/** Times in milliseconds. */
export interface HttpLimits {
  /** From the call to the last byte of its answer. */
  readonly timeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly connectionsPerHost: number;
}

const defaultLimits: HttpLimits = { timeoutMs: 30_000, connectTimeoutMs: 5_000, connectionsPerHost: 16 };

/** What accompanies one outside call: jira.js takes no signal and drops the headers of its answers, so both go round it. */
export interface HttpCall {
  readonly signal?: AbortSignal | undefined;
  /** In place of the process's own limit: a large file may take longer. */
  readonly timeoutMs?: number | undefined;
  /** Set when the head of the vendor's answer arrives. */
  answer?: Answer;
}

type Handler = Dispatcher.DispatchHandler;

const calls = new AsyncLocalStorage<HttpCall>();

/** Runs what calls `fetch`; the call's signal ends its requests. */
export function runHttpCall<T>(call: HttpCall, run: () => Promise<T>): Promise<T> {
  return calls.run(call, run);
}

/**
 * Puts time limits, a cap on connections and cancellation under every `fetch` of this process; called once by a main.
 * @returns `close` ends the connections and restores what was there
 */
export function installHttp(limits: Partial<HttpLimits> = {}): { close(): Promise<void> } {
  const { timeoutMs, connectTimeoutMs, connectionsPerHost } = { ...defaultLimits, ...limits };
  const previous = getGlobalDispatcher();
  const agent = new Agent({
    connect: { timeout: connectTimeoutMs },
    connections: connectionsPerHost,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  setGlobalDispatcher(
    agent.compose(
      (dispatch) => (options, handler) =>
        dispatch(options, boundedHandler(handler, calls.getStore() ?? {}, timeoutMs)),
    ),
  );
  return {
    async close() {
      setGlobalDispatcher(previous);
      await agent.destroy();
    },
  };
}

/** Ends a request when its call is cancelled or its time is over, and notes the head of its answer. */
function boundedHandler(handler: Handler, call: HttpCall, limitMs: number): Handler {
  const timeoutMs = call.timeoutMs ?? limitMs;
  const inner: Handler = new DecoratorHandler(handler);
  let controller: Dispatcher.DispatchController | undefined;
  let stopped: Error | undefined;

  function stop(reason: unknown) {
    stopped = reason instanceof Error ? reason : namedError('AbortError', 'cancelled');
    settle();
    controller?.abort(stopped);
  }
  const onCancel = () => stop(call.signal?.reason);
  const timer = setTimeout(
    () => stop(namedError('TimeoutError', `no complete answer within ${timeoutMs} ms`)),
    timeoutMs,
  );
  function settle() {
    clearTimeout(timer);
    call.signal?.removeEventListener('abort', onCancel);
  }
  call.signal?.addEventListener('abort', onCancel, { once: true });
  if (call.signal?.aborted) onCancel();

  return {
    onRequestStart(started, context) {
      controller = started;
      if (stopped) return started.abort(stopped);
      inner.onRequestStart?.(started, context);
    },
    onRequestUpgrade: (...event) => inner.onRequestUpgrade?.(...event),
    onResponseStart(started, status, headers, message) {
      if (status >= 200) call.answer = { status, headers: rateLimitHeaders(headers) };
      inner.onResponseStart?.(started, status, headers, message);
    },
    onResponseData: (...event) => inner.onResponseData?.(...event),
    onResponseEnd(...event) {
      settle();
      inner.onResponseEnd?.(...event);
    },
    onResponseError(...event) {
      settle();
      inner.onResponseError?.(...event);
    },
  };
}

/** No DOMException: its `code` is a number, on which jira.js 6.2 stumbles with a TypeError. */
function namedError(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

function rateLimitHeaders(headers: Readonly<Record<string, string | string[] | undefined>>) {
  const wanted = Object.entries(headers).filter(([name]) =>
    /^(?:retry-after|(?:x-)?ratelimit-.*)$/i.test(name),
  );
  return Object.fromEntries(wanted.map(([name, value]) => [name.toLowerCase(), String(value)]));
}
