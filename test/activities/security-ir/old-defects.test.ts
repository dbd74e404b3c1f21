import assert from 'node:assert/strict';
import { hashOf } from '../../../activities/incidents/hash.ts';
import { download } from '../../../activities/security-ir/attachments.ts';
import { createCaseSystem } from '../../../activities/security-ir/client.ts';
import { toCase } from '../../../activities/security-ir/read-shapes.ts';
import { redactError } from '../../../activities/redact.ts';
import type { Expected } from '../../support/loopback.ts';
import { withLoopback } from '../../support/loopback.ts';
import { assertFails } from '../../support/failing-vendor.ts';
import { useHttp } from '../jira/finding-site.ts';

const caseId = '1000000001';
const credentials = { accessKeyId: 'ASIAOURS', secretAccessKey: 'x', sessionToken: 'y' };
const open = (endpoint: string) =>
  createCaseSystem({ region: 'us-east-1', endpoint, credentials, callsPerSecond: 1_000 });
const seconds = (text: string) => Date.parse(text) / 1_000;
const answerOf = (own: object = {}) => ({
  ...{ caseArn: `arn:aws:security-ir:us-east-1:111111111111:case/${caseId}`, caseStatus: 'Submitted' },
  ...{ title: 'Leaked key', resolverType: 'Self' as const, engagementType: 'Security Incident' as const },
  ...{ createdDate: new Date('2026-11-23T10:00:00Z'), ...own },
});

/** What the adapter of Security Incident Response alone can do wrong. */
describe('the old sample’s defects do not come back: cases', () => {
  useHttp(2_000);

  it('B7: a date is the same value at every look, and clocks of the service are no part of what is compared', () => {
    const began = new Date('2026-11-20T08:00:00Z');
    const values = ['2026-11-23T10:00:00Z', '2026-11-24T10:00:00Z'].map((at) => {
      const { fields } = toCase(
        caseId,
        answerOf({ actualIncidentStartDate: began, lastUpdatedDate: new Date(at) }),
      );
      return Object.entries(fields).map(([name, value]) => [name, hashOf(value)]);
    });
    assert.deepEqual(values[0], values[1]);
    const { fields } = toCase(caseId, answerOf({ actualIncidentStartDate: began }));
    assert.equal(fields.actualIncidentStartDate, '2026-11-20T08:00:00.000Z');
  });

  it('B8: comments beyond the first 25 are read, too', async () => {
    const path = `/v1/cases/${caseId}/list-comments`;
    const comment = (id: number) => ({
      ...{ commentId: String(100_000 + id), body: `c${id}`, creator: 'AWS Responder' },
      createdDate: seconds('2026-11-23T10:00:00Z'),
    });
    const page = (from: number, count: number, nextToken?: string): Expected => ({
      ...{ method: 'POST', path },
      respond: {
        body: { items: Array.from({ length: count }, (_, index) => comment(from + index)), nextToken },
      },
    });
    await withLoopback([page(0, 25, 'a'), page(25, 25, 'b'), page(50, 3)], async (url, seen) => {
      const found = await open(url).listComments(caseId);
      assert.deepEqual(
        found.map(({ body }) => body),
        Array.from({ length: 53 }, (_, index) => `c${index}`),
      );
      assert.deepEqual(
        seen.map(({ body }) => (body as { nextToken?: string }).nextToken),
        [undefined, 'a', 'b'],
      );
    });
  });

  it('B10, B21: what the store of files refuses is no file, and no failure has the URL of one', async () => {
    const secret = 'X-Amz-Signature=canary0123456789';
    const refused: Expected = { method: 'GET', path: '/store', respond: { status: 403, body: '<Error/>' } };
    await withLoopback([refused], async (url) => {
      const failure = await assertFails(
        () =>
          download(
            {
              send: async () => ({ attachmentPresignedUrl: `${url}/store?${secret}` }) as never,
              call: (_action, run) => run(),
            },
            caseId,
            'a-1',
          ),
        'UnsupportedResponse',
      );
      const said = [failure, redactError(failure)].map((one) => `${one?.message} ${one?.stack}`).join();
      assert.doesNotMatch(`${said} ${JSON.stringify(failure.details)}`, /canary|X-Amz|\/store/);
    });
  });

  it('B17: a status that nobody knows hides no other case of its page', async () => {
    const item = (id: string, caseStatus: string) => ({
      caseId: id,
      caseStatus,
      createdDate: seconds('2026-11-23T10:00:00Z'),
    });
    const items = [item('1000000001', 'Brand New Status'), item('1000000002', 'Submitted')];
    const path = '/v1/list-cases';
    await withLoopback([{ method: 'POST', path, respond: { body: { items } } }], async (url) => {
      const page = await open(url).listCases(null);
      assert.deepEqual(
        page.items.map((one) => one.caseId),
        ['1000000001', '1000000002'],
      );
    });
    // of the case itself nothing is guessed
    assert.throws(
      () => toCase(caseId, answerOf({ caseStatus: 'Brand New Status' })),
      /"Brand New Status" is not known/,
    );
  });
});
