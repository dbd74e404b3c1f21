import { createHmac } from 'node:crypto';
import type { Secret } from '../../../config/secret.ts';
import { areEqualSecrets } from '../equal-secrets.ts';
import { WebhookRefusal, isRefused } from '../refusal.ts';

export interface JiraSignature {
  readonly rawBody: Buffer;
  /** `X-Hub-Signature`: `sha256=<hex HMAC-SHA256(secret, raw body)>`. */
  readonly header: string | undefined;
  readonly secret: Secret;
}

/** Jira repeats a delivery for hours: repeats are caught by their id, not by their age. */
const windowMs = 24 * 3_600_000;

/**
 * Atlassian may change the method; all but sha256 is refused.
 * @throws WebhookRefusal unsigned or forged
 */
export function verifyJiraSignature({ rawBody, header, secret }: JiraSignature): void {
  if (!header)
    throw new WebhookRefusal('unsigned', 'X-Hub-Signature is missing: set the secret of the webhook');
  const [method, given = ''] = header.split('=');
  if (method !== 'sha256') throw new WebhookRefusal('forged', 'X-Hub-Signature: only sha256 is accepted');
  const expected = createHmac('sha256', secret.reveal()).update(rawBody).digest('hex');
  if (!areEqualSecrets(given, expected))
    throw new WebhookRefusal(
      'forged',
      'X-Hub-Signature does not fit the body: check the secret of the webhook',
    );
}

export function isValidJiraSignature(signature: JiraSignature): boolean {
  return !isRefused(() => verifyJiraSignature(signature));
}

/**
 * No header is signed, but the body's `timestamp` is.
 * @param timestamp milliseconds, as the body says
 * @param now milliseconds
 * @throws WebhookRefusal malformed or stale
 */
export function verifyJiraTimestamp(timestamp: unknown, now: number): void {
  if (typeof timestamp !== 'number' || !Number.isFinite(timestamp))
    throw new WebhookRefusal('malformed', 'timestamp: a number of milliseconds is expected');
  if (Math.abs(now - timestamp) > windowMs)
    throw new WebhookRefusal('stale', 'timestamp: more than 24 hours away from now');
}

export function isValidJiraTimestamp(timestamp: unknown, now: number): boolean {
  return !isRefused(() => verifyJiraTimestamp(timestamp, now));
}
