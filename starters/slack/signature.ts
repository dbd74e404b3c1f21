import { createHmac } from 'node:crypto';
import type { Secret } from '../../config/secret.ts';
import { areEqualSecrets } from '../webhooks/equal-secrets.ts';
import { WebhookRefusal, isRefused } from '../webhooks/refusal.ts';

export interface SlackDelivery {
  /** As it came: decoding a form and encoding it again gives other bytes. */
  readonly rawBody: Buffer;
  /** `X-Slack-Signature`: `v0=<hex>`. */
  readonly signature: string | undefined;
  /** `X-Slack-Request-Timestamp`, seconds. */
  readonly timestamp: string | undefined;
  readonly signingSecret: Secret | undefined;
  /** Milliseconds. */
  readonly now: number;
}

const windowMs = 5 * 60_000;

/**
 * Here and not by Bolt, which takes any timestamp of the future (contracts §2.4).
 * @throws WebhookRefusal not-configured, unsigned, forged or stale
 */
export function verifySlackDelivery({
  rawBody,
  signature,
  timestamp,
  signingSecret,
  now,
}: SlackDelivery): void {
  if (!signingSecret) throw new WebhookRefusal('not-configured', 'Slack over HTTP is not configured here');
  if (!signature || !timestamp)
    throw new WebhookRefusal('unsigned', 'X-Slack-Signature or X-Slack-Request-Timestamp is missing');
  const hmac = createHmac('sha256', signingSecret.reveal()).update(`v0:${timestamp}:`).update(rawBody);
  if (!areEqualSecrets(signature, `v0=${hmac.digest('hex')}`))
    throw new WebhookRefusal('forged', 'X-Slack-Signature does not fit: check the signing secret');
  const seconds = /^[0-9]{1,12}$/.test(timestamp) ? Number(timestamp) : Number.NaN;
  if (!(Math.abs(now - seconds * 1000) <= windowMs))
    throw new WebhookRefusal('stale', 'X-Slack-Request-Timestamp: more than 5 minutes away from now');
}

export function isValidSlackDelivery(delivery: SlackDelivery): boolean {
  return !isRefused(() => verifySlackDelivery(delivery));
}
