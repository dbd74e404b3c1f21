import assert from 'node:assert/strict';
import { waitUntil } from '../../../scripts/wait-until.ts';
import { startSirSite, type Body, type SirSite } from './sir-site.ts';

describe('Security Incident Response stand-in: attachments', () => {
  let site: SirSite;
  let caseId: string;
  const order = { fileName: 'evidence.txt', contentLength: 5 };
  const uploadUrl = async (more: object = {}) => {
    const made = await site.done('POST', `/v1/cases/${caseId}/get-presigned-url`, { ...order, ...more });
    return String(made['attachmentPresignedUrl']);
  };
  const put = (url: string, body = 'proof', headers: Record<string, string> = { 'if-none-match': '*' }) =>
    fetch(url, { method: 'PUT', body, headers });
  const attachments = async () => (await site.get(caseId))['caseAttachments'] as Body[];
  const downloadUrl = async (attachmentId: unknown) => {
    const made = await site.done('GET', `/v1/cases/${caseId}/get-presigned-url/${String(attachmentId)}`);
    return String(made['attachmentPresignedUrl']);
  };

  before(async () => void (site = await startSirSite()));
  after(() => site.stop());
  beforeEach(async () => {
    await site.reset();
    caseId = await site.create();
  });

  it('are there when they are uploaded, Pending, then Verified', async () => {
    await site.person.scan({ mode: 'hold' });
    const url = await uploadUrl();
    assert.deepEqual(await attachments(), []);
    assert.equal((await put(url)).status, 200);
    const [pending] = await attachments();
    assert.deepEqual([pending?.['fileName'], pending?.['attachmentStatus']], ['evidence.txt', 'Pending']);
    await site.person.scan({ mode: 'verify' });
    assert.equal((await attachments())[0]?.['attachmentStatus'], 'Verified');
    const response = await fetch(await downloadUrl(pending?.['attachmentId']));
    assert.equal(await response.text(), 'proof');
  });

  for (const [mode, status] of [['verify', 'Verified'] as const, ['fail', 'Failed'] as const])
    it(`the scan ends by itself: ${status}`, async () => {
      await site.person.scan({ mode, ms: 1 });
      await put(await uploadUrl());
      await waitUntil('the end of the scan', 5_000, async () => {
        const [one] = await attachments();
        return one?.['attachmentStatus'] === status ? one : undefined;
      });
      const last = site.events.at(-1);
      assert.deepEqual(
        [last?.detailType, last?.detail['updatedBy']],
        ['Case Updated', 'security-ir.amazonaws.com'],
      );
    });

  const wrongPuts: readonly (readonly [
    what: string,
    status: number,
    put: (url: string) => Promise<Response>,
  ])[] = [
    ['without If-None-Match', 403, (url) => put(url, 'proof', {})],
    ['with other bytes than announced', 403, (url) => put(url, 'proof!')],
    ['with a changed length', 403, (url) => put(url.replace('length=5', 'length=6'), 'proof!')],
    ['to another name', 403, (url) => put(url.replace(/.\?/, 'x?'))],
    ['with the verb changed', 403, (url) => fetch(url)],
  ];
  for (const [what, status, upload] of wrongPuts)
    it(`an upload ${what} is refused, as XML`, async () => {
      const response = await upload(await uploadUrl());
      assert.equal(response.status, status);
      assert.match(await response.text(), /^<\?xml .*\n<Error><Code>SignatureDoesNotMatch</);
      assert.deepEqual(await attachments(), []);
    });

  it('are uploaded once, also with the token of the first time', async () => {
    const urls = [await uploadUrl({ clientToken: 'u1' }), await uploadUrl({ clientToken: 'u1' })];
    const answers = [];
    for (const url of urls) answers.push((await put(url)).status);
    assert.deepEqual(answers, [200, 412]);
    assert.equal((await attachments()).length, 1);
  });

  it('URLs end', async () => {
    await site.person.urlLifetime(60);
    const { attachmentId } = await site.person.attach(caseId, 'log.txt', 'lines');
    const urls = [await uploadUrl(), await downloadUrl(attachmentId)] as const;
    site.wait(60_000);
    const answers = await Promise.all([put(urls[0]), fetch(urls[1])]);
    for (const answer of answers) {
      assert.equal(answer.status, 403);
      assert.match(await answer.text(), /AccessDenied.*Request has expired/);
    }
  });

  const badOrders: readonly object[] = [
    { fileName: 'a b.txt' },
    { fileName: '../x' },
    { fileName: 'x'.repeat(256) },
    { contentLength: 0 },
    { contentLength: 104_857_601 },
  ];
  for (const bad of badOrders)
    it(`refuses ${JSON.stringify(bad).slice(0, 50)}`, async () => {
      const url = `/v1/cases/${caseId}/get-presigned-url`;
      assert.equal((await site.call('POST', url, { ...order, ...bad })).type, 'ValidationException');
    });

  it('a case has at most 50', async () => {
    for (let n = 0; n < 50; n += 1) await site.person.attach(caseId, `f${n}.txt`, String(n));
    const { status, type } = await site.call('POST', `/v1/cases/${caseId}/get-presigned-url`, order);
    assert.deepEqual([status, type], [402, 'ServiceQuotaExceededException']);
  });

  it('of AWS may have failed their scan, or have no end of it yet', async () => {
    for (const status of ['Verified', 'Failed', 'Pending'] as const)
      await site.person.attach(caseId, `${status}.bin`, new Uint8Array([0, 255]), status);
    const rows = (await attachments()).map((one) => [one['attachmentStatus'], one['creator']]);
    assert.deepEqual(rows, [
      ['Verified', 'AWS Responder'],
      ['Failed', 'AWS Responder'],
      ['Pending', 'AWS Responder'],
    ]);
  });

  it('one that is not there has no URL', async () => {
    const id = '00000000-0000-4000-8000-000000000000';
    const { type } = await site.call('GET', `/v1/cases/${caseId}/get-presigned-url/${id}`);
    assert.equal(type, 'ResourceNotFoundException');
  });
});
