import { createHmac } from 'node:crypto';
import type { Secret } from '../../../config/secret.ts';
import { areEqualSecrets } from '../equal-secrets.ts';
import { WebhookRefusal, isRefused } from '../refusal.ts';

export interface GitlabDelivery {
  readonly rawBody: Buffer;
  readonly headers: {
    /** `webhook-signature`: `v1,<base64>`, several separated by blanks (Standard Webhooks; GitLab 19.0). */
    readonly signature?: string | undefined;
    /** `webhook-id` */
    readonly id?: string | undefined;
    /** `webhook-timestamp`, seconds */
    readonly timestamp?: string | undefined;
    /** `X-Gitlab-Token` */
    readonly token?: string | undefined;
    /** `X-Gitlab-Signature`: what an external status check sends instead, the HMAC of the body in hex. */
    readonly statusCheck?: string | undefined;
  };
  readonly secrets: { readonly token?: Secret | undefined; readonly signingToken?: Secret | undefined };
  /** Milliseconds. */
  readonly now: number;
}

const windowMs = 5 * 60_000;

/**
 * A delivery that carries a signature must pass it; the token is for deliveries without one. External status checks know neither:
 * their shared secret is the token, and signs the body. Without a time it can be replayed; the answer is then the present one.
 * @throws WebhookRefusal unsigned, forged or stale
 */
export function verifyGitlabDelivery(delivery: GitlabDelivery): void {
  const { signature, statusCheck } = delivery.headers;
  if (signature !== undefined) verifySignature(delivery, signature);
  else if (statusCheck !== undefined) verifyStatusCheck(delivery, statusCheck);
  else verifyToken(delivery);
}

export function isValidGitlabDelivery(delivery: GitlabDelivery): boolean {
  return !isRefused(() => verifyGitlabDelivery(delivery));
}

function verifySignature({ rawBody, headers, secrets, now }: GitlabDelivery, signature: string): void {
  const { id, timestamp } = headers;
  if (!secrets.signingToken)
    throw new WebhookRefusal('forged', 'webhook-signature: no signing token is configured here');
  if (!id || !timestamp) throw new WebhookRefusal('unsigned', 'webhook-id or webhook-timestamp is missing');
  const key = Buffer.from(secrets.signingToken.reveal().replace(/^whsec_/, ''), 'base64');
  const hmac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(rawBody);
  const expected = `v1,${hmac.digest('base64')}`;
  if (!signature.split(' ').some((given) => areEqualSecrets(given, expected)))
    throw new WebhookRefusal('forged', 'webhook-signature does not fit: check the signing token');
  const seconds = /^[0-9]{1,12}$/.test(timestamp) ? Number(timestamp) : Number.NaN;
  if (!(Math.abs(now - seconds * 1000) <= windowMs))
    throw new WebhookRefusal('stale', 'webhook-timestamp: more than 5 minutes away from now');
}

function verifyStatusCheck({ rawBody, secrets }: GitlabDelivery, given: string): void {
  if (!secrets.token)
    throw new WebhookRefusal('unsigned', 'X-Gitlab-Signature: no webhook token is configured here');
  const expected = createHmac('sha256', secrets.token.reveal()).update(rawBody).digest('hex');
  if (!areEqualSecrets(given, expected))
    throw new WebhookRefusal(
      'forged',
      'X-Gitlab-Signature does not fit: the shared secret of the status check is the webhook’s token',
    );
}

function verifyToken({ headers, secrets }: GitlabDelivery): void {
  if (!headers.token || !secrets.token)
    throw new WebhookRefusal('unsigned', 'neither webhook-signature nor a usable X-Gitlab-Token');
  if (!areEqualSecrets(headers.token, secrets.token.reveal()))
    throw new WebhookRefusal('forged', 'X-Gitlab-Token does not fit');
}
