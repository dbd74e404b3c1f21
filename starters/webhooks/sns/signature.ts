import { verify, type KeyObject } from 'node:crypto';
import { WebhookRefusal, isRefused } from '../refusal.ts';
import type { SnsEnvelope } from './envelope.ts';

/** Both sides (design §7): SNS repeats for an hour by our delivery policy, and a repeat carries the first time. */
const windowMs = 3_600_000;

const digests = { '1': 'RSA-SHA1', '2': 'RSA-SHA256' } as const;

/** @throws WebhookRefusal forged */
export function verifySnsSignature(
  { signatureVersion, signature, signedText }: SnsEnvelope,
  key: KeyObject,
): void {
  const bytes = Buffer.from(signature, 'base64');
  if (verify(digests[signatureVersion], Buffer.from(signedText), key, bytes)) return;
  throw new WebhookRefusal('forged', 'Signature does not fit the message');
}

export function isValidSnsSignature(envelope: SnsEnvelope, key: KeyObject): boolean {
  return !isRefused(() => verifySnsSignature(envelope, key));
}

/** @param now milliseconds · @throws WebhookRefusal malformed or stale */
export function verifySnsTimestamp({ timestamp }: Pick<SnsEnvelope, 'timestamp'>, now: number): void {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/.test(timestamp) ? Date.parse(timestamp) : NaN;
  if (Number.isNaN(at)) throw new WebhookRefusal('malformed', 'Timestamp: a time in UTC is expected');
  if (Math.abs(now - at) > windowMs)
    throw new WebhookRefusal('stale', 'Timestamp: more than an hour away from now');
}

export function isValidSnsTimestamp(envelope: Pick<SnsEnvelope, 'timestamp'>, now: number): boolean {
  return !isRefused(() => verifySnsTimestamp(envelope, now));
}

/** Where certificates may come from. Loopback in the sandbox only: there SNS is the emulator. */
export interface CertificatePlaces {
  /** Base URL of the emulator. */
  readonly sandbox?: string | undefined;
}

/**
 * Whoever names the certificate decides whom we believe: so the address is held against SNS's own, of the topic's region, before anything
 * is fetched.
 * @returns where it is fetched from
 * @throws WebhookRefusal forged
 */
export function pinCertificateUrl(
  { signingCertUrl, topicArn }: Pick<SnsEnvelope, 'signingCertUrl' | 'topicArn'>,
  { sandbox }: CertificatePlaces,
): URL {
  const url = URL.canParse(signingCertUrl) ? new URL(signingCertUrl) : undefined;
  const region = topicArn.split(':')[3] ?? '';
  if (
    url &&
    isPlainPath(url) &&
    (isOfSns(url, region) || (sandbox && url.origin === new URL(sandbox).origin))
  )
    return sandbox ? new URL(url.pathname, sandbox) : url;
  throw new WebhookRefusal('forged', 'SigningCertURL is none of SNS in the region of the topic');
}

function isOfSns({ protocol, host }: URL, region: string): boolean {
  const hosts = [`sns.${region}.amazonaws.com`, `sns.${region}.amazonaws.com.cn`];
  return /^[a-z0-9-]{4,30}$/.test(region) && protocol === 'https:' && hosts.includes(host);
}

function isPlainPath({ pathname, search, hash, username, password }: URL): boolean {
  const isBare = [search, hash, username, password].every((part) => part === '');
  return isBare && /^\/SimpleNotificationService-[A-Za-z0-9]{1,128}\.pem$/.test(pathname);
}
