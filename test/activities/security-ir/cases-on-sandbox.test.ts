import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createCaseSystem } from '../../../activities/security-ir/client.ts';
import { withoutSession } from '../../../activities/security-ir/own-principal.ts';
import type { CaseSystem, NewCase } from '../../../activities/security-ir/port.ts';
import type { FailureType } from '../../../workflows/shared/failures.ts';
import { assertFails } from '../../support/failing-vendor.ts';
import { useHttp } from '../jira/finding-site.ts';
import { startSirSite, type SirSite } from '../../sandbox/security-ir/sir-site.ts';

const ours = {
  accessKeyId: 'ASIAOURS',
  secretAccessKey: 'secret of aws-main',
  sessionToken: 'token of aws-main',
};
const order: NewCase = {
  ...{ clientToken: 'key-1', title: 'Leaked key', description: 'Found in a repository.' },
  ...{ engagementType: 'Security Incident', resolverType: 'Self' },
  reportedIncidentStartDate: '2026-11-20T10:00:00.000Z',
  ...{
    impactedAccounts: ['111111111111'],
    impactedAwsRegions: ['us-east-1'],
    impactedServices: ['Amazon S3'],
  },
  threatActorIpAddresses: ['198.51.100.23 curl/8', '203.0.113.9'],
  watchers: [{ email: 'sofia@example.com', name: 'Sofia', jobTitle: 'SOC' }],
  tags: { 'lockkeeper:issue': 'aws-main/10001' },
};

