import type { CallCounts } from '../shared/call-log.ts';
import type { Fault } from '../shared/faults.ts';
import type { LoggedRequest } from '../shared/logged-request.ts';

/** The control surface of one vendor (design §10), for demo, tests and bench. */
export function controlOf(baseUrl: string, token: string) {
  async function call<T>(method: string, verb: string, body?: unknown): Promise<T> {
    const response = await fetch(`${baseUrl}/_sandbox/${verb}`, {
      method,
      headers: { 'x-sandbox-token': token, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`${method} /_sandbox/${verb}: ${response.status} ${text.slice(0, 200)}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
  return {
    requests: (since = 0) => call<LoggedRequest[]>('GET', `requests?since=${since}`),
    /** By kind, since the start or the last reset; they do not depend on what the log keeps. */
    calls: () => call<CallCounts>('GET', 'calls'),
    addFault: (fault: Fault) => call<{ id: string }>('POST', 'faults', fault),
    faults: () => call<{ id: string; used: number; waiting: number }[]>('GET', 'faults'),
    clearFaults: () => call<void>('DELETE', 'faults'),
    latency: (ms: number) => call<void>('POST', 'latency', { ms }),
    post: <T>(verb: string, body: unknown = {}) => call<T>('POST', verb, body),
  };
}

export type Control = ReturnType<typeof controlOf>;
