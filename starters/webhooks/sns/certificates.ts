import { X509Certificate, type KeyObject } from 'node:crypto';
import { WebhookRefusal } from '../refusal.ts';

export interface CertificateOptions {
  /** Milliseconds. */
  readonly now: () => number;
  readonly fetch?: typeof fetch;
  /** Of one fetch, ms. Default 3,000. */
  readonly timeoutMs?: number;
}

/** @param url pinned before · @throws WebhookRefusal when it cannot be had or is none */
export type Certificates = (url: URL) => Promise<KeyObject>;

const keptMs = 24 * 3_600_000;
const mostKept = 20;
/** Bytes; SNS's has two thousand. */
const longest = 16_384;
/** Anybody may post an address that pins: he must not make us fetch at will. */
const mostFetches = 10;
const perMs = 60_000;

/** SNS's certificates, each fetched once a day. */
export function createCertificates(options: CertificateOptions): Certificates {
  const { now } = options;
  const kept = new Map<string, { readonly key: Promise<KeyObject>; readonly until: number }>();
  let fetches: readonly number[] = [];

  return async ({ href }) => {
    const at = now();
    const known = kept.get(href);
    if (known && at < known.until) return known.key;
    fetches = fetches.filter((one) => at - one < perMs);
    if (fetches.length >= mostFetches) throw unavailable('too many certificates are asked for');
    fetches = [...fetches, at];
    const key = fetchKey(href, options);
    kept.delete(href);
    kept.set(href, { key, until: at + keptMs });
    for (const oldest of [...kept.keys()].slice(0, Math.max(0, kept.size - mostKept))) kept.delete(oldest);
    // what failed is asked for again with the next delivery
    key.catch(() => kept.delete(href));
    return key;
  };
}

async function fetchKey(
  href: string,
  { now, fetch: get = fetch, timeoutMs = 3_000 }: CertificateOptions,
): Promise<KeyObject> {
  const pem = await fetchText(href, get, timeoutMs);
  const certificate = parse(pem);
  const at = now();
  if (at < certificate.validFromDate.getTime() || at > certificate.validToDate.getTime())
    throw new WebhookRefusal('forged', 'the certificate at SigningCertURL is not valid now');
  const { publicKey } = certificate;
  if (publicKey.asymmetricKeyType === 'rsa') return publicKey;
  throw new WebhookRefusal('forged', 'the certificate at SigningCertURL has no RSA key');
}

/** One request; SNS repeats the delivery. */
async function fetchText(href: string, get: typeof fetch, timeoutMs: number): Promise<string> {
  try {
    const response = await get(href, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`status ${response.status}`);
    }
    return await readBounded(response);
  } catch (error) {
    throw unavailable(error instanceof Error ? error.message : String(error));
  }
}

async function readBounded({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += part.length;
    if (size > longest) throw new Error('it is too large');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('latin1');
}

function parse(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new WebhookRefusal('forged', 'there is no certificate at SigningCertURL');
  }
}

function unavailable(reason: string): WebhookRefusal {
  return new WebhookRefusal('unavailable', `the certificate at SigningCertURL cannot be had: ${reason}`);
}
