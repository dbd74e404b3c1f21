import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { VendorRequest } from '../shared/front.ts';
import { unsigned } from './sir-refusal.ts';

const algorithm = 'AWS4-HMAC-SHA256';
/** Of a signature in a header, both ways. */
const toleranceMs = 5 * 60_000;

export interface Claim {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const form =
  /^AWS4-HMAC-SHA256 +Credential=([^/, ]+)\/(\d{8})\/([^/, ]+)\/([^/, ]+)\/aws4_request, *SignedHeaders=([^, ]+), *Signature=([0-9a-f]{64})$/;

/** @throws 403 when there is none */
export function readClaim(request: VendorRequest): Claim {
  const header = request.headers.authorization;
  if (header === undefined)
    throw unsigned('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const [, accessKeyId = '', date = '', region = '', service = '', names = '', signature = ''] =
    form.exec(header) ?? [];
  if (accessKeyId === '')
    throw unsigned('IncompleteSignatureException', 'Authorization header is no Signature Version 4');
  return { accessKeyId, date, region, service, signedHeaders: names.split(';'), signature };
}

/** Signature Version 4, computed again from what has arrived. @throws 403 as AWS answers it */
export async function verifySignature(
  request: VendorRequest,
  claim: Claim,
  expected: {
    readonly region: string;
    readonly service: string;
    readonly now: Date;
    readonly secret: string;
  },
): Promise<void> {
  const at = String(request.headers['x-amz-date'] ?? '');
  const sent = Date.parse(at.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (Number.isNaN(sent) || !at.startsWith(claim.date))
    throw unsigned('IncompleteSignatureException', 'X-Amz-Date is missing or not of the credential’s day');
  if (Math.abs(expected.now.getTime() - sent) > toleranceMs)
    throw mismatch(`Signature expired: ${at} is more than 5 minutes away from ${expected.now.toISOString()}`);
  if (claim.service !== expected.service || claim.region !== expected.region)
    throw mismatch(
      `Credential should be scoped to a valid region and correct service: ${expected.region}, ${expected.service}`,
    );
  for (const name of ['host', 'x-amz-date'])
    if (!claim.signedHeaders.includes(name)) throw mismatch(`'${name}' must be a signed header`);
  const wanted = sign(request, await request.body(), claim, at, expected.secret);
  if (!timingSafeEqual(Buffer.from(wanted, 'hex'), Buffer.from(claim.signature, 'hex')))
    throw mismatch(
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    );
}

function sign(request: VendorRequest, body: Buffer, claim: Claim, at: string, secret: string): string {
  const scope = `${claim.date}/${claim.region}/${claim.service}/aws4_request`;
  const text = [algorithm, at, scope, sha256(canonicalRequest(request, body, claim))].join('\n');
  const key = scope.split('/').reduce<Buffer | string>((by, part) => hmac(by, part), `AWS4${secret}`);
  return hmac(key, text).toString('hex');
}

function canonicalRequest(request: VendorRequest, body: Buffer, { signedHeaders }: Claim): string {
  const [path = '/', query = ''] = request.url.split('?');
  const headers = signedHeaders.map((name) => {
    const value = request.headers[name];
    const text = Array.isArray(value) ? value.join(',') : (value ?? '');
    return `${name}:${text.trim().replace(/ +/g, ' ')}\n`;
  });
  // The path is escaped once more than on the wire, as every service but S3 wants it.
  const canonicalPath = path.split('/').map(escape).join('/');
  return [
    request.method,
    canonicalPath,
    canonicalQuery(query),
    headers.join(''),
    signedHeaders.join(';'),
    sha256(body),
  ].join('\n');
}

function canonicalQuery(query: string): string {
  const pairs = [...new URLSearchParams(query)].map(([name, value]) => `${escape(name)}=${escape(value)}`);
  return pairs.sort((a, b) => (a < b ? -1 : 1)).join('&');
}

const escape = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const mismatch = (message: string) => unsigned('InvalidSignatureException', message);
