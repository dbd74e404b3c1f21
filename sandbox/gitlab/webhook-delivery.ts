import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { alertStatus, noteDelivery, type ProjectHook } from './project-hook.ts';

/** How patient the sender is; the defaults are 10 s, 3 attempts, 200 ms between them, no auto-disabling. */
export interface DeliveryOptions {
  /** GitLab.com gives up after 10 s. */
  readonly timeoutMs?: number;
  /** GitLab itself never repeats an automatic delivery; ours does, so that receivers prove that they dedup. */
  readonly attempts?: number;
  readonly retryDelayMs?: number;
  /** Off as on a self-managed GitLab; on as on GitLab.com. */
  readonly autoDisable?: boolean;
}

export interface WebhookEvent {
  readonly name: 'Pipeline Hook' | 'Job Hook' | 'Deployment Hook' | 'Merge Request Hook' | 'Push Hook';
  /** One per event, shared by all hooks that hear of it: not a dedup key. */
  readonly uuid: string;
  /** Base URL of the GitLab that speaks. */
  readonly instance: string;
  readonly body: object;
}

/** One event for one hook, with all its attempts. */
export interface Delivery {
  readonly id: number;
  readonly hookId: number;
  readonly event: WebhookEvent['name'];
  /** The dedup key, stable over repeats: `Idempotency-Key` and `webhook-id`. */
  readonly idempotencyKey: string;
  readonly url: string;
  readonly requestBody: string;
  /** Of each attempt: the HTTP status, or 0 without an answer. */
  readonly statuses: number[];
}

export interface WebhookSender {
  readonly deliveries: readonly Delivery[];
  /** Undefined while the hook is switched off. Resolves when it was taken or all attempts failed. */
  send(hook: ProjectHook, event: WebhookEvent): Promise<Delivery | undefined>;
  /** Sends a past delivery again, with the same body and key. */
  redeliver(id: number): Promise<Delivery>;
  stop(): Promise<void>;
}

type Sendable = { hook: ProjectHook; event: WebhookEvent; delivery: Delivery };

export function createWebhookSender(options: DeliveryOptions & { readonly now: () => Date }): WebhookSender {
  const { timeoutMs = 10_000, attempts = 3, retryDelayMs = 200, autoDisable = false, now } = options;
  const deliveries: Delivery[] = [];
  const sent = new Map<number, Sendable>();
  const stopper = new AbortController();
  const inFlight = new Set<Promise<unknown>>();

  async function send(hook: ProjectHook, event: WebhookEvent): Promise<Delivery | undefined> {
    if (alertStatus(hook, now()) !== 'executable' || stopper.signal.aborted) return undefined;
    const delivery: Delivery = {
      id: deliveries.length + 1,
      hookId: hook.id,
      event: event.name,
      idempotencyKey: randomUUID(),
      url: hook.settings.url,
      requestBody: JSON.stringify(event.body),
      statuses: [],
    };
    deliveries.push(delivery);
    sent.set(delivery.id, { hook, event, delivery });
    return track(attempt({ hook, event, delivery }, attempts));
  }

  async function redeliver(id: number): Promise<Delivery> {
    const past = sent.get(id);
    if (!past) throw new Error(`id: there is no delivery ${id}; POST /_sandbox/deliveries lists them`);
    return track(attempt(past, 1));
  }

  async function track(work: Promise<Delivery>): Promise<Delivery> {
    inFlight.add(work);
    return work.finally(() => inFlight.delete(work));
  }

  async function attempt(sendable: Sendable, left: number): Promise<Delivery> {
    const { hook, delivery } = sendable;
    const status = await post(sendable);
    if (stopper.signal.aborted) return delivery;
    delivery.statuses.push(status);
    const delivered = status >= 200 && status < 300;
    if (!delivered && left > 1) {
      await pause(retryDelayMs, undefined, { signal: stopper.signal }).catch(() => undefined);
      return attempt(sendable, left - 1);
    }
    if (autoDisable) noteDelivery(hook, delivered, now());
    return delivery;
  }

  async function post({ hook, event, delivery }: Sendable): Promise<number> {
    const signal = AbortSignal.any([stopper.signal, AbortSignal.timeout(timeoutMs)]);
    const headers = { ...plainHeaders(hook, event, delivery), ...signature(hook, delivery, now()) };
    const body = delivery.requestBody;
    try {
      const response = await fetch(delivery.url, {
        method: 'POST',
        headers,
        body,
        signal,
        redirect: 'manual',
      });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return 0;
    }
  }

  async function stop() {
    stopper.abort();
    await Promise.allSettled(inFlight);
  }

  return { deliveries, send, redeliver, stop };
}

function plainHeaders(hook: ProjectHook, event: WebhookEvent, delivery: Delivery): Record<string, string> {
  const { token } = hook.settings;
  return {
    'Content-Type': 'application/json',
    'User-Agent': 'GitLab/19.5.0-ee',
    'X-Gitlab-Event': event.name,
    'X-Gitlab-Event-UUID': event.uuid,
    'X-Gitlab-Webhook-UUID': hook.uuid,
    'X-Gitlab-Instance': event.instance,
    'Idempotency-Key': delivery.idempotencyKey,
    ...(token === undefined ? {} : { 'X-Gitlab-Token': token }),
  };
}

/** Standard Webhooks: HMAC-SHA256 over `<id>.<timestamp>.<body>`; a repeat is signed at its own time. */
function signature(hook: ProjectHook, delivery: Delivery, now: Date): Record<string, string> {
  const { signing_token: token } = hook.settings;
  if (token === undefined) return {};
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const key = Buffer.from(token.slice('whsec_'.length), 'base64');
  const signed = `${delivery.idempotencyKey}.${timestamp}.${delivery.requestBody}`;
  return {
    'webhook-id': delivery.idempotencyKey,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
  };
}
