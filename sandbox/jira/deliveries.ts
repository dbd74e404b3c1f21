import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a webhook call needs to be made, and made again byte for byte. */
export interface Message {
  readonly event: string;
  readonly url: string;
  readonly secret: string | undefined;
  /** The exact bytes that are signed, the same each time; empty for a webhook with excludeBody. */
  readonly render: () => string;
}

/** One line of the delivery log. `status` is the last HTTP status, 0 when there was no answer (yet). */
export interface Delivery {
  readonly identifier: string;
  readonly event: string;
  readonly url: string;
  attempts: number;
  status: number;
  state: 'pending' | 'delivered' | 'given up';
}

export interface DeliveryOptions {
  /** Wait before each repetition, ms. The real service waits 5 to 15 minutes. */
  readonly retryDelayMs: number;
  /** How long an endpoint may take to answer, ms. */
  readonly timeoutMs: number;
}

/** Order is not promised: up to twenty calls are in the air at once. */
export interface Deliveries {
  send(message: Message): void;
  list(): readonly Delivery[];
  /** Sends once more what was sent before, under the same identifier: the service delivers at least once. */
  redeliver(identifier: string): Promise<Delivery>;
  /** When nothing is on its way any more. */
  settled(): Promise<void>;
  clear(): void;
  stop(): void;
}

/** Finished ones that the log still knows, and that can be sent again. */
const keptDeliveries = 1_000;
const maxRetries = 5;
/** The service's limit of primary webhooks in flight per tenant and host. */
const maxConcurrent = 20;
/** Besides 5xx, refusals and timeouts (contracts §2.1); any other 4xx ends a delivery. */
const retriedStatuses = new Set([408, 409, 425, 429]);

/** At-least-once delivery, as the service does it, only sooner. */
export function createDeliveries(options: DeliveryOptions): Deliveries {
  const entries = new Map<string, { delivery: Delivery; message: Message }>();
  // Oldest first; one that was sent again stands there twice.
  const finished: string[] = [];
  const running = new Set<Promise<void>>();
  const slots = createSlots(maxConcurrent);
  let stopped = new AbortController();

  async function attempt(delivery: Delivery, message: Message, signal: AbortSignal): Promise<void> {
    const retry = delivery.attempts;
    delivery.attempts += 1;
    await slots.take();
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs)]);
      delivery.status = await post(delivery.identifier, message, retry, limit);
    } finally {
      slots.give();
    }
  }

  async function deliver(delivery: Delivery, message: Message): Promise<void> {
    const { signal } = stopped;
    await attempt(delivery, message, signal);
    for (let retry = 1; retry <= maxRetries && isRetried(delivery.status); retry += 1) {
      await sleep(options.retryDelayMs, undefined, { signal });
      await attempt(delivery, message, signal);
    }
    delivery.state = delivery.status >= 200 && delivery.status < 300 ? 'delivered' : 'given up';
    forgetBut(delivery.identifier);
  }

  function forgetBut(newest: string): void {
    finished.push(newest);
    const [oldest] = finished;
    if (finished.length <= keptDeliveries || oldest === undefined) return;
    finished.shift();
    if (!finished.includes(oldest)) entries.delete(oldest);
  }

  function track(work: Promise<void>): Promise<void> {
    // The only rejection is that of a stopped sandbox, and then nobody waits.
    const quiet = work.catch(() => undefined).finally(() => running.delete(quiet));
    running.add(quiet);
    return quiet;
  }

  return {
    send(message) {
      const { event, url } = message;
      const delivery: Delivery = {
        identifier: randomUUID(),
        event,
        url,
        attempts: 0,
        status: 0,
        state: 'pending',
      };
      entries.set(delivery.identifier, { delivery, message });
      void track(deliver(delivery, message));
    },
    list: () => [...entries.values()].map(({ delivery }) => ({ ...delivery })),
    async redeliver(identifier) {
      const entry = entries.get(identifier);
      if (!entry) throw new Error(`identifier: no delivery ${identifier}; see the control "deliveries"`);
      await track(deliver(entry.delivery, entry.message));
      return { ...entry.delivery };
    },
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
    clear() {
      stopped.abort();
      stopped = new AbortController();
      entries.clear();
      finished.length = 0;
    },
    stop: () => stopped.abort(),
  };
}

/** 0 = refused, timed out or cut: retried like a 5xx. */
const isRetried = (status: number) => status === 0 || status >= 500 || retriedStatuses.has(status);

async function post(
  identifier: string,
  message: Message,
  retry: number,
  signal: AbortSignal,
): Promise<number> {
  const body = message.render();
  const headers = {
    'content-type': 'application/json; charset=UTF-8',
    'x-atlassian-webhook-identifier': identifier,
    'x-atlassian-webhook-flow': 'Primary',
    ...(retry > 0 ? { 'x-atlassian-webhook-retry': String(retry) } : {}),
    ...(message.secret ? { 'x-hub-signature': signBody(message.secret, body) } : {}),
  };
  try {
    const answer = await fetch(message.url, {
      ...{ method: 'POST', headers, body, signal },
      redirect: 'manual',
    });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return 0;
  }
}

/** The value of `X-Hub-Signature`: WebSub style, over the raw body. */
export function signBody(secret: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** Admits so many at a time; the others wait in line. */
function createSlots(count: number) {
  let waiting: (() => void)[] = [];
  let served = 0;
  let free = count;
  return {
    async take() {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
    },
    give() {
      const next = waiting[served];
      if (!next) return void (free += 1);
      served += 1;
      // Not one by one: the line may be a hundred thousand long.
      if (served === 1_000) {
        waiting = waiting.slice(served);
        served = 0;
      }
      next();
    },
  };
}
