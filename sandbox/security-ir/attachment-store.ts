import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { VendorRequest, VendorResponse } from '../shared/front.ts';
import type { CaseStore } from './case-store.ts';
import { service, type Principal, type StoredAttachment, type StoredCase } from './model.ts';
import { quotaExceeded } from './sir-refusal.ts';

export interface ScanSettings {
  /** What the scan of an upload ends with; hold: it stays Pending. */
  readonly mode: 'verify' | 'fail' | 'hold';
  /** How long it takes. */
  readonly ms?: number | undefined;
}

export type AttachmentStore = ReturnType<typeof createAttachmentStore>;

const folder = '/attachments/';
const mostAttachments = 50;
const usualSeconds = 300;
const usualScanMs = 50;

/** Bytes of attachments and the presigned URLs that lead to them, which end and are good for one verb and length each. */
export function createAttachmentStore(store: () => CaseStore, now: () => Date) {
  const secret = randomBytes(32);
  const timers = new Set<NodeJS.Timeout>();
  let expirySeconds = usualSeconds;
  let scan: ScanSettings = { mode: 'verify' };

  const signatureOf = (verb: string, path: string, query: URLSearchParams) =>
    createHmac('sha256', secret)
      .update([verb, path, ...['date', 'expires', 'length'].map((name) => query.get(name) ?? '')].join('\n'))
      .digest('hex');

  function urlOf(verb: 'GET' | 'PUT', baseUrl: string, found: StoredCase, one: StoredAttachment): string {
    const path = `${folder}${found.caseId}/${one.attachmentId}`;
    const query = new URLSearchParams({ date: now().toISOString(), expires: String(expirySeconds) });
    if (verb === 'PUT') query.set('length', String(one.contentLength));
    query.set('signature', signatureOf(verb, path, query));
    return `${baseUrl}${path}?${query.toString()}`;
  }

  function endScan(found: StoredCase, one: StoredAttachment) {
    if (scan.mode === 'hold' || one.attachmentStatus !== 'Pending') return;
    one.attachmentStatus = scan.mode === 'verify' ? 'Verified' : 'Failed';
    const message = `The scan of attachment ${one.attachmentId} ended: ${one.attachmentStatus}.`;
    store().touch(found, service, 'Case Updated', message);
  }

  function startScan(found: StoredCase, one: StoredAttachment) {
    if (scan.mode === 'hold') return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      endScan(found, one);
    }, scan.ms ?? usualScanMs);
    timers.add(timer.unref());
  }

  /** What S3 answers to a presigned URL. */
  async function answer(request: VendorRequest): Promise<VendorResponse> {
    const { method, path, query, headers } = request;
    const [caseId = '', attachmentId = ''] = path.slice(folder.length).split('/');
    const found = store().find(caseId);
    const one = found?.attachments.find((candidate) => candidate.attachmentId === attachmentId);
    const wanted = Buffer.from(signatureOf(method, path, query));
    const given = Buffer.from(query.get('signature') ?? '');
    if (wanted.length !== given.length || !timingSafeEqual(wanted, given))
      return xml(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match');
    const ends = Date.parse(query.get('date') ?? '') + Number(query.get('expires')) * 1000;
    if (!(now().getTime() < ends)) return xml(403, 'AccessDenied', 'Request has expired');
    if (!found || !one) return xml(404, 'NoSuchKey', 'The specified key does not exist.');
    if (method === 'GET') return one.bytes ? file(one.bytes) : xml(404, 'NoSuchKey', 'Not uploaded');
    if (headers['if-none-match'] !== '*')
      return xml(403, 'SignatureDoesNotMatch', 'if-none-match is a signed header');
    if (one.bytes) return xml(412, 'PreconditionFailed', 'At least one of the pre-conditions did not hold');
    const bytes = await request.body();
    if (bytes.length !== one.contentLength)
      return xml(403, 'SignatureDoesNotMatch', 'content-length is a signed header');
    one.bytes = bytes;
    const message = `Attachment ${one.attachmentId} was uploaded.`;
    store().touch(found, one.creator, 'Case Updated', message);
    startScan(found, one);
    return { status: 200, headers: { etag: `"${one.attachmentId}"` } };
  }

  return {
    answer,
    isPath: (path: string) => path.startsWith(folder),
    downloadUrl: (baseUrl: string, found: StoredCase, one: StoredAttachment) =>
      urlOf('GET', baseUrl, found, one),
    uploadUrl: (baseUrl: string, found: StoredCase, one: StoredAttachment) =>
      urlOf('PUT', baseUrl, found, one),
    /** @throws ServiceQuotaExceededException */
    add(
      found: StoredCase,
      { fileName, contentLength }: Pick<StoredAttachment, 'fileName' | 'contentLength'>,
      by: Principal,
    ): StoredAttachment {
      if (found.attachments.filter(({ bytes }) => bytes).length >= mostAttachments)
        throw quotaExceeded(`A case has at most ${mostAttachments} attachments`, found.caseId);
      const one: StoredAttachment = {
        ...{ attachmentId: randomUUID(), fileName, contentLength, creator: by },
        ...{ createdDate: store().seconds(), attachmentStatus: 'Pending' },
      };
      found.attachments.push(one);
      return one;
    },
    /** Of the URLs to come. */
    setExpiry: (seconds: number) => void (expirySeconds = seconds),
    /** Of the uploads to come; whatever is Pending now ends accordingly. */
    setScan(next: ScanSettings) {
      scan = next;
      for (const found of store().all())
        for (const one of found.attachments) if (one.bytes) endScan(found, one);
    },
    reset() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      expirySeconds = usualSeconds;
      scan = { mode: 'verify' };
    },
  };
}

const file = (bytes: Buffer): VendorResponse => ({
  status: 200,
  headers: { 'content-type': 'application/octet-stream', 'content-length': String(bytes.length) },
  body: bytes,
});

const xml = (status: number, code: string, message: string): VendorResponse => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
});