/** The adapter and the AWS SDK's runtime against the stand-in, which checks each signature. */
describe('cases of Security Incident Response', () => {
  let site: SirSite;
  let cases: CaseSystem;
  let folder: string;
  const open = (own: object = {}) =>
    createCaseSystem({
      ...{ region: 'us-east-1', endpoint: site.front.url, credentials: ours, callsPerSecond: 1_000 },
      ...own,
    });
  useHttp(2_000);
  before(async () => {
    site = await startSirSite();
    folder = await mkdtemp(path.join(os.tmpdir(), 'lockkeeper-cases-'));
  });
  beforeEach(async () => {
    await site.reset();
    cases = open();
  });
  after(async () => {
    await site.stop();
    await rm(folder, { recursive: true });
  });

  it('creates one for each client token, and reads it as it is', async () => {
    const { caseId } = await cases.createCase(order);
    assert.deepEqual(await cases.createCase(order), { caseId });
    const read = await cases.getCase(caseId);
    assert.deepEqual(
      [read.caseId, read.status, read.resolverType, read.pendingAction, read.closedAt, read.closureCode],
      [caseId, 'Submitted', 'Self', 'None', null, null],
    );
    assert.deepEqual(read.fields, {
      ...{ title: order.title, description: order.description, engagementType: 'Security Incident' },
      ...{ resolverType: 'Self', pendingAction: 'None', closureCode: null, caseArn: read.caseArn },
      ...{ reportedIncidentStartDate: '2026-11-20T10:00:00.000Z', actualIncidentStartDate: null },
      ...{ impactedAccounts: ['111111111111'], impactedAwsRegions: ['us-east-1'] },
      ...{ impactedServices: ['Amazon S3'], threatActorIpAddresses: order.threatActorIpAddresses },
    });
    assert.deepEqual(read.watchers, [{ email: 'sofia@example.com', name: 'Sofia' }]);
    assert.deepEqual(await cases.readTags(read.caseArn), order.tags);
  });

  it('tags and untags', async () => {
    const { caseId } = await cases.createCase(order);
    const { caseArn } = await cases.getCase(caseId);
    await cases.tag(caseArn, { a: '1' });
    await cases.untag(caseArn, ['lockkeeper:issue']);
    assert.deepEqual(await cases.readTags(caseArn), { a: '1' });
  });

  it('sends the difference alone, and nothing when there is none', async () => {
    const { caseId } = await cases.createCase(order);
    const wanted = {
      ...{ title: 'Leaked key, rotated', impactedServices: ['AWS IAM', 'Amazon S3'] },
      ...{ impactedAwsRegions: ['eu-west-1'], threatActorIpAddresses: ['203.0.113.9'] },
      actualIncidentStartDate: '2026-11-19T08:00:00.000Z',
    };
    await cases.updateCase(caseId, wanted);
    const { fields } = await cases.getCase(caseId);
    assert.deepEqual(
      { ...fields, ...wanted, impactedServices: [...wanted.impactedServices].sort() },
      {
        ...fields,
        impactedServices: [...(fields.impactedServices as string[])].sort(),
      },
    );
    await site.person.keepLog(null);
    const before = (await site.person.calls()).total;
    await cases.updateCase(caseId, wanted);
    assert.equal((await site.person.calls()).total - before, 1, 'it only looked');
  });

  it('reads all pages of cases and comments', async () => {
    const { ids } = await site.person.seed({ cases: 60, seed: 1 });
    const found: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<CaseSystem['listCases']>> = await cases.listCases(cursor);
      found.push(...page.items.map(({ caseId }) => caseId));
      cursor = page.cursor;
    } while (cursor !== null);
    assert.deepEqual(found.toSorted(), [...ids].sort());
    const [first = ''] = ids;
    for (let n = 0; n < 27; n += 1) await site.person.comment(first, `words ${n}`);
    const { commentId } = await cases.createComment(first, 'ours', 'key-2');
    assert.deepEqual(await cases.createComment(first, 'ours', 'key-2'), { commentId });
    await cases.updateComment(first, commentId, 'ours, edited');
    const comments = await cases.listComments(first);
    assert.equal(comments.length, 28);
    const own = comments.find(({ id }) => id === commentId);
    assert.equal(own?.body, 'ours, edited');
    assert.equal(
      withoutSession(own?.creator ?? ''),
      'arn:aws:sts::111111111111:assumed-role/Lockkeeper-Incidents',
    );
    assert.equal(comments.filter(({ creator }) => creator === 'AWS Responder').length, 27);
  });

  it('moves along the graph, and closes for ever', async () => {
    const { caseId } = await cases.createCase(order);
    await cases.updateStatus(caseId, 'Detection and Analysis');
    await assertFails(() => cases.updateStatus(caseId, 'Submitted'), 'Conflict');
    await cases.closeCase(caseId);
    const { status, closedAt } = await cases.getCase(caseId);
    assert.equal(status, 'Closed');
    assert.ok(closedAt);
    await assertFails(() => cases.createComment(caseId, 'late', 'key-3'), 'Conflict');
  });

  it('adds watchers', async () => {
    const { caseId } = await cases.createCase(order);
    await cases.addWatchers(caseId, [{ email: 'sue@example.com', name: null }]);
    const { watchers } = await cases.getCase(caseId);
    assert.deepEqual(watchers.map(({ email }) => email).sort(), ['sofia@example.com', 'sue@example.com']);
  });

  it('sends a file once and reads it back, byte by byte', async () => {
    const { caseId } = await cases.createCase(order);
    const file = path.join(folder, 'memo.bin');
    const bytes = Buffer.from([0, 255, 10, 13, 1, 2, 3]);
    await writeFile(file, bytes);
    const input = { fileName: 'memo.bin', file, size: bytes.length, clientToken: 'key-4' };
    const { attachmentId } = await cases.upload(caseId, input);
    assert.deepEqual(await cases.upload(caseId, input), { attachmentId });
    assert.equal((await cases.getCase(caseId)).attachments.length, 1);
    await site.person.settled();
    const { body, size } = await cases.download(caseId, attachmentId ?? '');
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    assert.deepEqual([Buffer.concat(chunks), size], [bytes, bytes.length]);
  });

  it('never takes what the store of files refuses for a file', async () => {
    const { caseId } = await cases.createCase(order);
    const { attachmentId } = await site.person.attach(caseId, 'a.txt', 'a');
    await site.person.addFault({
      match: { method: 'GET', path: '/attachments?/' },
      mode: 'status',
      status: 403,
      body: '<Error/>',
    });
    const fault = { match: { method: 'GET', path: '^/(?!v1/)' }, mode: 'status', status: 403 } as const;
    await site.person.addFault({ ...fault, body: '<Error><Code>AccessDenied</Code></Error>' });
    const failure = await assertFails(() => cases.download(caseId, attachmentId), 'UnsupportedResponse');
    assert.doesNotMatch(failure.message, /https?:|X-Amz/);
    await site.person.clearFaults();
  });

  const refusals: readonly (readonly [string, FailureType, () => Promise<unknown>])[] = [
    ['a case that is not there', 'NotFound', () => cases.getCase('1999999999')],
    [
      'a key that AWS does not know',
      'CredentialRejected',
      () => open({ credentials: { ...ours, accessKeyId: 'AKIANOBODY' } }).listCases(null),
    ],
    [
      'a wrong secret',
      'CredentialRejected',
      () => open({ credentials: { ...ours, secretAccessKey: 'x' } }).listCases(null),
    ],
    [
      'a title that is too long',
      'InvalidInput',
      () => cases.createCase({ ...order, title: 'x'.repeat(301) }),
    ],
  ];
  for (const [name, type, act] of refusals) it(`${name}: ${type}`, () => assertFails(act, type));

  it('a right that is missing is no case that is gone', async () => {
    const { caseId } = await cases.createCase(order);
    await site.person.deny(['GetCase']);
    await assertFails(() => cases.getCase(caseId), 'PermissionDenied');
    await site.person.deny([]);
  });

  it('asks nobody until the time of Retry-After is over', async () => {
    const respond = {
      ...{ status: 429, headers: { 'retry-after': '7', 'x-amzn-errortype': 'ThrottlingException' } },
      body: { message: 'slow down' },
    };
    await site.person.addFault({ match: { path: '/v1/' }, mode: 'status', times: 1, ...respond });
    await assertFails(() => cases.listCases(null), 'RateLimited', respond);
    const { total } = await site.person.calls();
    const refused = await cases.listCases(null).catch((error: unknown) => error);
    assert.match(String(refused), /no call for another [6-9] s/);
    assert.equal((await site.person.calls()).total, total);
  });
});
